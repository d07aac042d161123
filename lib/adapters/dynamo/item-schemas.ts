/** The shapes of the other items of the Jobs table. What earlier versions did not write is optional. */
import * as v from 'valibot';
import { LAST_RUN_NUMBER } from '../../domain/limits.ts';
import type { JobConfig } from '../../domain/plan/job-config.ts';
import type { RunPlan, Segment } from '../../domain/plan/plan.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { StatementResult } from '../../domain/results/statement-result.ts';
import type { Savepoint } from '../../domain/run/savepoint.ts';
import type { SlotRecord } from '../../domain/schedule/slot-record.ts';
import type { TextRange } from '../../domain/secrets/sensitive-ranges.ts';
import {
  between,
  countField,
  flagField,
  idField,
  isMap,
  mapField,
  oneOf,
  orNull,
  taskIdField,
  textField,
  textsField,
  timeField,
} from './read-item.ts';

export const counterSchema = v.object({ n: between(0, LAST_RUN_NUMBER) });
export const previewSchema = v.object({ runId: idField });
export const countedSchema = v.object({ n: between(1, LAST_RUN_NUMBER) });
export const keySchema = v.object({
  ...{ runId: idField, requestHash: textField, owner: v.optional(textField) },
  // Not read here, but a key without it would never expire.
  expiresAt: countField,
});
/** The claims beside these are attributes of their own (job-items.ts). */
export const taskSchema = v.object({ claimSeq: v.optional(countField, 0), latestRunId: orNull(idField) });
export const sweptSchema = v.object({ sweptAt: orNull(timeField) });
export const versionSchema = v.object({ v: v.optional(countField, 0) });

/** A cursor of an earlier version named one partition: the others began at the start. */
export const cursorSchema = v.object({
  places: v.optional(v.custom<Readonly<Record<string, number>>>(isPlaces, 'a map of names to whole numbers')),
  partition: v.optional(textField),
  after: orNull(countField),
});

/** `v.record` would take a list or a set for a map. */
function isPlaces(value: unknown): boolean {
  return isMap(value) && Object.values(value).every((place) => v.is(countField, place));
}

export const savepointSchema: v.GenericSchema<unknown, Savepoint> = v.object({
  taskId: taskIdField,
  fp: textField,
  path: v.pipe(textField, v.minLength(1, 'a path')),
  kind: oneOf<Savepoint['kind']>({ savepoint: null, checkpoint: null }),
  completedAt: timeField,
  jobId: textField,
  runId: idField,
});

export const slotRecordSchema: v.GenericSchema<unknown, SlotRecord> = v.object({
  taskId: taskIdField,
  schedule: textField,
  at: timeField,
  outcome: oneOf<SlotRecord['outcome']>({ started: null, skipped: null, failed: null }),
  runId: orNull(idField),
  reason: orNull(textField),
  recordedAt: timeField,
});

const statementResult: v.GenericSchema<unknown, StatementResult> = v.object(
  {
    columns: v.array(textField, 'a list'),
    rowData: v.array(mapField, 'a list'),
    ...{ total: countField, limit: countField, truncated: flagField, startedAt: timeField, endedAt: timeField },
    truncatedBy: orNull(oneOf<NonNullable<StatementResult['truncatedBy']>>({ rows: null, size: null, time: null })),
    error: orNull(textField),
  },
  'a map',
);

/** Until previewAt was stored, the preview's rows were there once more. */
export const resultSchema = v.object({
  results: v.array(statementResult, 'a list'),
  previewAt: v.optional(v.pipe(v.number('a number'), v.integer('a whole number'), v.minValue(-1, '-1 or more'))),
  preview: orNull(statementResult),
});

function isRange(value: unknown): value is TextRange {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [start, end] = value as unknown[];
  return v.is(countField, start) && v.is(countField, end) && start <= end;
}

const range = v.custom<TextRange>(isRange, 'a range of the text');
const segment = v.custom<Segment>(
  (value) => typeof value === 'string' || isRange(value),
  'text or a range of the text',
);
const lines = v.pipe(v.tuple([countField, countField], 'two line numbers'), v.readonly());

const statement = {
  segments: v.array(segment, 'a list'),
  start: v.nullable(countField),
  inserts: v.exactOptional(v.array(countField, 'a list')),
};

const texts = v.array(textField, 'a list');
const step = v.object(
  {
    ...statement,
    via: oneOf<RunPlan['steps'][number]['via']>({ configure: null, statement: null, rows: null, known: null }),
    rows: v.exactOptional(v.object({ columns: texts, rows: v.array(texts, 'a list') }, 'a map')),
  },
  'a map',
);

const jar = v.object({
  ...statement,
  kind: v.literal('jar'),
  uri: textField,
  entryClass: orNull(textField),
  args: texts,
  parallelism: orNull(idField),
  allowNonRestoredState: flagField,
  sha256: v.exactOptional(textField),
  wantedSha256: v.exactOptional(textField),
});

const job = v.variant(
  'kind',
  [
    v.object({ ...statement, kind: v.picklist(['job', 'preview']) }),
    jar,
    v.object({ ...statement, kind: v.literal('script') }),
  ],
  'a map of the kind job, preview, jar or script',
);

const source = v.object({
  start: countField,
  envId: orNull(idField),
  map: v.array(lines, 'a list'),
  hasVariables: v.optional(flagField, false),
});

const plan = v.object(
  {
    steps: v.array(step, 'a list'),
    job: orNull(job),
    properties: textsField,
    savePointPath: orNull(textField),
    ...{ once: flagField, readOnly: flagField, maxRowNum: countField, useChangeLog: flagField },
    sources: v.array(source, 'a list'),
    // Bodies of version 0.1 have none of these.
    secrets: v.optional(textsField, {}),
    sensitive: v.optional(v.array(range, 'a list'), []),
    warnings: v.optional(texts, []),
    // `v.record` would take a list or a set for an empty map.
    origins: v.optional(v.pipe(mapField, v.record(v.string(), texts)), {}),
  },
  'a map',
);

export const bodySchema: v.GenericSchema<unknown, RunBody> = v.object({
  statement: textField,
  plan,
  /** An answer repeats it, and nothing is decided by it. */
  jobConfig: v.custom<JobConfig>(isMap, 'a map'),
  gatewayUrl: orNull(textField),
});

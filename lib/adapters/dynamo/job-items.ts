/** Items of the Jobs table to and from what the domain knows. Pure. */
import * as v from 'valibot';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { RunResult } from '../../domain/results/statement-result.ts';
import type { ActiveRun } from '../../domain/run/active-run.ts';
import { NO_CLAIMS, type TaskClaims } from '../../domain/run/claims.ts';
import { boundedChange } from '../../domain/run/head-size.ts';
import type { HeadChange, RunEvent, RunHead } from '../../domain/run/run.ts';
import { activeRunSchema, headSchema } from './head-schema.ts';
import { bodySchema, resultSchema, taskSchema } from './item-schemas.ts';
import type { Item } from './items.ts';
import { headKey, runOfHeadKey, SCHEMA_VERSION } from './job-keys.ts';
import { idField, readItem, unreadable } from './read-item.ts';
import type { ItemUpdate } from './table-access.ts';
import { toUpdate } from './update-expression.ts';

const CLAIM_PREFIX = 'c#';

export function toTaskClaims(item: Item | undefined): TaskClaims {
  if (item === undefined) return NO_CLAIMS;
  const { claimSeq, latestRunId } = readItem(taskSchema, item);
  const claims = Object.entries(item).filter(([name]) => name.startsWith(CLAIM_PREFIX));
  const toClaim = ([name, runId]: [string, unknown]): [string, number] => {
    if (!v.is(idField, runId)) throw unreadable(item, `its attribute "${name}" must be a run number`);
    return [name.slice(CLAIM_PREFIX.length), runId];
  };
  return {
    claims: Object.fromEntries(claims.map(toClaim)),
    ...{ claimSeq, latestRunId },
  };
}

export function claimName(fp: string): string {
  return CLAIM_PREFIX + fp;
}

/** Null attributes are left out: `active` must be absent for the index to be sparse, the rest saves bytes. */
export function toHeadItem(head: RunHead): Item {
  return { ...headKey(head.id), schemaVersion: SCHEMA_VERSION, ...withoutNulls(head) };
}

export function fromHeadItem(item: Item | undefined): RunHead | null {
  return item === undefined ? null : readHead(item);
}

export function readHead(item: Item): RunHead {
  return ofItsKey(item, readItem(headSchema, item));
}

/** In the form of the index `active`. */
export function readActiveRun(item: Item): ActiveRun {
  return ofItsKey(item, readItem(activeRunSchema, item));
}

/** The run whose head an index shows. By its key: the attribute `id`, which an index is sorted by, may be wrong. */
export function readRow(item: Item): number {
  const run = runOfHeadKey(item);
  if (run === null) throw unreadable(item, 'it is in an index of runs, but its key is not "RUN#<number>", "HEAD"');
  return run;
}

/** Whatever is written back goes to the key that `id` makes: another one would change another run. */
function ofItsKey<T extends { readonly id: number }>(item: Item, run: T): T {
  const inKey = readRow(item);
  if (run.id !== inKey) throw unreadable(item, `its attribute "id" must be ${inKey}, as in its key, not ${run.id}`);
  return run;
}

export interface HeadUpdate {
  /** The head as it will be when the update succeeds. */
  readonly next: RunHead;
  readonly update: ItemUpdate;
}

/**
 * SET ..., v = v + 1 on condition v = :read (protocol.md section 2, rule 1). `cause` null: a change that is not part of
 * the run's history.
 */
export function toHeadUpdate(
  head: RunHead,
  change: HeadChange,
  event: Omit<RunEvent, 'seq' | 'status'> | null,
  nonce: string,
): HeadUpdate {
  const changed = { ...boundedChange(head, change, event), v: head.v + 1, nonce };
  const set = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== null));
  const remove = Object.keys(changed).filter((name) => !(name in set));
  const next = { ...head, ...changed };
  return { next, update: toUpdate({ set, remove, condition: '#v = :read', values: { read: head.v } }) };
}

function withoutNulls(head: RunHead): Item {
  return Object.fromEntries(Object.entries(head).filter(([, value]) => value !== null));
}

/** The rows of a preview are among the results: twice they would not fit into one item. */
export function toResultItem({ preview, results }: RunResult): Item {
  return { schemaVersion: SCHEMA_VERSION, results, previewAt: results.findIndex((result) => result === preview) };
}

export function fromResultItem(item: Item): RunResult {
  const { results, previewAt, preview } = readItem(resultSchema, item, 'hidden');
  if (previewAt === undefined) return { preview, results };
  const shown = results[previewAt] ?? null;
  if (previewAt >= 0 && shown === null) throw unreadable(item, 'its attribute "previewAt" names none of its results');
  return { preview: shown, results };
}

export function fromBodyItem(item: Item): RunBody {
  return readItem(bodySchema, item, 'hidden');
}

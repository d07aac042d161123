/** Shapes of Flink's replies, checked on arrival: a proxy's HTML page or a foreign server must not pass for Flink. */
import * as v from 'valibot';
import { MAX_CLUSTER_ID_LENGTH } from '../../domain/definition/address-size.ts';
import { AppError, type Mask } from '../../domain/errors.ts';
import { MAX_TIME_MS } from '../../domain/limits.ts';
import { maskSecrets } from '../../domain/secrets/mask-sql.ts';

const JOB_STATES = [
  'INITIALIZING',
  'CREATED',
  'RUNNING',
  'FAILING',
  'FAILED',
  'CANCELLING',
  'CANCELED',
  'FINISHED',
  'RESTARTING',
  'SUSPENDED',
  'RECONCILING',
] as const;

export const infoSchema = v.object({ productName: v.string(), version: v.string() });
export const sessionSchema = v.object({ sessionHandle: v.string() });
export const operationSchema = v.object({ operationHandle: v.string() });
/** The id of a Kubernetes cluster, or of a YARN application. */
export const deployedSchema = v.object({
  clusterID: v.pipe(v.string(), v.nonEmpty(), v.maxBytes(MAX_CLUSTER_ID_LENGTH)),
});

const ROW_KINDS = ['INSERT', 'UPDATE_BEFORE', 'UPDATE_AFTER', 'DELETE'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** With rowFormat=PLAIN_TEXT every cell is a string or null, so no digit is lost. */
export const resultSchema = v.object({
  resultType: v.picklist(['NOT_READY', 'PAYLOAD', 'EOS']),
  jobID: v.optional(v.nullable(v.string())),
  results: v.optional(
    v.object({
      columns: v.array(v.object({ name: v.string() })),
      data: v.array(
        v.object({
          kind: v.picklist(ROW_KINDS),
          fields: v.array(v.nullable(v.string())),
        }),
      ),
    }),
  ),
});

export const configSchema = v.array(v.object({ key: v.string(), value: v.string() }));

export const overviewSchema = v.object({
  jobs: v.array(v.object({ jid: v.string(), state: v.picklist(JOB_STATES) })),
});

/** Times are stored with the run, so check them here. For an event that has not happened, Flink has 0 or -1. */
const timeSchema = v.pipe(v.number(), v.integer(), v.maxValue(MAX_TIME_MS));

export const jobSchema = v.object({
  jid: v.string(),
  state: v.picklist(JOB_STATES),
  'end-time': timeSchema,
  timestamps: v.record(v.string(), timeSchema),
  /** How many tasks of each are in which state. */
  vertices: v.optional(v.array(v.object({ tasks: v.optional(v.record(v.string(), v.number())) }))),
});

export const tasksSchema = v.object({
  state: v.picklist(JOB_STATES),
  vertices: v.array(v.object({ status: v.string() })),
});

export const jarsSchema = v.object({ files: v.array(v.object({ id: v.string(), name: v.string() })) });
export const uploadSchema = v.object({ filename: v.string() });
export const jarRunSchema = v.object({ jobid: v.string() });

/** The operators of the task that failed, which are named after tables; none where the whole job failed. */
const taskNameSchema = v.optional(v.nullable(v.string()));

export const exceptionsSchema = v.object({
  exceptionHistory: v.optional(
    v.object({
      entries: v.array(
        v.object({
          exceptionName: v.string(),
          stacktrace: v.optional(v.nullable(v.string())),
          taskName: taskNameSchema,
          concurrentExceptions: v.optional(v.array(v.object({ taskName: taskNameSchema }))),
        }),
      ),
    }),
  ),
  'root-exception': v.optional(v.nullable(v.string())),
});

/** For a failed job, even if its history has no entry. */
export const executionResultSchema = v.object({
  'job-execution-result': v.optional(
    v.nullable(v.object({ 'failure-cause': v.optional(v.nullable(v.object({ 'stack-trace': v.string() }))) })),
  ),
});

/** Metrics without a value are left out. */
export const metricsSchema = v.array(v.object({ id: v.string(), value: v.optional(v.nullable(v.string())) }));

export const slotsSchema = v.object({ 'slots-total': v.number(), 'slots-available': v.number() });

const completedSchema = v.object({
  is_savepoint: v.boolean(),
  /** Records are ordered by it, digit by digit. */
  latest_ack_timestamp: timeSchema,
  external_path: v.optional(v.nullable(v.string())),
  discarded: v.optional(v.boolean()),
});

const latestSchema = v.optional(v.nullable(completedSchema));

/** The history is short; the latest of each kind are kept beside it. */
export const checkpointsSchema = v.object({
  latest: v.object({
    completed: latestSchema,
    savepoint: latestSchema,
    restored: v.optional(v.nullable(v.object({ external_path: v.optional(v.nullable(v.string())) }))),
  }),
  history: v.array(v.object({ ...completedSchema.entries, status: v.string() })),
});

export const checkpointConfigSchema = v.object({
  externalization: v.object({ enabled: v.boolean(), delete_on_cancellation: v.boolean() }),
});

export const triggerSchema = v.object({ 'request-id': v.string() });

/** The state of a savepoint. `operation` is there at the end, with its path or the reason for its failure. */
export const triggerStateSchema = v.object({
  status: v.object({ id: v.string() }),
  operation: v.optional(
    v.nullable(
      v.object({
        location: v.optional(v.nullable(v.string())),
        'failure-cause': v.optional(v.nullable(v.object({ 'stack-trace': v.optional(v.nullable(v.string())) }))),
      }),
    ),
  ),
});

const SHOWN_LENGTH = 100;
const MAX_PROBLEM_LENGTH = 300;
const MAX_LOOKED_AT = 1_000;
/** Longer than any value that could begin in the part that is read. */
const MAX_MASKED = 300_000;

export function readAs<S extends v.GenericSchema>(schema: S, text: string, where: string): v.InferOutput<S> {
  const parsed = v.safeParse(schema, parseJson(text, where));
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const path = v.getDotPath(issue) ?? 'the reply';
  // Never the value: it may be a secret. A key may be of any length.
  const problem = `${path}: expected ${issue.expected ?? 'something else'}, but it is ${kindOf(issue.input)}`;
  throw notAsFlink(where, (mask) => `: ${mask(problem).slice(0, MAX_PROBLEM_LENGTH)}.`);
}

function kindOf(input: unknown): string {
  if (input === undefined) return 'missing';
  if (input === null || Array.isArray(input)) return input === null ? 'null' : 'a list';
  return { string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof input as string] ?? 'an object';
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const whole = text.trimStart();
    // Stryker disable next-line MethodExpression: of what is behind it nothing is shown, but masking it takes time
    const start = whole.slice(0, MAX_MASKED);
    const seen = (mask: Mask): string => mask(start).slice(0, MAX_LOOKED_AT).replace(/\s+/g, ' ').trim();
    throw notAsFlink(where, (mask) => `: "${seen(mask).slice(0, SHOWN_LENGTH)}". Check the address.`, cause);
  }
}

/** It is masked before it is cut, as all foreign texts. */
function notAsFlink(where: string, how: (mask: Mask) => string, cause?: unknown): AppError {
  const tell = (mask: Mask): string => `${where} sent a reply that is not from Flink${how(mask)}`;
  return new AppError('flink.protocol', tell(maskSecrets), { cause, tell });
}

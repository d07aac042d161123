/** The two statuses of a run (contract.md, "submitTask" and "Job instance"). */

const FINAL_STATUSES = ['FINISHED', 'FAILED', 'CANCELED', 'UNKNOWN', 'VOID'] as const;

/** Status of the job instance as stored. RECONNECTING and CANCELLING-by-request are derived by answers. */
export type InstanceStatus =
  | 'INITIALIZING'
  | 'CREATED'
  | 'RUNNING'
  | 'FAILING'
  | 'CANCELLING'
  | 'RESTARTING'
  | 'SUSPENDED'
  | 'RECONCILING'
  | (typeof FINAL_STATUSES)[number];

/** Every status that an answer may show of a run. */
export const SHOWN_STATUSES = [
  ...['INITIALIZING', 'CREATED', 'RUNNING', 'RESTARTING', 'RECONNECTING', 'FAILING', 'CANCELLING', 'SUSPENDED'],
  ...['RECONCILING', 'FINISHED', 'FAILED', 'CANCELED', 'UNKNOWN'],
] as const;

/** Status of the JobResult: what became of the submission. */
export type SubmitStatus = 'INITIALIZE' | 'SUCCESS' | 'FAILED' | 'CANCEL';

/** States of a job as Flink's JobManager gives them. */
export type FlinkJobState =
  | 'INITIALIZING'
  | 'CREATED'
  | 'RUNNING'
  | 'FAILING'
  | 'FAILED'
  | 'CANCELLING'
  | 'CANCELED'
  | 'FINISHED'
  | 'RESTARTING'
  | 'SUSPENDED'
  | 'RECONCILING';

/** A job as the JobManager describes it. */
export interface FlinkJob {
  readonly state: FlinkJobState;
  /** When it was first RUNNING (UTC ms); null when it never was. */
  readonly ranAt: number | null;
  /** When it ended (UTC ms); null while it lives. */
  readonly endedAt: number | null;
  /** Every task of it waits for a slot, or for one that does; not there where that is not known. */
  readonly waitsForSlots?: boolean;
}

export function isFinal(status: InstanceStatus): boolean {
  return (FINAL_STATUSES as readonly string[]).includes(status);
}

/**
 * Flink's INITIALIZING is a job that exists, ours is an intent without one: a confirmed job in that state is CREATED.
 */
export function instanceStatusOf(state: FlinkJobState): InstanceStatus {
  return state === 'INITIALIZING' ? 'CREATED' : state;
}

/** SUCCESS once the job ran or is still coming up; otherwise how it ended before it ever ran. */
export function submitStatusOf(job: FlinkJob): SubmitStatus {
  if (job.ranAt !== null) return 'SUCCESS';
  if (job.state === 'FAILED' || job.state === 'FAILING') return 'FAILED';
  if (job.state === 'CANCELED' || job.state === 'CANCELLING') return 'CANCEL';
  return 'SUCCESS';
}

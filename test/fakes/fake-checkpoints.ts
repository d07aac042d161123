/** What a Flink in memory says of the checkpoints of a job: it follows from the job's options alone. */
import type { CheckpointRetention, CompletedState, JobCheckpoints } from '../../lib/domain/run/savepoint.ts';

export interface CheckpointedJob {
  readonly id: string;
  readonly config: Readonly<Record<string, string>>;
  readonly ranAt: number | null;
  readonly endedAt: number | null;
}

/** A running job with an interval has completed a checkpoint as soon as somebody looks. `others`: what there is besides. */
export function fakeCheckpoints(job: CheckpointedJob, others: readonly CompletedState[]): JobCheckpoints {
  const { config, ranAt, endedAt, id } = job;
  const retention = RETENTIONS[config['execution.checkpointing.externalized-checkpoint-retention'] ?? ''] ?? 'never';
  const discarded = endedAt !== null && retention !== 'afterFailureAndCancel';
  const has = config['execution.checkpointing.interval'] !== undefined && ranAt !== null;
  const path = `file:/checkpoints/${id}/chk-1`;
  const own = has ? [{ path, isSavepoint: false, completedAt: ranAt, discarded }] : [];
  return { completed: [...others, ...own], retention, restoredFrom: config['execution.state-recovery.path'] ?? null };
}

const RETENTIONS: Readonly<Record<string, CheckpointRetention>> = {
  DELETE_ON_CANCELLATION: 'afterFailure',
  RETAIN_ON_CANCELLATION: 'afterFailureAndCancel',
};

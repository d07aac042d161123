/** State that a job leaves for others to start from: savepoints, and retained checkpoints. Times are UTC milliseconds. */
import type { InstanceStatus } from './status.ts';

/** A savepoint or checkpoint that a job has completed. */
export interface CompletedState {
  readonly path: string;
  readonly isSavepoint: boolean;
  /** By Flink's clock. */
  readonly completedAt: number;
  /** Flink has deleted it, or is about to. */
  readonly discarded: boolean;
}

/** After which ends of a job its checkpoints stay. When it is FINISHED they never do. */
export type CheckpointRetention = 'never' | 'afterFailure' | 'afterFailureAndCancel';

export interface JobCheckpoints {
  /** Those with a path from which another job can start. */
  readonly completed: readonly CompletedState[];
  readonly retention: CheckpointRetention;
  /** The path from which the job was started, or last restored; null if there is none. */
  readonly restoredFrom: string | null;
}

/** A savepoint or retained checkpoint as it is recorded. */
export interface Savepoint {
  readonly taskId: number;
  /** Fingerprint of the variables of its run: with other variables it is another work's state. */
  readonly fp: string;
  readonly path: string;
  readonly kind: 'savepoint' | 'checkpoint';
  readonly completedAt: number;
  readonly jobId: string;
  readonly runId: number;
}

/**
 * A savepoint is the user's and stays; a checkpoint is Flink's, and stays only where the job's options say so. `status`: how
 * the job ended, as Flink says it or as it is recorded; where Flink's own word is missing, only savepoints are sure to stay.
 */
export function leftBehind(
  { completed, retention }: JobCheckpoints,
  status: InstanceStatus,
): readonly CompletedState[] {
  const checkpointsStay =
    (status === 'FAILED' && retention !== 'never') || (status === 'CANCELED' && retention === 'afterFailureAndCancel');
  return completed.filter(({ isSavepoint, discarded }) => !discarded && (isSavepoint || checkpointsStay));
}

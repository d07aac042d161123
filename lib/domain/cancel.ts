/** Asking for the end of a task's latest live run, and what came of it. */
import type { RunHead } from './run.ts';

export interface CancelRequest {
  readonly taskId: number;
  /** True: the caller may be a client that cancels whatever it failed to submit. */
  readonly mayBeEcho: boolean;
}

export interface CancelOutcome {
  /** Null: the task has no live run, or the call is the echo of a refused submit. */
  readonly cancelled: RunHead | null;
  /** Ids of other live runs of the task, newest first: they go on. */
  readonly others: readonly number[];
}

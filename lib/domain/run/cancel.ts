/** Asking for the end of a task's latest live run, and what came of it. */
import type { RunHead } from './run.ts';
import type { StopHow } from './stop.ts';

export interface CancelRequest {
  readonly taskId: number;
  /** True: the caller may be a client that cancels after a failed submit. */
  readonly mayBeEcho: boolean;
  /** Left out: cancel. */
  readonly how?: StopHow;
}

/** One run, also one without a stored task. */
export interface StopRunRequest {
  readonly taskId: null;
  readonly runId: number;
  readonly how: StopHow;
}

export type StopRequest = (CancelRequest & { readonly how: StopHow }) | StopRunRequest;

export interface StopAnswer {
  /** The run that the call named; left out: it named a task. */
  readonly runId?: number;
  readonly how: StopHow;
  readonly outcome: CancelOutcome;
}

export interface CancelOutcome {
  /** The run that the call means. Null: the task has no live run, or the call is the echo of a refused submit. */
  readonly cancelled: RunHead | null;
  /** Ids of other live runs of the task, newest first: they go on. */
  readonly others: readonly number[];
  /** Ids of older runs of the task whose record can't be read: they may go on. */
  readonly unreadable?: readonly number[];
  /**
   * echo: what a client sends after a refused submit; it ends nothing. repeat: the same caller's cancel of a moment ago,
   * once more: it means the same run, even if that has ended. again: the run was asked to end before, and has not ended.
   */
  readonly as?: 'echo' | 'repeat' | 'again';
  /** Why Flink has not got the cancel yet: it is sent later. */
  readonly untold?: string;
}

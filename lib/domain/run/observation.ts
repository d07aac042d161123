/** The input and the decisions of the reconciler for one run (protocol.md section 6). */
import type { Steadiness } from './answering.ts';
import type { JobManagerIdentity } from './job-manager.ts';
import type { FlinkJob } from './status.ts';

/** Flink's answer about the run's job. */
export type SeenJob =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'job'; readonly job: FlinkJob }
  /** GET /jobs/:id answered 404; an overview that does not list a job says less than that. */
  | { readonly kind: 'noJob' };

export interface Look {
  readonly seen: SeenJob;
  /** UTC ms, taken before Flink was asked. */
  readonly askedAt: number;
  /** The JobManager that was asked; null when none could be. */
  readonly jobManager: (Omit<JobManagerIdentity, 'address'> & { readonly steady?: Steadiness }) | null;
}

type Why = 'unreachable' | 'submitterAlive' | 'landing' | 'missed' | 'doubted' | 'watching';

export type ReconcileDecision =
  /** Nothing can be said, or nothing has changed. `why` is for tests and logs. */
  | { readonly kind: 'wait'; readonly why: Why }
  /** Record what the JobManager shows. */
  | { readonly kind: 'record'; readonly job: FlinkJob }
  /** A live job that was asked to end, or whose run is over: cancel it in Flink. */
  | { readonly kind: 'cancelJob'; readonly job: FlinkJob }
  /** A live job with a wanted savepoint. */
  | { readonly kind: 'savepoint'; readonly job: FlinkJob }
  /** It waits for the run whose place it takes. */
  | { readonly kind: 'restart' }
  | { readonly kind: 'resend' }
  /** First look that did not find the job; `doubted`: by somebody whose word proves nothing yet. */
  | { readonly kind: 'miss'; readonly by: string | null; readonly highAvailability: boolean; readonly doubted: boolean }
  /** The job of a run that was given up shows itself: the run is followed again. */
  | { readonly kind: 'follow'; readonly job: FlinkJob }
  /** It goes on, but another run has taken the place of this one; null: it has ended. */
  | { readonly kind: 'twin'; readonly since: number | null }
  /** The run's own cluster is out of reach since just now (UTC ms), or in reach again (null). */
  | { readonly kind: 'reach'; readonly unreachableSince: number | null }
  | { readonly kind: 'end'; readonly status: 'FAILED' | 'CANCELED' | 'UNKNOWN'; readonly reason: string }
  /** Nothing can turn up any more. */
  | { readonly kind: 'stopWatching' };

/**
 * What a cluster's list of jobs says of one whose details can't be had: an error 500, no answer. The list is positive
 * evidence; what it lacks (when the job ran, when and why it ended) is waited for a while (protocol.md section 6).
 */
import { DETAILS_WITHIN_MS } from '../limits.ts';
import type { RunHead } from './run.ts';
import type { FlinkJob, FlinkJobState } from './status.ts';

export type OverviewEvidence =
  | { readonly kind: 'job'; readonly job: FlinkJob }
  /** It has ended; its details are waited for from now on. */
  | { readonly kind: 'endSeen' }
  | { readonly kind: 'nothing' };

const NOTHING: OverviewEvidence = { kind: 'nothing' };
const ENDED: readonly FlinkJobState[] = ['FINISHED', 'FAILED', 'CANCELED'];
/** A job gets there only by running. */
const RAN: readonly FlinkJobState[] = ['RUNNING', 'RESTARTING', 'FINISHED'];
const COMING: readonly FlinkJobState[] = ['INITIALIZING', 'CREATED'];

export function overviewEvidence(head: RunHead, state: FlinkJobState | undefined, askedAt: number): OverviewEvidence {
  if (state === undefined) return NOTHING;
  const confirmed = head.status !== 'INITIALIZING';
  // For a submission without confirmation it must be known whether its job ever ran.
  if (!confirmed && !RAN.includes(state) && !COMING.includes(state)) return NOTHING;
  const ranAt = RAN.includes(state) || confirmed ? head.sentAt : null;
  if (!ENDED.includes(state)) return { kind: 'job', job: { state, ranAt, endedAt: null } };
  if (head.endSeenAt === null) return { kind: 'endSeen' };
  if (askedAt - head.endSeenAt < DETAILS_WITHIN_MS) return NOTHING;
  return { kind: 'job', job: { state, ranAt, endedAt: head.endSeenAt } };
}

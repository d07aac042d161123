/** Asks Flink for the state of a run, for a poll or a caller that waits for its end. It never fails because Flink does. */
import { AppError } from '../../domain/errors.ts';
import { REFRESH_WITHIN_MS } from '../../domain/limits.ts';
import { isSeenBySweeps, isSeenLongAgo, withSweep } from '../../domain/run/last-seen.ts';
import { refreshIntervalMs } from '../../domain/run/refresh-interval.ts';
import type { HeadChange, RunHead } from '../../domain/run/run.ts';
import { type FlinkJob, isFinal } from '../../domain/run/status.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';
import { observeSavepoint } from './pursue-savepoint.ts';
import { type RecordDeps, recordSeen } from './record.ts';
import { sweptAt } from './swept-at.ts';

/** The head as Flink sees it now, unless somebody asked a moment ago. */
export async function refreshed(deps: RecordDeps, head: RunHead, budget: Budget): Promise<RunHead> {
  const now = deps.clock.now();
  if (isFinal(head.status) || head.jobId === null) return head;
  if (now - (head.refreshedAt ?? 0) < refreshIntervalMs(head, now)) return head;
  if (!(await deps.store.takeRefresh(head, now))) return head;
  return await seenNow(deps, head, budget);
}

/** The same for a live run, regardless of earlier polls: for callers that wait and limit how often they ask. */
export async function seenNow(deps: RecordDeps, head: RunHead, within: Budget): Promise<RunHead> {
  const now = deps.clock.now();
  const maxMs = Math.min(REFRESH_WITHIN_MS, within.remainingMs());
  return await withinBudget(deps.clock, maxMs, (budget) => askFlink(deps, head, now, budget));
}

export type Seen =
  | { readonly kind: 'job'; readonly job: FlinkJob; readonly address: string }
  | { readonly kind: 'noJob' | 'unreachable' }
  /** Dinghy itself could not ask: that says nothing about Flink. */
  | { readonly kind: 'notAsked' };

async function askFlink(deps: RecordDeps, head: RunHead, askedAt: number, budget: Budget): Promise<RunHead> {
  const seen = await look(deps, head, budget);
  if (seen.kind === 'notAsked') return head;
  const current =
    seen.kind === 'job' ? await recordShown(deps, { ...head, address: seen.address }, seen.job, budget) : head;
  if (isFinal(current.status)) return current;
  const change = await keptWithSweep(deps, current, reachability(current, seen, askedAt));
  if (change === null) return current;
  // It is not part of the history, so a write by another process does no harm.
  return (await deps.store.updateHead(current, change, null)) ?? { ...current, ...change };
}

/** A run that goes out of reach keeps when a sweep last saw its job: from then on sweeps see it no more. */
async function keptWithSweep(deps: RecordDeps, head: RunHead, change: HeadChange | null): Promise<HeadChange | null> {
  if ((change?.unreachableSince ?? null) === null) return change;
  const { lastSeenAt } = await seenBySweep(deps, head);
  return { ...change, lastSeenAt };
}

/** The head with the time of the last sweep, where nobody has polled the run for a while: for an answer, it is not written. */
export async function lastSeen(deps: RecordDeps, head: RunHead): Promise<RunHead> {
  return isSeenLongAgo(head, deps.clock.now()) ? await seenBySweep(deps, head) : head;
}

export async function seenBySweep(deps: RecordDeps, head: RunHead): Promise<RunHead> {
  return isSeenBySweeps(head) ? withSweep(head, await sweptAt(deps, head.hosts)) : head;
}

/** Records also the outcome of a requested savepoint. */
async function recordShown(deps: RecordDeps, head: RunHead, job: FlinkJob, { signal }: Budget): Promise<RunHead> {
  return await observeSavepoint(deps, await recordSeen(deps, head, job, { observer: 'poll', signal }), signal);
}

/** The state of the run that Flink shows now. */
export async function look(deps: RecordDeps, head: RunHead, budget: Budget): Promise<Seen> {
  try {
    const job = head.jobId === null ? null : await findJob(deps, head, head.jobId, budget);
    return job === null ? { kind: 'noJob' } : { kind: 'job', ...job };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.info('Flink could not be asked', { runId: head.id, error: error.message });
    return { kind: error.code === 'local.exhausted' ? 'notAsked' : 'unreachable' };
  }
}

interface FoundJob {
  readonly job: FlinkJob;
  readonly address: string;
}

/** The leader may have moved to another host since the run was submitted. */
async function findJob(deps: RecordDeps, head: RunHead, jobId: string, budget: Budget): Promise<FoundJob | null> {
  try {
    return await jobAt(deps, head.address, jobId, budget);
  } catch (error) {
    if (!(error instanceof AppError) || head.hosts === head.address) throw error;
    const { address } = await deps.jobManager.identify(head.hosts, budget.signal);
    return await jobAt(deps, address, jobId, budget);
  }
}

async function jobAt(deps: RecordDeps, address: string, jobId: string, budget: Budget): Promise<FoundJob | null> {
  const job = await deps.jobManager.job(address, jobId, budget.signal);
  return job === null ? null : { job, address };
}

/** `lastSeenAt` is written once a minute at most: every update is charged by the size of the item. */
const SEEN_EVERY_MS = 60_000;

/** Whether the attempt shows that Flink is in reach; null if that is already known. A 404 says nothing about the job. */
export function reachability(
  head: RunHead,
  seen: Exclude<Seen, { kind: 'notAsked' }>,
  askedAt: number,
): HeadChange | null {
  // At the address of a run's own cluster something else may answer.
  if (seen.kind === 'noJob' && head.deployment !== null) return null;
  if (seen.kind === 'unreachable') return head.unreachableSince === null ? { unreachableSince: askedAt } : null;
  const back = head.unreachableSince === null ? null : { unreachableSince: null };
  if (seen.kind === 'noJob') return back;
  if (back !== null) return { ...back, lastSeenAt: askedAt };
  if (askedAt - (head.lastSeenAt ?? 0) < SEEN_EVERY_MS) return null;
  return { lastSeenAt: askedAt };
}

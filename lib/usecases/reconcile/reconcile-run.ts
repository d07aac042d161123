/** Looks at one run and decides (protocol.md section 6). What the index shows only says whether to look closer. */
import { AppError } from '../../domain/errors.ts';
import { LOST_WATCH_MS, WATCH_MS } from '../../domain/limits.ts';
import { wishIn } from '../../domain/run/active-partitions.ts';
import type { ActiveRun } from '../../domain/run/active-run.ts';
import { identifiedIn, steadinessOf } from '../../domain/run/answering.ts';
import { isConfirmed } from '../../domain/run/lost-job.ts';
import type { Look, ReconcileDecision, SeenJob } from '../../domain/run/observation.ts';
import { overviewEvidence } from '../../domain/run/overview-evidence.ts';
import { decideReconcile } from '../../domain/run/reconcile.ts';
import type { RunHead } from '../../domain/run/run.ts';
import {
  type FlinkJob,
  type FlinkJobState,
  type InstanceStatus,
  instanceStatusOf,
  isFinal,
} from '../../domain/run/status.ts';
import type { Budget } from '../waiting/budget.ts';
import { actOn, type ReconcileDeps } from './act-on-run.ts';
import { type ClusterView, reachedBy, type ReachedCluster } from './cluster-view.ts';

/** True: the job was seen, or the head says already that it is not. A time that is kept for all of a cluster rests on it. */
export async function reconcileRun(
  sweepDeps: ReconcileDeps,
  run: ActiveRun,
  view: ClusterView,
  budget: Budget,
): Promise<boolean> {
  const deps = { ...sweepDeps, jobManager: view.jobManager };
  if (nothingNew(run, view, deps.clock.now())) return reachedBy(view) !== null;
  const stored = await deps.store.readHead(run.id);
  if (stored === null || stored.status === 'VOID') return true;
  // The leader may have moved since the run was submitted.
  const head = { ...stored, address: view.reached?.identity.address ?? stored.address };
  const look = await lookCloser(deps, head, view, budget);
  if (look === null) return isListed(head, view);
  const decision = await decide(deps, head, look, budget);
  await actOn(deps, head, { decision, look }, budget);
  return look.seen.kind === 'job' || head.missedAt !== null || !isConfirmed(head);
}

function isListed({ jobId }: RunHead, view: ClusterView): boolean {
  // Stryker disable next-line StringLiteral: without a job nothing is asked that could fail; the compiler does not know that
  return reachedBy(view)?.jobs?.has(jobId ?? '') === true;
}

/** Most runs of most sweeps: Flink says what the index says, and nobody wants anything of them. */
function nothingNew(run: ActiveRun, view: ClusterView, now: number): boolean {
  if (run.jobId === null) return false;
  if (!view.asked) return true;
  const reached = reachedBy(view);
  const state = reached?.jobs?.get(run.jobId);
  if (isFinal(run.status)) return !isNews(run, state) && now <= watchedUntil(run);
  // A cluster that was made for one run says something by being out of reach.
  if (reached === null) return run.deployment === null;
  // Stryker disable next-line ConditionalExpression: what is not listed has no status either; the compiler does not know that
  if (state === undefined) return false;
  const attention = run.cancelAskedAt ?? run.missedAt ?? run.unreachableSince;
  if (MAY_BE_IN_TROUBLE.includes(run.status)) return false;
  return attention === null && run.active !== wishIn(run.id) && instanceStatusOf(state) === run.status;
}

/** What keeps such a job from running is asked anew (trouble.ts). */
const MAY_BE_IN_TROUBLE: readonly InstanceStatus[] = ['CREATED', 'RESTARTING'];

/** Of a run that was given up although it was confirmed, how its job has ended is news as well. */
function isNews({ missedAt }: ActiveRun, state: FlinkJobState | undefined): boolean {
  return state !== undefined && (missedAt !== null || !isFinal(instanceStatusOf(state)));
}

function watchedUntil({ intentAt, missedAt }: ActiveRun): number {
  return missedAt === null ? intentAt + WATCH_MS : missedAt + LOST_WATCH_MS;
}

/** Null: this one job could not be looked at, which says nothing about its cluster, nor about the job. */
async function lookCloser(deps: ReconcileDeps, head: RunHead, view: ClusterView, budget: Budget): Promise<Look | null> {
  const askedAt = deps.clock.now();
  const unreachable: Look = { seen: { kind: 'unreachable' }, askedAt, jobManager: null };
  const reached = reachedBy(view);
  if (reached === null || head.jobId === null) return unreachable;
  // A run that is over is watched by the overview alone: what turns up late is listed there.
  if (isFinal(head.status) && reached.jobs?.has(head.jobId) !== true) {
    // Stryker disable next-line ObjectLiteral,StringLiteral: of a run that is over only a job that is shown counts
    return { seen: { kind: 'noJob' }, askedAt, jobManager: whoAnswered(reached, head) };
  }
  try {
    const job = await deps.jobManager.job(reached.identity.address, head.jobId, budget.signal);
    const seen: SeenJob = job === null ? { kind: 'noJob' } : { kind: 'job', job };
    return { seen, askedAt, jobManager: whoAnswered(reached, head) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (view.endpoint.away !== null) return unreachable;
    if (!budget.isOpen()) return null;
    deps.log.warn('the details of one job could not be read', { runId: head.id, error: error.message });
    const seen = await seenFromAfar(deps, head, reached.jobs?.get(head.jobId), askedAt);
    return seen === null ? null : { seen, askedAt, jobManager: whoAnswered(reached, head) };
  }
}

/** By the cluster's list of jobs alone. */
async function seenFromAfar(
  { store }: ReconcileDeps,
  head: RunHead,
  listed: FlinkJobState | undefined,
  askedAt: number,
): Promise<SeenJob | null> {
  const evidence = overviewEvidence(head, listed, askedAt);
  if (evidence.kind === 'job') return evidence;
  if (evidence.kind === 'endSeen' && !isFinal(head.status)) await store.updateHead(head, { endSeenAt: askedAt }, null);
  return null;
}

function whoAnswered({ identity, notes }: ReachedCluster, head: RunHead): Look['jobManager'] {
  return { ...identity, steady: steadinessOf(notes, identity.highAvailability, identifiedIn(head)) };
}

/**
 * What ends or repeats a run rests on the JobManager's memory: who it is is asked again after the 404, because it may have
 * been restarted since the sweep began. Before a confirmed run is given up, it is asked for its job once more, too.
 */
async function decide(deps: ReconcileDeps, head: RunHead, look: Look, budget: Budget): Promise<ReconcileDecision> {
  const first = decideReconcile(head, look);
  const restsOnMemory = look.jobManager !== null && (first.kind === 'resend' || first.kind === 'end');
  if (!restsOnMemory) return first;
  try {
    const identity = await deps.jobManager.identify(head.hosts, budget.signal);
    const found = isConfirmed(head) ? await jobAt(deps, identity.address, head, budget) : null;
    const seen: SeenJob = found === null ? look.seen : { kind: 'job', job: found };
    return decideReconcile(head, { ...look, seen, jobManager: { ...look.jobManager, ...identity } });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Stryker disable next-line ObjectLiteral,StringLiteral: whatever is no other decision does nothing
    return { kind: 'wait', why: 'unreachable' };
  }
}

async function jobAt(
  deps: ReconcileDeps,
  address: string,
  { jobId }: RunHead,
  budget: Budget,
): Promise<FlinkJob | null> {
  // Stryker disable next-line ConditionalExpression: a confirmed run has a job; the compiler does not know that
  return jobId === null ? null : await deps.jobManager.job(address, jobId, budget.signal);
}

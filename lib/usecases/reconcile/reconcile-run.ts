/** Looks at one run, decides, acts (protocol.md section 6). What the index shows only says whether to look closer. */
import { AppError } from '../../domain/errors.ts';
import { LOST_WATCH_MS, WATCH_MS } from '../../domain/limits.ts';
import type { ActiveRun } from '../../domain/run/active-run.ts';
import { identifiedIn, steadinessOf } from '../../domain/run/answering.ts';
import { fingerprintsOf } from '../../domain/run/claims.ts';
import { isConfirmed, whoAnswers } from '../../domain/run/lost-job.ts';
import type { Look, ReconcileDecision, SeenJob } from '../../domain/run/observation.ts';
import { overviewEvidence } from '../../domain/run/overview-evidence.ts';
import { decideReconcile } from '../../domain/run/reconcile.ts';
import { mayBeSentFirst } from '../../domain/run/restart.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { settle, wishIn } from '../../domain/run/settle.ts';
import {
  type FlinkJob,
  type FlinkJobState,
  type InstanceStatus,
  instanceStatusOf,
  isFinal,
} from '../../domain/run/status.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import { pursueSavepoint } from '../record/pursue-savepoint.ts';
import { type RecordDeps, recordSeen, sendCancel, type Sighting } from '../record/record.ts';
import { seenBySweep } from '../record/refresh.ts';
import { clearInterrupted, continueRestart } from '../stop/continue-restart.ts';
import type { Budget } from '../waiting/budget.ts';
import { type ClusterView, reachedBy, type ReachedCluster } from './cluster-view.ts';

export interface ReconcileDeps extends RecordDeps {
  /** Notes a run that is to be sent again: that is done when everything has been looked at. */
  readonly sendLater: (head: RunHead) => void;
}

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
  await act(deps, head, { decision, look }, budget);
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

interface Decided {
  readonly decision: ReconcileDecision;
  /** What it was decided from. */
  readonly look: Look;
}

async function act(deps: ReconcileDeps, head: RunHead, { decision, look }: Decided, budget: Budget): Promise<void> {
  switch (decision.kind) {
    // Stryker disable next-line StringLiteral: whatever is no other decision does nothing
    case 'wait':
      return;
    case 'record':
      // Stryker disable next-line OptionalChaining: who shows a job has said who it is; the compiler does not know that
      await recordSeen(deps, head, decision.job, { ...bySweep(budget), shownBy: look.jobManager?.jmId });
      return;
    case 'cancelJob':
      await cancelJob(deps, head, decision.job, budget);
      return;
    case 'savepoint':
      await goOnWithSavepoint(deps, head, decision.job, budget);
      return;
    case 'follow':
      await followAgain(deps, head, { job: decision.job, look }, budget);
      return;
    case 'twin':
      await noteTwin(deps, head, decision.since);
      return;
    case 'restart':
      await goOnWithRestart(deps, head);
      return;
    case 'resend':
      deps.sendLater(head);
      return;
    // What follows was decided from this very version: when it has moved on, the next sweep decides anew.
    case 'miss':
      await noteMiss(deps, head, decision, look.askedAt);
      return;
    case 'reach':
      await deps.store.updateHead(head, { unreachableSince: decision.unreachableSince }, null);
      return;
    case 'stopWatching':
      await deps.store.updateHead(head, { active: null }, null);
      return;
    case 'end': {
      const settlement = settle(head, { ...decision, kind: 'over' }, deps.clock.now());
      // Stryker disable next-line ConditionalExpression: what ends here is not over yet
      if (settlement !== null) await deps.store.updateHead(head, settlement.change, settlement.cause);
    }
  }
}

function bySweep({ signal }: Budget): Sighting {
  return { observer: 'sweep', signal };
}

async function noteMiss(
  deps: ReconcileDeps,
  head: RunHead,
  { by, highAvailability, doubted }: Extract<ReconcileDecision, { kind: 'miss' }>,
  askedAt: number,
): Promise<void> {
  const missedBy = { jmId: by, address: head.address };
  const { lastSeenAt } = await seenBySweep(deps, head);
  const cause = doubted ? `${whoAnswers({ ...head, highAvailability }, missedBy)} and does not know the job` : null;
  await deps.store.updateHead(head, { missedAt: askedAt, missedBy, highAvailability, lastSeenAt }, cause);
}

/**
 * The job of a run that was given up shows itself. Whoever takes the run's place marks it before, on condition of its
 * version (claim-run.ts), so that only one of the two comes through.
 */
async function followAgain(
  deps: ReconcileDeps,
  head: RunHead,
  { job, look }: { readonly job: FlinkJob; readonly look: Look },
  budget: Budget,
): Promise<void> {
  const taker = await takerOf(deps, head);
  if (taker !== null) {
    // By an earlier version, which set no mark. The next sweep tells of the twin.
    await deps.store.updateHead(head, { givenUpFor: taker }, `given up: run ${taker} has taken its place`);
    return;
  }
  const settlement = settle(head, { kind: 'foundAgain', job }, deps.clock.now());
  const followed = settlement && (await deps.store.updateHead(head, settlement.change, settlement.cause));
  if (!followed) return;
  deps.log.warn('a run that was given up is followed again', { runId: head.id, jobId: head.jobId, state: job.state });
  const decision = decideReconcile(followed, { ...look, seen: { kind: 'job', job } });
  await act(deps, followed, { decision, look }, budget);
}

/** Null: the claim is this run's, if need be from now on. */
async function takerOf({ store }: ReconcileDeps, head: RunHead): Promise<number | null> {
  const { id: runId, taskId } = head;
  for (;;) {
    const { claims } = await store.readTask(taskId);
    const named = fingerprintsOf(head).map((fp) => ({ fp, seen: claims[fp] ?? null }));
    const other = named.find(({ seen }) => seen !== null && seen !== runId);
    if (other !== undefined) return other.seen;
    const [first, also] = named;
    // Stryker disable next-line ConditionalExpression: a run has one fingerprint at least
    if (first === undefined) return null;
    if (named.every(({ seen }) => seen === runId)) return null;
    if (await store.claim({ taskId, runId, ...first, also })) return null;
  }
}

/** It is left to a person which of the two is to go on. */
async function noteTwin({ store, log }: ReconcileDeps, head: RunHead, since: number | null): Promise<void> {
  const { id: runId, jobId, givenUpFor, address } = head;
  const told = `the job of this run goes on at ${shownAddress(address)}, beside run ${givenUpFor}, which has taken its place`;
  const cause = since === null ? 'the job that went on as a twin has ended' : told;
  if ((await store.updateHead(head, { twinSince: since, address }, cause)) === null || since === null) return;
  const fields = { runId, jobId, address: shownAddress(address), takenBy: givenUpFor };
  log.error('two jobs of one request are live: end one of them', fields);
}

/** As soon as the run whose place it takes has ended, it is sent, unless the caller of the restart has just done so. */
async function goOnWithRestart(deps: ReconcileDeps, head: RunHead): Promise<void> {
  const ready = await continueRestart(deps, head);
  if (mayBeSentFirst(ready)) deps.sendLater(ready);
}

/** When it has failed, a run that must end is cancelled without one. */
async function goOnWithSavepoint(deps: ReconcileDeps, head: RunHead, job: FlinkJob, budget: Budget): Promise<void> {
  const seen = await recordSeen(deps, head, job, bySweep(budget));
  if (seen.cancelAskedAt !== null) await sendCancel(deps, seen, budget.signal);
  else await pursueSavepoint(deps, seen, budget.signal);
  await clearInterrupted(deps, seen);
}

async function cancelJob(deps: ReconcileDeps, head: RunHead, job: FlinkJob, budget: Budget): Promise<void> {
  // Stryker disable next-line ConditionalExpression: there is a job to cancel; the compiler does not know that
  if (head.jobId === null) return;
  if (isFinal(head.status) && job.state !== 'CANCELLING') {
    await deps.store.updateHead(head, {}, 'a job appeared under the id of this run after its end: it is cancelled');
  }
  // Stryker disable next-line StringLiteral: of a live job, whoever sees it may record the same
  await recordSeen(deps, head, job, bySweep(budget));
  await deps.jobManager.cancel(head.address, head.jobId, budget.signal);
}

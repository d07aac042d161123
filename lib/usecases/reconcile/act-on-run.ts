/** Does what was decided about one run in a sweep (protocol.md section 6): each case of it is one conditional write or one request. */
import { fingerprintsOf } from '../../domain/run/claims.ts';
import { whoAnswers } from '../../domain/run/lost-job.ts';
import type { Look, ReconcileDecision } from '../../domain/run/observation.ts';
import { decideReconcile } from '../../domain/run/reconcile.ts';
import { isWaiting, mayBeSentFirst, wantsRestart } from '../../domain/run/restart.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { settle } from '../../domain/run/settle.ts';
import { type FlinkJob, isFinal } from '../../domain/run/status.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import { pursueSavepoint } from '../record/pursue-savepoint.ts';
import { type RecordDeps, recordSeen, sendCancel, type Sighting } from '../record/record.ts';
import { seenBySweep } from '../record/refresh.ts';
import { clearInterrupted, continueRestart } from '../stop/continue-restart.ts';
import type { Budget } from '../waiting/budget.ts';

export interface ReconcileDeps extends RecordDeps {
  /** Notes a run that is to be sent again: that is done when everything has been looked at. */
  readonly sendLater: (head: RunHead) => void;
}

interface Decided {
  readonly decision: ReconcileDecision;
  /** What it was decided from. */
  readonly look: Look;
}

export async function actOn(
  deps: ReconcileDeps,
  head: RunHead,
  { decision, look }: Decided,
  budget: Budget,
): Promise<void> {
  switch (decision.kind) {
    // Stryker disable next-line StringLiteral: whatever is no other decision does nothing
    case 'wait':
      return;
    case 'record':
      // Stryker disable next-line OptionalChaining: who shows a job has said who it is; the compiler does not know that
      await recordSeen(deps, head, decision.job, { ...bySweep(budget), shownBy: look.jobManager?.jmId });
      await goOnWithSuccessor(deps, head);
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
  await actOn(deps, followed, { decision, look }, budget);
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

/** The run that waits for this one may have been looked at before this one's end was seen: it is not left to the next sweep. */
async function goOnWithSuccessor(deps: ReconcileDeps, old: RunHead): Promise<void> {
  if (!wantsRestart(old)) return;
  const successor = await deps.store.readHead(old.restart.runId);
  if (successor !== null && isWaiting(successor)) await goOnWithRestart(deps, successor);
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

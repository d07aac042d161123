/**
 * Brings a restart one step further, from the run that waits for the old one's end (protocol.md section 13): by its caller,
 * and after that one's death by the reconciler.
 */
import { PATIENCE_MS } from '../../domain/limits.ts';
import type { JobStore } from '../../domain/ports.ts';
import { fingerprintsOf } from '../../domain/run/claims.ts';
import { voidHead } from '../../domain/run/new-run.ts';
import { decideWaiting, failedRestart, isWaiting, wantsRestart } from '../../domain/run/restart.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { failedWish, wantsSavepoint } from '../../domain/run/savepoint-wish.ts';
import { liveOf } from '../../domain/run/settle.ts';
import { isFinal } from '../../domain/run/status.ts';
import { record, type RecordDeps } from '../record/record.ts';

/** Gives the waiting run as it is afterwards: it waits on, has ended, or may be sent. */
export async function continueRestart(deps: RecordDeps, waiting: RunHead, signal: AbortSignal): Promise<RunHead> {
  const { store, clock } = deps;
  // Somebody else has brought it further.
  if (!isWaiting(waiting)) return waiting;
  for (;;) {
    // Stryker disable next-line ConditionalExpression: the compiler does not know that who waits follows somebody
    const old = waiting.follows === null ? null : await store.readHead(waiting.follows.runId);
    const decision = decideWaiting(waiting, old, clock.now());
    switch (decision.kind) {
      case 'wait':
        return waiting;
      case 'abort':
        // Stryker disable next-line ConditionalExpression: the compiler does not know that only what is there can be aborted
        if (old !== null) await abortRestart(store, old, decision.reason);
        continue;
      case 'giveUp':
        return await giveUp(deps, { waiting, old }, decision.reason, signal);
      case 'begin': {
        // Stryker disable next-line ConditionalExpression: the compiler does not know that only the end of a run begins another
        const path = decision.path ?? (old === null ? null : await leftBy(deps, old));
        if (path !== null) return await begin(deps, waiting, path);
        return await giveUp(deps, { waiting, old }, 'the job ended without a savepoint to start from', signal);
      }
    }
  }
}

/**
 * The old run names a new one, and was not told to stop. If the new one is not there, it never will be: only then is the
 * restart over for the old one. Otherwise the new run decides.
 */
export async function clearInterrupted({ store, clock }: RecordDeps, old: RunHead): Promise<void> {
  if (!wantsRestart(old) || !wantsSavepoint(old) || old.savepoint.firstSentAt !== null) return;
  if (clock.now() <= old.savepoint.askedAt + PATIENCE_MS) return;
  const there = await store.putHead(voidHead(old.restart.runId, old.taskId, old.writer, clock.now()));
  if (there === null || there.status === 'VOID') await abortRestart(store, old, 'it was interrupted before it began');
}

/** On condition of what was decided from: whoever is about to stop the run has written, or may not. */
export async function abortRestart(store: JobStore, old: RunHead, reason: string): Promise<void> {
  // Stryker disable next-line ConditionalExpression: the compiler does not know that callers have looked
  if (old.restart === null) return;
  const wish = wantsSavepoint(old) && old.savepoint.firstSentAt === null ? failedWish(old.savepoint, reason) : null;
  const dropped = wish === null ? {} : { savepoint: wish, active: liveOf({ ...old, savepoint: wish }) };
  await store.updateHead(old, { restart: failedRestart(old.restart, reason), ...dropped }, `not restarted: ${reason}`);
}

interface Restarted {
  readonly waiting: RunHead;
  readonly old: RunHead | null;
}

/** The old run gets its claims back before the new one is over: from then on a submit would take them. */
async function giveUp(
  deps: RecordDeps,
  { waiting, old }: Restarted,
  reason: string,
  signal: AbortSignal,
): Promise<RunHead> {
  if (old !== null && (!isFinal(old.status) || old.status === 'UNKNOWN')) await handBack(deps.store, waiting, old);
  const status = waiting.cancelAskedAt === null ? 'FAILED' : 'CANCELED';
  const goesOn = old !== null && !isFinal(old.status) ? `. Run ${old.id} goes on` : '';
  return await record(deps, waiting, { kind: 'over', status, reason: `not restarted: ${reason}${goesOn}` }, signal);
}

/** The old run claims its own anew: a claim by the caller of the restart that is still under way fails after that. */
async function handBack(store: JobStore, waiting: RunHead, old: RunHead): Promise<void> {
  const { taskId } = waiting;
  for (const fp of fingerprintsOf(waiting)) {
    for (;;) {
      const seen = (await store.readTask(taskId)).claims[fp];
      if (seen !== waiting.id && seen !== old.id) break;
      const isOwn = fingerprintsOf(old).includes(fp);
      if (!isOwn) await store.dropClaim(taskId, fp, waiting.id);
      if (!isOwn || (await store.claim({ taskId, runId: old.id, fp, seen }))) break;
    }
  }
}

/** What its own job has left, and no other one. */
async function leftBy({ savepoints }: RecordDeps, old: RunHead): Promise<string | null> {
  const latest = await savepoints.find(old.taskId, old.usedFp ?? old.fp, 'LATEST');
  return latest !== null && latest.jobId === old.jobId ? latest.path : null;
}

async function begin({ store }: RecordDeps, waiting: RunHead, path: string): Promise<RunHead> {
  // Stryker disable next-line ConditionalExpression: the compiler does not know that who waits follows somebody
  if (waiting.follows === null) return waiting;
  const change = { follows: { ...waiting.follows, isWaiting: false }, savePointPath: path };
  const ready = await store.updateHead(waiting, change, `run ${waiting.follows.runId} has ended: starts from ${path}`);
  return ready ?? (await store.readHead(waiting.id)) ?? waiting;
}

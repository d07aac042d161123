/**
 * Brings a restart one step further, from the run that waits for the old one's end (protocol.md section 13): by its caller,
 * and after that one's death by the reconciler.
 */
import { PATIENCE_MS } from '../../domain/limits.ts';
import type { Clock, JobStore, SavepointStore } from '../../domain/ports.ts';
import { liveOf } from '../../domain/run/active-partitions.ts';
import { fingerprintsOf } from '../../domain/run/claims.ts';
import { voidHead } from '../../domain/run/new-run.ts';
import {
  decideWaiting,
  failedRestart,
  isBegun,
  isSavedForRestart,
  isWaiting,
  wantsRestart,
} from '../../domain/run/restart.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { failedWish, wantsSavepoint } from '../../domain/run/savepoint-wish.ts';
import { settle } from '../../domain/run/settle.ts';
import { isFinal } from '../../domain/run/status.ts';
import { writeHead } from '../record/write-head.ts';

interface ContinueDeps {
  readonly store: JobStore;
  readonly savepoints: SavepointStore;
  readonly clock: Clock;
}

/** Returns the waiting run afterwards: it still waits, has ended, or may be sent. */
export async function continueRestart(deps: ContinueDeps, given: RunHead): Promise<RunHead> {
  const { store, clock } = deps;
  let waiting = given;
  // Else somebody has brought it further.
  while (isWaiting(waiting)) {
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
        waiting = await giveUp(deps, { waiting, old }, decision.reason);
        continue;
      case 'begin':
        waiting = await begin(deps, { waiting, old }, decision.path);
    }
  }
  return waiting;
}

/**
 * The old run names a new one, and was not told to stop. If the new one is not there, it never will be: only then is the
 * restart over for the old one. Otherwise the new run decides.
 */
export async function clearInterrupted({ store, clock }: ContinueDeps, old: RunHead): Promise<void> {
  if (isFinal(old.status) || !wantsRestart(old) || isBegun(old)) return;
  const askedAt = old.restart.askedAt ?? old.savepoint?.askedAt;
  if (askedAt === undefined || clock.now() <= askedAt + PATIENCE_MS) return;
  const there = await store.putHead(voidHead(old.restart.runId, old.taskId, old.writer, clock.now()));
  if (there === null || there.status === 'VOID') await abortRestart(store, old, 'it was interrupted before it began');
}

/** On condition of what was decided from: whoever is about to stop the run has written, or may not. */
export async function abortRestart(store: JobStore, old: RunHead, reason: string): Promise<void> {
  // Stryker disable next-line ConditionalExpression: the compiler does not know that callers have looked
  if (old.restart === null) return;
  const restart = failedRestart(old.restart, reason);
  // A run that is to end keeps its state, restart or not.
  const isDropped = wantsSavepoint(old) && isSavedForRestart(old) && !isBegun(old) && old.cancelAskedAt === null;
  const dropped = isDropped ? { savepoint: failedWish(old.savepoint, reason) } : {};
  const active = isFinal(old.status) ? old.active : liveOf({ ...old, restart, ...dropped });
  await store.updateHead(old, { restart, ...dropped, active }, `not restarted: ${reason}`);
}

interface Restarted {
  readonly waiting: RunHead;
  readonly old: RunHead | null;
}

/**
 * The old run gets its claims back before the new one is over: from then on a submit would take them. When the new one has
 * moved on meanwhile, it is decided anew.
 */
async function giveUp(deps: ContinueDeps, { waiting, old }: Restarted, reason: string): Promise<RunHead> {
  const { store, clock } = deps;
  if (old !== null && (!isFinal(old.status) || old.status === 'UNKNOWN')) await handBack(store, waiting, old);
  const status = waiting.cancelAskedAt === null ? 'FAILED' : 'CANCELED';
  const goesOn = old !== null && !isFinal(old.status) ? `. Run ${old.id} goes on` : '';
  const over = { kind: 'over', status, reason: `not restarted: ${reason}${goesOn}` } as const;
  const settlement = settle(waiting, over, clock.now());
  return settlement === null ? waiting : await writeHead(store, waiting, settlement);
}

/** The old run claims its own again: a late claim by the caller of the restart then fails. */
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
async function leftBy({ savepoints }: ContinueDeps, old: RunHead): Promise<string | null> {
  const latest = await savepoints.find(old.taskId, old.usedFp ?? old.fp, 'LATEST');
  return latest !== null && latest.jobId === old.jobId ? latest.path : null;
}

/** Only with its claims: without them a submit takes those of the old run, which is over, and starts a second job. */
async function begin(deps: ContinueDeps, restarted: Restarted, known: string | null): Promise<RunHead> {
  const { waiting, old } = restarted;
  // Stryker disable next-line ConditionalExpression: the compiler does not know that who waits follows somebody
  if (waiting.follows === null) return waiting;
  const { runId } = waiting.follows;
  if (!(await hasItsClaims(deps, waiting)))
    return await giveUp(deps, restarted, `run ${runId} ended before this run had replaced it`);
  // Stryker disable next-line ConditionalExpression: the compiler does not know that only the end of a run begins another
  const path = known ?? (old === null ? null : await leftBy(deps, old));
  if (path === null) return await giveUp(deps, restarted, 'the job ended without a savepoint to start from');
  const change = { follows: { ...waiting.follows, isWaiting: false }, savePointPath: path };
  return await writeHead(deps.store, waiting, { change, cause: `run ${runId} has ended: starts from ${path}` });
}

/** Once it has them, nobody takes them until it is over. */
async function hasItsClaims({ store }: ContinueDeps, waiting: RunHead): Promise<boolean> {
  const { claims } = await store.readTask(waiting.taskId);
  return fingerprintsOf(waiting).every((fp) => claims[fp] === waiting.id);
}

/**
 * A restart (protocol.md section 13): the live run of a task is stopped, and another one starts from what it has left. The
 * old run names the new one before anything is stopped. Pure.
 */
import { cutText } from '../cut-text.ts';
import { PATIENCE_MS, WATCH_MS } from '../limits.ts';
import type { Restart } from './restart-marks.ts';
import type { RunHead } from './run.ts';
import type { SavepointWish } from './savepoint-trigger.ts';
import { wantsSavepoint } from './savepoint-wish.ts';
import { isFinal } from './status.ts';

const MAX_REASON_BYTES = 400;

export function failedRestart(restart: Restart, reason: string): Restart {
  return { ...restart, state: 'failed', reason: cutText(reason, MAX_REASON_BYTES) };
}

export function wantsRestart(head: RunHead): head is RunHead & { readonly restart: Restart } {
  return head.restart?.state === 'wanted';
}

/** The savepoint that the restart asked for, and nobody who came later; null: a path was given. */
function ownWish({ restart, savepoint }: RunHead): SavepointWish | null {
  const askedAt = restart?.askedAt ?? savepoint?.askedAt;
  return savepoint?.type === 'stop' && savepoint.askedAt === askedAt ? savepoint : null;
}

/** Only the restart wants its savepoint. */
export function isSavedForRestart(head: RunHead): boolean {
  return wantsRestart(head) && wantsSavepoint(head) && ownWish(head) !== null;
}

/** Flink may have got the request to end its job for the restart. */
export function isBegun(head: RunHead): boolean {
  const wish = ownWish(head);
  // One that failed before it was sent has stopped nothing: the run was given up as lost, and is followed again.
  if (wish === null || (wish.state === 'failed' && wish.firstSentAt === null)) return head.cancelAskedAt !== null;
  return wish.state !== 'wanted' || wish.firstSentAt !== null;
}

/** It has claimed the place of a run that has not ended. */
export function isWaiting(head: RunHead): boolean {
  return !isFinal(head.status) && head.follows?.isWaiting === true;
}

/** It took the place of another run, and every send of it is known to have started nothing: another one is safe. */
export function isUnsent({ status, follows, open }: RunHead): boolean {
  return status === 'INITIALIZING' && follows !== null && open.length === 0;
}

/** It has the place of the other run, and nobody has sent it: who finds it so may, and nobody else. */
export function mayBeSentFirst(head: RunHead): boolean {
  return isUnsent(head) && !isWaiting(head) && head.cancelAskedAt === null;
}

/** The run whose place it took has ended: Flink being away for a while must not leave the task without a job. */
export function mustStart({ follows, sends, once, sqlRefusedSend, intentAt }: RunHead, now: number): boolean {
  if (follows === null || now > intentAt + WATCH_MS) return false;
  return sends === 0 || (!once && sqlRefusedSend !== sends);
}

export type WaitingDecision =
  | { readonly kind: 'wait' }
  /** Nothing was stopped yet, and nobody is at work any more: the old run goes on. */
  | { readonly kind: 'abort'; readonly reason: string }
  /** The new run does not start: the old one goes on, or nobody knows what became of it, or there is nothing to start from. */
  | { readonly kind: 'giveUp'; readonly reason: string }
  /** The old run has ended: the new one starts from `path`, or if that is null from a savepoint that must be looked up. */
  | { readonly kind: 'begin'; readonly path: string | null };

/** The decision for a run that waits for `old`, by the record of that one; null: it is not in the table. */
export function decideWaiting(waiting: RunHead, old: RunHead | null, now: number): WaitingDecision {
  const mine = old?.restart?.runId === waiting.id ? old.restart : null;
  const isLeft = now > waiting.intentAt + PATIENCE_MS;
  // Stryker disable next-line ConditionalExpression: without an old run there is no mark of it; the compiler asks
  if (old === null || mine === null) {
    return isLeft ? { kind: 'giveUp', reason: 'the restart was interrupted before it began' } : { kind: 'wait' };
  }
  if (mine.state === 'failed') return { kind: 'giveUp', reason: mine.reason ?? 'the restart has failed' };
  if (waiting.cancelAskedAt !== null) return { kind: 'abort', reason: 'the new run was cancelled' };
  return isFinal(old.status) ? ended(waiting, old) : notEnded(old, isLeft);
}

function notEnded(old: RunHead, isLeft: boolean): WaitingDecision {
  const stop = ownWish(old);
  if (stop?.state === 'failed' && old.cancelAskedAt === null) {
    return { kind: 'abort', reason: stop.reason ?? 'the stop has failed' };
  }
  if (isLeft && !isBegun(old)) {
    return { kind: 'abort', reason: 'the restart was interrupted before anything was stopped' };
  }
  return { kind: 'wait' };
}

function ended(waiting: RunHead, old: RunHead): WaitingDecision {
  const isStopped = old.status === 'UNKNOWN' && old.savepoint?.type === 'stop' && old.savepoint.state === 'done';
  // Flink reports a stop as done when the job has ended, even if another JobManager answers afterwards.
  if (isStopped && waiting.savePointPath === null && old.cancelAskedAt === null)
    return { kind: 'begin', path: old.savepoint.path };
  if (old.status === 'UNKNOWN' || old.status === 'VOID') {
    return { kind: 'giveUp', reason: `nobody knows whether the job of run ${old.id} has ended` };
  }
  if (waiting.savePointPath !== null) return { kind: 'begin', path: waiting.savePointPath };
  if (old.cancelAskedAt !== null) return { kind: 'giveUp', reason: `run ${old.id} was cancelled meanwhile` };
  return { kind: 'begin', path: old.savepoint?.state === 'done' ? old.savepoint.path : null };
}

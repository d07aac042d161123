/**
 * A savepoint that was asked of a live run, as HEAD keeps it (protocol.md section 12). Its trigger id is durable before it
 * is sent. Times are UTC milliseconds.
 */
import { cutText } from '../cut-text.ts';
import { MISSED_MS, PATIENCE_MS, SAME_CANCEL_MS, TRIGGER_KNOWN_MS } from '../limits.ts';
import type { RunHead } from './run.ts';
import type { SavepointType, SavepointWish, TriggerState } from './savepoint-trigger.ts';
import { isFinal } from './status.ts';

export type WantedRun = RunHead & { readonly savepoint: SavepointWish };

export function newWish(type: SavepointType, triggerId: string, askedBy: string, now: number): SavepointWish {
  const unsent = { firstSentAt: null, sentAt: null, missedAt: null, doneAt: null };
  const by = cutText(askedBy, MAX_BY_BYTES);
  return { type, triggerId, askedAt: now, askedBy: by, ...unsent, state: 'wanted', path: null, reason: null };
}

const MAX_BY_BYTES = 150;
const MAX_PATH_BYTES = 800;
const MAX_REASON_BYTES = 400;

/** A live run whose savepoint is not known to be done or to have failed. */
export function wantsSavepoint(head: RunHead): head is WantedRun {
  return !isFinal(head.status) && head.savepoint?.state === 'wanted';
}

/** It ends when its savepoint is there. */
export function isStopping(head: RunHead): boolean {
  return wantsSavepoint(head) && head.savepoint.type !== 'trigger';
}

/** Somebody has ended it with a savepoint, or tries to. */
export function wasStopped({ savepoint }: Pick<RunHead, 'savepoint'>): boolean {
  return savepoint !== null && savepoint.type !== 'trigger' && savepoint.state !== 'failed';
}

export function doneWish(wish: SavepointWish, path: string, now: number): SavepointWish {
  return { ...wish, state: 'done', path: cutText(path, MAX_PATH_BYTES), missedAt: null, doneAt: now };
}

export function failedWish(wish: SavepointWish, reason: string): SavepointWish {
  return { ...wish, state: 'failed', reason: cutText(reason, MAX_REASON_BYTES), missedAt: null };
}

/** A request whose answer was lost is sent again: it must not take a second savepoint. */
export function wasJustDone({ savepoint }: RunHead, type: SavepointType, askedBy: string, now: number): boolean {
  if (savepoint?.type !== type || savepoint.state !== 'done' || savepoint.doneAt === null) return false;
  return savepoint.askedBy === cutText(askedBy, MAX_BY_BYTES) && now - savepoint.doneAt < SAME_CANCEL_MS;
}

/** The outcome of a wish at the end of its run, if Flink has not reported one. */
export function wishAtEnd(wish: SavepointWish): SavepointWish {
  return failedWish(wish, 'the run ended before Flink reported the outcome of the savepoint');
}

export type WishDecision =
  | { readonly kind: 'wait' }
  /** Flink does not have it yet. */
  | { readonly kind: 'send' }
  /** The first look that does not find it, although Flink may have had it. */
  | { readonly kind: 'miss' }
  | { readonly kind: 'done'; readonly path: string }
  | { readonly kind: 'failed'; readonly reason: string };

const FORGOTTEN = 'Flink does not know the savepoint any more, so its outcome is not known';

/**
 * Flink keeps the outcome of a trigger for 5 minutes. Until then a trigger that it does not know is one that it never had:
 * it is sent again, under the same id. Later it may have been taken and forgotten, and is not sent again.
 */
export function decideWish(wish: SavepointWish, seen: TriggerState, askedAt: number): WishDecision {
  if (seen.kind === 'done' || seen.kind === 'failed') return seen;
  if (seen.kind === 'inProgress') return { kind: 'wait' };
  const { firstSentAt, sentAt, missedAt } = wish;
  // Stryker disable next-line ConditionalExpression: both are written together; the compiler asks for each
  if (firstSentAt === null || sentAt === null) return { kind: 'send' };
  if (askedAt < firstSentAt + TRIGGER_KNOWN_MS) return { kind: 'send' };
  if (missedAt === null) return { kind: 'miss' };
  const isOver = askedAt - missedAt >= MISSED_MS && askedAt > sentAt + PATIENCE_MS;
  return isOver ? { kind: 'failed', reason: FORGOTTEN } : { kind: 'wait' };
}

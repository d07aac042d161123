/** What a call that stops a run, or takes a savepoint of it, changes in its record (protocol.md section 12). Pure. */
import { liveIn, wishIn } from './active-partitions.ts';
import type { HeadChange, RunHead } from './run.ts';
import type { SavepointType } from './savepoint-trigger.ts';
import { failedWish, isStopping, newWish, wantsSavepoint, wasJustDone } from './savepoint-wish.ts';
import { isFinal } from './status.ts';

/**
 * cancel: at once, without a savepoint. kill: with a savepoint if one can be had; the run ends in any case.
 * cancelWithSavepoint, stop: only if the savepoint is there; else the job goes on. trigger: a savepoint, and the job goes on.
 */
export type StopHow = 'cancel' | 'kill' | 'cancelWithSavepoint' | 'stop' | 'trigger';

export type StopDecision =
  /** It has ended, or was asked for the same before. */
  | { readonly kind: 'nothing' }
  /** A savepoint is under way already, or was just taken for the same caller, and answers this call too. */
  | { readonly kind: 'join' }
  | { readonly kind: 'refuse'; readonly why: string }
  | { readonly kind: 'write'; readonly change: HeadChange; readonly cause: string };

export interface StopAsk {
  readonly how: StopHow;
  readonly by: string;
  readonly now: number;
  /** 32 hex digits that nobody has used. */
  readonly triggerId: string;
}

const TYPE_OF: Readonly<Record<Exclude<StopHow, 'cancel' | 'kill'>, SavepointType>> = {
  cancelWithSavepoint: 'cancel',
  stop: 'stop',
  trigger: 'trigger',
};

export function decideStop(head: RunHead, ask: StopAsk): StopDecision {
  if (isFinal(head.status)) return { kind: 'nothing' };
  switch (ask.how) {
    case 'cancel':
      return cancel(head, ask);
    case 'kill':
      return kill(head, ask);
    default:
      return onlyWithSavepoint(head, ask, TYPE_OF[ask.how]);
  }
}

/** A plain cancel waits for no savepoint, even if one is wanted. */
function cancel(head: RunHead, { by, now }: StopAsk): StopDecision {
  const wanted = wantsSavepoint(head);
  if (head.cancelAskedAt !== null && !wanted) return { kind: 'nothing' };
  const dropped = wanted
    ? { savepoint: failedWish(head.savepoint, 'a cancel without a savepoint came first'), active: liveIn(head.id) }
    : {};
  return { kind: 'write', change: { ...endAsked(head, by, now), ...dropped }, cause: `cancel asked by ${by}` };
}

function kill(head: RunHead, { by, now, triggerId }: StopAsk): StopDecision {
  if (head.cancelAskedAt !== null) return wantsSavepoint(head) ? { kind: 'join' } : { kind: 'nothing' };
  const asked = endAsked(head, by, now);
  if (!canBeSaved(head)) return { kind: 'write', change: asked, cause: `cancel asked by ${by}` };
  const savepoint = isStopping(head) ? head.savepoint : newWish('cancel', triggerId, by, now);
  const change = { ...asked, savepoint, active: wishIn(head.id) };
  return { kind: 'write', change, cause: `cancel with a savepoint asked by ${by}` };
}

/** Who asked first is kept. */
function endAsked({ cancelAskedAt }: RunHead, by: string, now: number): HeadChange {
  return cancelAskedAt === null ? { cancelAskedAt: now, cancelAskedBy: by } : {};
}

function onlyWithSavepoint(head: RunHead, { by, now, triggerId }: StopAsk, type: SavepointType): StopDecision {
  const why = whyNot(head);
  if (why !== null) return { kind: 'refuse', why };
  if (wasJustDone(head, type, by, now)) return { kind: 'join' };
  if (wantsSavepoint(head) && (type === 'trigger' || isStopping(head))) return { kind: 'join' };
  const savepoint = newWish(type, triggerId, by, now);
  const what = type === 'trigger' ? 'savepoint' : `${type} with a savepoint`;
  return { kind: 'write', change: { savepoint, active: wishIn(head.id) }, cause: `${what} asked by ${by}` };
}

/** A job that Flink has shown. The rows of a preview are delivered: it keeps no state. */
function canBeSaved({ kind, status, jobId }: RunHead): boolean {
  return kind === 'job' && status !== 'INITIALIZING' && jobId !== null;
}

function whyNot(head: RunHead): string | null {
  if (head.kind === 'preview') return 'is a preview, which has no state to keep. Cancel it without a savepoint';
  if (head.kind === 'none') return 'has no job in Flink, so there is no state to keep';
  if (!canBeSaved(head)) {
    return 'has no job in Flink yet, so there is no state to keep. Try again when it is RUNNING, or cancel it without a savepoint';
  }
  if (head.cancelAskedAt !== null && !wantsSavepoint(head)) return 'is being cancelled';
  return null;
}

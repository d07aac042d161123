/** The outcome of a call that stops a run or takes a savepoint, for `msg`: the caller named only a task. */
import type { CancelOutcome } from '../domain/run/cancel.ts';
import type { RunHead } from '../domain/run/run.ts';
import type { SavepointWish } from '../domain/run/savepoint-trigger.ts';
import { isFinal } from '../domain/run/status.ts';
import type { StopHow } from '../domain/run/stop.ts';
import { shownAddress } from '../domain/secrets/shown-address.ts';
import { cancelNote, restNote, UNTOLD } from './cancel-note.ts';

export interface SavepointSeen {
  readonly path: string | null;
  /** Why there is none; null also while it is being taken. */
  readonly problem: string | null;
}

/** For the savepoint that this call requested, or that was already under way. */
export function savepointOf(run: RunHead | null, how: StopHow): SavepointSeen {
  if (run === null || how === 'cancel') return { path: null, problem: null };
  const wish = answering(run.savepoint, how);
  if (wish === null) return { path: null, problem: how === 'kill' ? null : endedBefore(run) };
  return { path: wish.path, problem: wish.state === 'failed' ? wish.reason : null };
}

/** A savepoint after which the job goes on is no answer to a call that ends the job. */
function answering(wish: SavepointWish | null, how: StopHow): SavepointWish | null {
  return wish?.type === 'trigger' && how !== 'trigger' ? null : wish;
}

function endedBefore({ status }: RunHead): string {
  return `the run has ended (${status}) without a savepoint`;
}

export function stopNote(outcome: CancelOutcome, how: StopHow, timeZone: string): string {
  const { cancelled } = outcome;
  if (cancelled === null || how === 'cancel') return cancelNote(outcome, timeZone);
  const wish = answering(cancelled.savepoint, how);
  if (how === 'kill') return cancelNote(outcome, timeZone, wish === null ? '' : killNote(wish));
  return `. ${savepointNote(cancelled, wish)}${restNote(outcome)}`;
}

function killNote({ state, path, reason, firstSentAt }: SavepointWish): string {
  const untold = firstSentAt === null ? `. ${UNTOLD}` : '';
  if (state === 'wanted') return `${untold}. It ends when its savepoint is complete`;
  return state === 'done' ? `. Savepoint: ${shownAddress(path ?? '')}` : `. No savepoint was taken: ${why(reason)}`;
}

function savepointNote(run: RunHead, wish: SavepointWish | null): string {
  const which = `Run ${run.id} of task ${run.taskId}`;
  if (wish === null) return `No savepoint was taken: ${endedBefore(run)}`;
  const goesOn = wish.type === 'trigger';
  if (wish.state === 'done') {
    const then = goesOn ? 'and goes on' : 'and ends with it';
    return `${which} has the savepoint ${shownAddress(wish.path ?? '')} ${then}`;
  }
  if (wish.state === 'wanted') {
    const then = goesOn ? '' : ', and the job ends then';
    return `The savepoint of run ${run.id} of task ${run.taskId} is not complete yet. Dinghy records it when it is${then}`;
  }
  return `No savepoint was taken: ${why(wish.reason)}. ${which} ${isFinal(run.status) ? `has ended (${run.status})` : 'goes on'}`;
}

function why(reason: string | null): string {
  return (reason ?? 'Flink gave no reason').replace(/\.$/, '');
}

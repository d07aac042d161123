/** Names the run of a cancel, for `msg`: the caller named only a task. */
import { SAME_CANCEL_MS } from '../domain/limits.ts';
import type { CancelOutcome } from '../domain/run/cancel.ts';
import type { RunHead } from '../domain/run/run.ts';
import { isFinal } from '../domain/run/status.ts';
import { wireTime } from '../domain/time.ts';

/** Empty: the task has no live run. `more`: of that run alone. */
export function cancelNote(outcome: CancelOutcome, timeZone: string, more = ''): string {
  const { cancelled, as } = outcome;
  if (as === 'echo') return `. ${ECHO}`;
  if (cancelled === null) return '';
  return `. ${runNote(cancelled, as, timeZone)}${more}${restNote(outcome)}`;
}

/** Names a cancel that Flink has not got yet, and the other live runs. */
export function restNote({ others, unreadable = [], untold }: CancelOutcome): string {
  const later = untold === undefined ? '' : `. ${UNTOLD}: ${untold.replace(/\.$/, '')}`;
  const rest = others.length === 0 ? '' : `. Other runs of the task are still live: ${others.join(', ')}`;
  const hidden = unreadable.length === 0 ? '' : `. ${UNREADABLE}: ${unreadable.join(', ')}`;
  return `${later}${rest}${hidden}`;
}

export const UNTOLD = 'Flink is out of reach and gets the request later';

const UNREADABLE = "Older runs whose record can't be read may still be live (docs/operate/troubleshooting.md)";

const ECHO =
  'A submit of this task was refused to this caller a moment ago, and some clients send a cancel after that. So this ' +
  'call cancelled nothing. To cancel a run, send the call again';

function runNote(head: RunHead, as: CancelOutcome['as'], timeZone: string): string {
  const run = `Run ${head.id} of task ${head.taskId}`;
  const at = head.cancelAskedAt === null ? '' : ` at ${wireTime(head.cancelAskedAt, timeZone)}`;
  switch (as) {
    case 'repeat':
      return `${run} was asked to end${at}${endNote(head)}. A second cancel by the same caller within ${SAME_CANCEL_MS / 1000} seconds applies to the same run`;
    case 'again':
      return `${run} was asked to end${at} and has not ended yet`;
    default:
      return isFinal(head.status) ? `${run} has just ended (${head.status})` : `${run} is being cancelled`;
  }
}

function endNote({ status }: RunHead): string {
  return isFinal(status) ? ` and has ended (${status})` : '';
}

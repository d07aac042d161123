/**
 * What is remembered of a caller and a task, so that its next cancel is understood (protocol.md section 7): clients cancel
 * the task whose submit was refused to them, and send a kill twice.
 */
import { REFUSAL_ECHO_MS, SAME_CANCEL_MS } from '../limits.ts';

/** A submit was refused. */
export interface Refusal {
  /** UTC ms. */
  readonly at: number;
  /** Random: two refusals of one moment are two. */
  readonly id: string;
}

/** A refusal explains one cancel: `takenBy` names the call that it explained; null: none yet. */
export interface RefusalMark extends Refusal {
  readonly takenBy: string | null;
}

/** The run that a cancel meant. */
export interface CancelMark {
  readonly runId: number;
  /** UTC ms. */
  readonly at: number;
}

export interface CallerMarks {
  readonly refusals: readonly RefusalMark[];
  /** The last cancel that was not a repeat; null when there was none. */
  readonly cancel: CancelMark | null;
}

export const NO_MARKS: CallerMarks = { refusals: [], cancel: null };

/** The oldest refusal that explains a cancel now; null: the cancel is meant. */
export function openRefusal({ refusals }: CallerMarks, now: number): Refusal | null {
  const open = refusals.filter(({ at, takenBy }) => takenBy === null && now - at < REFUSAL_ECHO_MS);
  return open.reduce<Refusal | null>((oldest, next) => (oldest !== null && oldest.at <= next.at ? oldest : next), null);
}

/** The cancel that this one repeats; null: it is a new one. */
export function repeatedCancel({ cancel }: CallerMarks, now: number): CancelMark | null {
  return cancel !== null && now - cancel.at < SAME_CANCEL_MS ? cancel : null;
}

/** The history of a run: appended by the update that makes the change, so it has no gaps (protocol.md section 8). */
import { bytesOf, cutText } from './cut-text.ts';
import type { RunEvent } from './run.ts';

const MOST_EVENTS = 100;
const CAUSE_BYTES = 200;
/** HEAD stays under 8 KB, of which its history may take this much, or what is left (head-size.ts). */
const MOST_BYTES = 5_000;

export function appendEvent(
  events: readonly RunEvent[],
  event: Omit<RunEvent, 'seq'>,
  mostBytes = MOST_BYTES,
): RunEvent[] {
  const seq = (events.at(-1)?.seq ?? 0) + 1;
  return [...foldEvents([...events, { ...event, cause: cutText(event.cause, CAUSE_BYTES), seq }], mostBytes)];
}

/**
 * Folds the oldest pair in the middle until the list fits; the first and the latest events are always kept. The very list
 * where it fits.
 */
export function foldEvents(before: readonly RunEvent[], mostBytes: number): readonly RunEvent[] {
  const fits = (list: readonly RunEvent[]): boolean =>
    list.length <= 2 || (list.length <= MOST_EVENTS && bytesOf(JSON.stringify(list)) <= mostBytes);
  if (fits(before)) return before;
  const events = [...before];
  while (!fits(events)) {
    const at = foldAt(events);
    const [first, second] = [events[at], events[at + 1]];
    if (first === undefined || second === undefined) break;
    const count = (first.count ?? 1) + (second.count ?? 1);
    events.splice(at, 2, { ...second, cause: `${second.status} and the like, ${count} events`, count });
  }
  return events;
}

/** Restarts come in pairs that say little; where there are none, the second event goes into the third. */
function foldAt(events: readonly RunEvent[]): number {
  const restart = events.findIndex(
    (event, i) => i > 0 && i < events.length - 2 && isFlip(event) && isFlip(events[i + 1]),
  );
  return restart > 0 ? restart : 1;
}

function isFlip(event: RunEvent | undefined): boolean {
  return event?.status === 'RUNNING' || event?.status === 'RESTARTING';
}

/** The history of a run: appended by the update that makes the change, so it has no gaps (protocol.md section 8). */
import { bytesOf, cutText } from '../cut-text.ts';
import type { RunEvent } from './run.ts';

const CAUSE_BYTES = 200;
const WHO_BYTES = 150;
/** HEAD stays under 8 KB, of which its history may take this much, or what is left (head-size.ts). */
const MAX_BYTES = 5_000;

export function appendEvent(
  events: readonly RunEvent[],
  event: Omit<RunEvent, 'seq'>,
  maxBytes = MAX_BYTES,
): RunEvent[] {
  const seq = (events.at(-1)?.seq ?? 0) + 1;
  const who = event.who === undefined ? {} : { who: cutText(event.who, WHO_BYTES) };
  return [...foldEvents([...events, { ...event, cause: cutText(event.cause, CAUSE_BYTES), ...who, seq }], maxBytes)];
}

/**
 * Folds the oldest pair in the middle until the list fits; the first and the latest events are always kept, what the latest
 * says also where there is room for these two alone. The very list where it fits.
 */
export function foldEvents(before: readonly RunEvent[], maxBytes: number): readonly RunEvent[] {
  const events = [...before];
  while (bytesOf(JSON.stringify(events)) > maxBytes) {
    const at = foldAt(events);
    const pair = events.slice(at, at + 2);
    const second = pair[1];
    if (second === undefined) break;
    const count = pair.reduce((sum, one) => sum + (one.count ?? 1), 0);
    const isLatest = at + 2 === events.length;
    const cause = isLatest ? second.cause : `${second.status} and the like, ${count} events`;
    events.splice(at, 2, { ...second, cause, count });
  }
  return events.length === before.length ? before : events;
}

/** Restarts come in pairs that say little; where there are none, the second event goes into the third. */
function foldAt(events: readonly RunEvent[]): number {
  const restart = events.findIndex(
    (_, at) => at > 0 && at < events.length - 2 && events.slice(at, at + 2).every(isFlip),
  );
  return Math.max(1, restart);
}

function isFlip({ status }: RunEvent): boolean {
  return status === 'RUNNING' || status === 'RESTARTING';
}

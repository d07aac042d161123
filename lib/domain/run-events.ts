/** The history of a run: appended by the update that makes the change, so it has no gaps (protocol.md section 8). */
import type { RunEvent } from './run.ts';

const MOST_EVENTS = 100;
const CAUSE_LENGTH = 200;
/** HEAD stays under 8 KB, of which its history may take this much. */
const MOST_BYTES = 5_000;

export function appendEvent(events: readonly RunEvent[], event: Omit<RunEvent, 'seq'>): RunEvent[] {
  const seq = (events.at(-1)?.seq ?? 0) + 1;
  return fold([...events, { ...event, cause: event.cause.slice(0, CAUSE_LENGTH), seq }]);
}

/** Folds the oldest pair in the middle until the list fits; the first and the latest events are always kept. */
function fold(events: RunEvent[]): RunEvent[] {
  while (events.length > 2 && (events.length > MOST_EVENTS || sizeOf(events) > MOST_BYTES)) {
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

function sizeOf(events: readonly RunEvent[]): number {
  return new TextEncoder().encode(JSON.stringify(events)).length;
}

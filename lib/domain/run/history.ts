/** The history of a run: appended by the update that makes the change, so it has no gaps (protocol.md section 8). */
import { callerOf, keptPrincipal, type Requester } from '../access/principal.ts';
import { bytesOf, cutText } from '../cut-text.ts';
import type { RunEvent, RunHead } from './run.ts';

const CAUSE_BYTES = 200;
const WHO_BYTES = 150;
/** HEAD stays under 8 KB. Its history may have this much, or the rest (head-size.ts). */
const MAX_BYTES = 5_000;

export function appendEvent(
  events: readonly RunEvent[],
  event: Omit<RunEvent, 'seq'>,
  maxBytes = MAX_BYTES,
): RunEvent[] {
  const seq = (events.at(-1)?.seq ?? 0) + 1;
  const who = event.who === undefined ? {} : { who: cutText(event.who, WHO_BYTES) };
  const principal = event.principal === undefined ? {} : { principal: keptPrincipal(event.principal) };
  const kept = { ...event, cause: cutText(event.cause, CAUSE_BYTES), ...who, ...principal, seq };
  return [...foldEvents([...events, kept], maxBytes)];
}

/** The part of the requester that an event stores: HEAD is small, so nothing is stored twice. */
export function requestedBy(requester: Requester | undefined): Pick<RunEvent, 'who' | 'principal'> {
  if (requester === undefined) return {};
  const { caller, principal } = requester;
  return principal === undefined ? { who: caller } : { principal };
}

/** For display: each requested event names its requester, in words and, if known, as a value. */
export function shownEvents({ events, principal: ofRun }: Pick<RunHead, 'events' | 'principal'>): RunEvent[] {
  return events.map((event) => {
    const principal = event.seq === 1 && event.who !== undefined ? ofRun : event.principal;
    if (principal === undefined) return event;
    return { ...event, who: event.who ?? callerOf(principal), principal };
  });
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
    events.splice(at, 2, { ...(isLatest ? second : manyLike(second, count)), count });
  }
  return events.length === before.length ? before : events;
}

/** Nobody has asked for all of them. */
function manyLike({ seq, at, status, by }: RunEvent, count: number): RunEvent {
  return { seq, at, status, cause: `${status} and the like, ${count} events`, by };
}

/**
 * Restarts come in pairs that say little; then whatever nobody asked for: who has ended a run must not make room for what
 * Flink shows. Where there are none, the second event goes into the third.
 */
function foldAt(events: readonly RunEvent[]): number {
  const pairs = [isFlip, isUnasked].map((is) =>
    events.findIndex((_, at) => at > 0 && at < events.length - 2 && events.slice(at, at + 2).every(is)),
  );
  return pairs.find((at) => at > 0) ?? 1;
}

function isFlip(event: RunEvent): boolean {
  return isUnasked(event) && (event.status === 'RUNNING' || event.status === 'RESTARTING');
}

function isUnasked({ who, principal }: RunEvent): boolean {
  return who === undefined && principal === undefined;
}

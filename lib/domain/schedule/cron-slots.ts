/**
 * The slots of a cron expression before and after an instant. As EventBridge Scheduler does it: a time that daylight saving
 * leaves out has no slot, and one that comes twice has one, the first.
 */
import { UNIT_MS } from '../time.ts';
import { firesOnDay } from './cron-days.ts';
import type { Cron } from './cron-fields.ts';
import { instantsOf, wallTimeOf } from './wall-clock.ts';

/** The 29th of February on one day of the week: 40 years, where a century has no leap day. */
const FARTHEST_DAYS = 41 * 366;

type Direction = 'before' | 'after';

/** Null: there is none within 41 years. */
export function cronSlot(cron: Cron, direction: Direction, atMs: number, timeZone: string): number | null {
  const step = direction === 'before' ? -1 : 1;
  const today = Math.floor(wallTimeOf(atMs, timeZone) / UNIT_MS.d) * UNIT_MS.d;
  // Where the clock goes back over midnight, a slot of the next day is over already: so a day is looked at on the other side too.
  // Stryker disable next-line EqualityOperator: a day more or less finds nothing else
  for (let days = -1; days <= FARTHEST_DAYS; days += 1) {
    const midnight = today + step * days * UNIT_MS.d;
    const found = firesOnDay(cron, midnight) ? slotOfDay(cron, midnight, { direction, atMs, timeZone }) : null;
    if (found !== null) return found;
  }
  return null;
}

interface Asked {
  readonly direction: Direction;
  readonly atMs: number;
  readonly timeZone: string;
}

function slotOfDay({ hours, minutes }: Cron, midnightMs: number, { direction, atMs, timeZone }: Asked): number | null {
  const slots = hours
    .flatMap((hour) => minutes.map((minute) => midnightMs + (hour * 60 + minute) * UNIT_MS.m))
    .flatMap((wallMs) => instantsOf(wallMs, timeZone).slice(0, 1))
    .sort((a, b) => a - b);
  const found = direction === 'after' ? slots.find((slot) => slot > atMs) : slots.findLast((slot) => slot < atMs);
  return found ?? null;
}

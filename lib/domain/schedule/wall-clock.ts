/**
 * The clock on the wall in a time zone. A wall time is written as the milliseconds that it would be in UTC, so that days and
 * months can be counted on it without thinking of daylight saving.
 */
import { isoLocalTime, UNIT_MS } from '../time.ts';

/** With the capitals that it has everywhere: Intl takes any, EventBridge Scheduler only these. Null: it is no zone. */
export function usualName(timeZone: string): string | null {
  try {
    const known = new Intl.DateTimeFormat('en-GB', { timeZone }).resolvedOptions().timeZone;
    // Intl also takes offsets, such as +02:00, which EventBridge Scheduler does not know.
    // Stryker disable next-line ConditionalExpression,Regex: Intl of Node.js 20 takes none
    if (!/^[A-Za-z]/.test(timeZone)) return null;
    // It gives older names their newer one: those stay as they are.
    return known.toLowerCase() === timeZone.toLowerCase() ? known : timeZone;
  } catch (error) {
    // Stryker disable next-line ConditionalExpression: anything else would be a bug
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

/** What the clock shows at an instant. */
export function wallTimeOf(atMs: number, timeZone: string): number {
  return Date.parse(`${isoLocalTime(atMs, timeZone)}Z`);
}

/** @param month from 0 */
export function lastDayOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

/** Every instant at which the clock shows this: none in the hour that is left out, two in the one that comes twice. */
export function instantsOf(wallMs: number, timeZone: string): readonly number[] {
  const offsets = [-1, 1].map((days) => {
    const near = wallMs + days * UNIT_MS.d;
    return wallTimeOf(near, timeZone) - near;
  });
  const instants = [...new Set(offsets)].map((offset) => wallMs - offset);
  // In order: of two, the one by the offset of the day before comes first.
  return instants.filter((at) => wallTimeOf(at, timeZone) === wallMs);
}

/** The first such instant. A time that is left out counts as that much later: 02:30 becomes 03:30. */
export function instantOf(wallMs: number, timeZone: string): number {
  const [first] = instantsOf(wallMs, timeZone);
  if (first !== undefined) return first;
  const before = wallMs - UNIT_MS.d;
  return wallMs - (wallTimeOf(before, timeZone) - before);
}

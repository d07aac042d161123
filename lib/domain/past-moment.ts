/** A moment in the past: a time ("2026-01-31", "2026-01-31T12:00:00Z"), or how long ago it was ("90m", "12h", "7d"). */
import { durationMs } from './time.ts';

/** With its offset, so that all readers read the same time. A date alone begins at midnight UTC. */
const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

export const PAST_FORMS = 'Give a time with its offset (2026-01-31T12:00:00Z), a date, or how long ago (90m, 12h, 7d)';

/** Relative to now, both in UTC milliseconds. Null: it has none of the forms. */
export function pastMoment(text: string): ((now: number) => number) | null {
  const agoMs = durationMs(text);
  if (agoMs !== null) return (now) => now - agoMs;
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : () => at;
}

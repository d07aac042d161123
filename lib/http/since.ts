/** A moment in the past: a time ("2026-01-31", "2026-01-31T12:00:00Z"), or how long ago it was ("90m", "12h", "7d"). */
import { durationMs } from '../domain/time.ts';
import { invalid, seen } from './request.ts';

/** With its offset: without one, two readers would read two times. A date alone begins at midnight UTC. */
const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** By the time it is now, both in UTC milliseconds. Null: there is none. */
export function readSince(name: string, value: string | undefined): ((now: number) => number) | null {
  if (value === undefined || value === '') return null;
  const agoMs = durationMs(value);
  if (agoMs !== null) return (now) => now - agoMs;
  const at = TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(at)) return () => at;
  const forms = 'Give a time with its offset (2026-01-31T12:00:00Z), a date, or how long ago (90m, 12h, 7d)';
  throw invalid(`The parameter "${name}" is ${seen(value)}. ${forms}. In a URL, write "+" as %2B.`);
}

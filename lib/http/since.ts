import { PAST_FORMS, pastMoment } from '../domain/past-moment.ts';
import { invalid, seen } from './request.ts';

/** Relative to `now`, both in UTC milliseconds. Null: not given. */
export function readSince(name: string, value: string | undefined): ((now: number) => number) | null {
  if (value === undefined || value === '') return null;
  const moment = pastMoment(value);
  if (moment !== null) return moment;
  throw invalid(`The parameter "${name}" is ${seen(value)}. ${PAST_FORMS}. In a URL, write "+" as %2B.`);
}

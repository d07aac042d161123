import { MAX_ID } from '../lib/domain/limits.ts';
import { UsageError } from './usage-error.ts';

/** A whole number from 1 on, as run and task numbers are. */
export function readNumber(what: string, text: string, largest = MAX_ID): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= largest) return value;
  throw new UsageError(`${what} "${text}" is not a whole number from 1 to ${largest}.`);
}

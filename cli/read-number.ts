import { UsageError } from './usage-error.ts';

const LARGEST = 2_147_483_647;

/** A whole number from 1 on, as run and task numbers are. */
export function readNumber(what: string, text: string, largest = LARGEST): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= largest) return value;
  throw new UsageError(`${what} "${text}" is not a whole number from 1 to ${largest}.`);
}

import type { RunPage } from '../lib/adapters/dynamo/run-list.ts';
import type { Io } from './io.ts';

/** Gives the exit code. */
export function warnOfUnreadable({ unreadable }: Pick<RunPage, 'unreadable'>, io: Io): number {
  for (const problem of unreadable) io.err(`warning: ${problem}`);
  return unreadable.length === 0 ? 0 : 1;
}

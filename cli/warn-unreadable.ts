import type { RunPage } from '../lib/domain/run/run-page.ts';
import type { Io } from './io.ts';

/** Gives the exit code. */
export function warnOfUnreadable({ unreadable }: Pick<RunPage, 'unreadable'>, io: Io): number {
  for (const problem of unreadable) io.err(`warning: ${problem}`);
  return unreadable.length === 0 ? 0 : 1;
}

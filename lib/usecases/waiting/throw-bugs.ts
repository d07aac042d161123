/**
 * An AppError says what happened outside, and its absence from an answer may be right: the work was not wanted any more.
 * Any other error is a bug in Dinghy, and must come to light whatever else goes wrong.
 */
import { AppError } from '../../domain/errors.ts';

export function throwBugs(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected' && !(outcome.reason instanceof AppError)) throw outcome.reason;
  }
}

/**
 * An AppError is a problem outside of Dinghy, and an answer without it may be right: the work was no longer needed.
 * Any other error is a bug in Dinghy, and must always be thrown.
 */
import { AppError } from '../../domain/errors.ts';

export function throwBugs(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected' && !(outcome.reason instanceof AppError)) throw outcome.reason;
  }
}

import { expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../lib/domain/errors.ts';

/** Callers and schedulers decide by it whether to come back with the same request. */
it.each<[ErrorCode, boolean]>([
  ['sql.refused', false],
  ['request.keyReused', false],
  ['run.numbersExhausted', false],
  ['flink.unreachable', true],
  ['run.conflict', true],
  ['store.unavailable', true],
  ['budget.exceeded', true],
])('%s may succeed later, unchanged: %s', (code, retryable) => {
  expect(new AppError(code, 'x').retryable).toBe(retryable);
});

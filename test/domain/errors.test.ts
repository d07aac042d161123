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

it('is known by its name', () => {
  expect(new AppError('internal', 'x').name).toBe('AppError');
});

it('masks the whole text that another said where it knows that, else its own message', () => {
  const whole = (text: string): string => text.replace('hunter22', 'W');
  const message = (text: string): string => text.replace('hunt', 'M');
  expect(new AppError('internal', 'hunt…').masked(whole, message)).toBe('M…');
  const tell = (mask: (text: string) => string): string => mask('hunter22 is wrong').slice(0, 4);
  expect(new AppError('internal', 'hunt', { tell }).masked(whole, message)).toBe('W is');
});

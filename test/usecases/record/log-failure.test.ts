/** Work that must not stop other work: how what went wrong with it is logged. */
import { expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { logFailure, stackOf } from '../../../lib/usecases/record/log-failure.ts';
import { keptLog } from '../../fakes/fake-ids.ts';

it('an AppError is a warning with its message, anything else a bug with the place where it happened', () => {
  const log = keptLog();
  const bug = new TypeError('x is undefined');
  logFailure(log, 'not done', { runId: 1 }, new AppError('store.unavailable', 'Slow down.'));
  logFailure(log, 'not done', { runId: 2 }, bug);
  expect(log.lines).toEqual([
    { level: 'warn', message: 'not done', fields: { runId: 1, error: 'Slow down.' } },
    { level: 'error', message: 'not done', fields: { runId: 2, error: bug.stack } },
  ]);
  expect(bug.stack).toContain('log-failure.test.ts');
});

it('a bug that has no place, or is no error, is told by what it says', () => {
  const bare = new Error('no place');
  delete bare.stack;
  expect([stackOf(bare), stackOf('thrown as text')]).toEqual(['no place', 'thrown as text']);
});

/** A mark for the cancel that follows a refusal: its failure must not become another refusal (protocol.md section 7). */
import { expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { rememberRefusal } from '../../lib/usecases/remember-refusal.ts';
import { world } from './world.ts';

it('is kept for the caller and the task, with its time', async () => {
  const w = world();
  const marks: unknown[] = [];
  w.keys.markRefusal = (...mark) => Promise.resolve(void marks.push(mark));
  await w.clock.run(rememberRefusal(w)(7, 'ada'));
  expect(marks).toEqual([['ada', 7, { at: w.clock.now(), id: expect.stringMatching(/^\d{32}$/) as string }]]);
});

it('that can not be written is a warning; a bug is thrown', async () => {
  const w = world();
  w.keys.markRefusal = () => Promise.reject(new AppError('store.unavailable', 'Slow down.'));
  await w.clock.run(rememberRefusal(w)(7, 'ada'));
  expect(w.log.lines).toEqual([
    { level: 'warn', message: 'refusal not recorded', fields: { taskId: 7, error: 'Slow down.' } },
  ]);
  const bug = new TypeError('x is undefined');
  w.keys.markRefusal = () => Promise.reject(bug);
  await expect(w.clock.run(rememberRefusal(w)(7, 'ada'))).rejects.toBe(bug);
});

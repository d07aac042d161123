/** What a process remembers of keys and callers: bounded, the oldest is forgotten first. */
import { expect, it } from 'vitest';
import { Believed } from '../../../lib/usecases/access/believed.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

const MOST = 1_000;
const filled = (): Believed<number> => {
  const believed = new Believed<number>(virtualClock());
  for (let n = 0; n < MOST; n += 1) believed.set(`name ${n}`, n);
  return believed;
};

it('remembers a thousand', () => {
  const believed = filled();
  expect([believed.get('name 0'), believed.get('name 999')]).toEqual([0, 999]);
});

it('forgets the one that was read first for one more, and no other', () => {
  const believed = filled();
  believed.set('one more', 7);
  expect(['name 0', 'name 1', 'name 999', 'one more'].map((name) => believed.get(name))).toEqual([
    undefined,
    1,
    999,
    7,
  ]);
});

it('forgets nothing for one that is read again, which counts as new from then on', () => {
  const believed = filled();
  believed.set('name 0', 70);
  expect(believed.get('name 1')).toBe(1);
  believed.set('one more', 7);
  expect([believed.get('name 0'), believed.get('name 1')]).toEqual([70, undefined]);
});

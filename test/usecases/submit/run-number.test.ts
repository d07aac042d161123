/** Numbers for runs: above all that are in use, also in a table whose counter lags behind (protocol.md section 3.2). */
import { describe, expect, it } from 'vitest';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { firstRunNumber, runNumberAfter } from '../../../lib/usecases/submit/run-number.ts';
import { headAt } from '../../builders/a-head.ts';
import { fakeIds } from '../../fakes/fake-ids.ts';
import { memoryJobStore, memoryTable } from '../../fakes/memory-job-store.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

function counterAt(counter: number) {
  const table = { ...memoryTable(), counter };
  return { table, store: memoryJobStore(virtualClock(), fakeIds(), table) };
}

describe('the first number of a submit', () => {
  it.each([
    ['a sound counter', 9, { claims: { fp: 9, other: 3 }, latestRunId: 8 }, 10],
    ['nothing claimed yet', 0, { claims: {}, latestRunId: null }, 1],
    ['a counter that lags behind the latest run', 3, { claims: {}, latestRunId: 20 }, 21],
    ['a counter that lags behind a claim', 3, { claims: { fp: 30 }, latestRunId: 20 }, 31],
    ['a counter whose next number is the newest', 19, { claims: { fp: 20 }, latestRunId: 20 }, 21],
  ])('with %s', async (_what, counter, claims, number) => {
    const { store } = counterAt(counter);
    expect(await firstRunNumber(store, { ...claims, claimSeq: 0 })).toBe(number);
  });
});

describe('the number after one that was taken', () => {
  const taken = (changes: Partial<RunHead> = {}): RunHead => headAt(0, { id: 21, ...changes });

  it('leaps, and each time twice as far: numbers tried one by one could all be taken', async () => {
    const numbers = [0, 1, 2].map(async (leaps) => runNumberAfter(counterAt(21).store, taken(), leaps));
    expect(await Promise.all(numbers)).toEqual([30, 38, 54]);
  });

  it('is the next one where the other was made void: the counter is right', async () => {
    const { store, table } = counterAt(21);
    expect([await runNumberAfter(store, taken({ status: 'VOID' }), 0), table.counter]).toEqual([22, 22]);
  });
});

/** What every record of savepoints must do; run on the one in memory and on a real DynamoDB API. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SavepointStore } from '../../lib/domain/ports.ts';
import type { Savepoint } from '../../lib/domain/run/savepoint.ts';
import { appErrorOf } from '../builders/app-error-of.ts';

export function aSavepoint(changes: Partial<Savepoint> = {}): Savepoint {
  const origin = { taskId: 7, fp: 'fp', jobId: '0123456789abcdef0123456789abcdef', runId: 21 };
  return { ...origin, path: 's3://b/savepoint-1', kind: 'savepoint', completedAt: 1_769_860_800_000, ...changes };
}

export function savepointStoreContract(name: string, make: () => SavepointStore): void {
  describe(`savepoint store: ${name}`, () => {
    let store: SavepointStore;
    beforeEach(() => {
      store = make();
    });

    it('has none of a task that left none', async () => {
      await store.record(aSavepoint({ taskId: 70 }));
      expect(await store.find(7, 'fp', 'LATEST')).toBeNull();
      expect(await store.find(7, 'fp', 'EARLIEST')).toBeNull();
    });

    it('works within a signal, and does nothing when that has ended', async () => {
      await store.within(new AbortController().signal).record(aSavepoint());
      const late = store.within(AbortSignal.abort());
      expect((await appErrorOf(late.find(7, 'fp', 'LATEST'))).code).toBe('store.unavailable');
      expect(await store.find(7, 'fp', 'LATEST')).toEqual(aSavepoint());
    });

    it('gives back what was recorded, word for word', async () => {
      const one = aSavepoint({ kind: 'checkpoint', path: 'file:/a b/Ä#chk-1' });
      await store.record(one);
      expect(await store.find(7, 'fp', 'LATEST')).toEqual(one);
    });

    it('orders by time of completion, in whatever order they were recorded', async () => {
      const at = [9, 1_000, 99, 1_769_860_800_000, 800].map((completedAt) =>
        aSavepoint({ completedAt, path: `s3://b/${completedAt}` }),
      );
      for (const one of at) await store.record(one);
      expect((await store.find(7, 'fp', 'LATEST'))?.completedAt).toBe(1_769_860_800_000);
      expect((await store.find(7, 'fp', 'EARLIEST'))?.completedAt).toBe(9);
    });

    it('takes savepoints and checkpoints alike', async () => {
      await store.record(aSavepoint({ completedAt: 2_000 }));
      await store.record(aSavepoint({ completedAt: 3_000, kind: 'checkpoint', path: 's3://b/chk-3' }));
      expect(await store.find(7, 'fp', 'LATEST')).toMatchObject({ kind: 'checkpoint', path: 's3://b/chk-3' });
    });

    it('keeps the first record when one is recorded again', async () => {
      await store.record(aSavepoint());
      await store.record(aSavepoint({ runId: 99 }));
      expect(await store.find(7, 'fp', 'LATEST')).toMatchObject({ runId: 21 });
    });

    it('keeps two that were completed in the same millisecond', async () => {
      for (const path of ['s3://b/x', 's3://b/y']) await store.record(aSavepoint({ path }));
      const ends = [await store.find(7, 'fp', 'LATEST'), await store.find(7, 'fp', 'EARLIEST')];
      expect(new Set(ends.map((one) => one?.path))).toEqual(new Set(['s3://b/x', 's3://b/y']));
    });

    it('keeps runs with other variables apart, also where one fingerprint begins like another', async () => {
      await store.record(aSavepoint({ fp: 'ab', path: 's3://b/ab' }));
      await store.record(aSavepoint({ fp: 'abc', path: 's3://b/abc', completedAt: 1_769_860_900_000 }));
      expect((await store.find(7, 'ab', 'LATEST'))?.path).toBe('s3://b/ab');
      expect((await store.find(7, 'abc', 'EARLIEST'))?.path).toBe('s3://b/abc');
      expect(await store.find(7, 'a', 'LATEST')).toBeNull();
    });
  });
}

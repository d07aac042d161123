/** What every store of keys and refusal marks must do; run on the one in memory and on a real DynamoDB API. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestKeyStore } from '../../lib/domain/ports.ts';
import { appErrorOf } from '../builders/app-error-of.ts';

export interface KeysUnderTest {
  readonly keys: RequestKeyStore;
  pass(ms: number): void;
  now(): number;
}

const HOUR = 3_600_000;

export function requestKeyStoreContract(name: string, make: () => KeysUnderTest): void {
  describe(`key store: ${name}`, () => {
    let s: KeysUnderTest;
    let key: { caller: string; hash: string };
    let count = 0;
    beforeEach(() => {
      s = make();
      key = { caller: 'someone', hash: `hash-${(count += 1)}` };
    });

    it('gives a key to the first, and tells the second what it stands for', async () => {
      expect(await s.keys.putKey(key, { runId: 1, requestHash: 'a', owner: 'o1' })).toBeNull();
      expect(await s.keys.putKey(key, { runId: 2, requestHash: 'b', owner: 'o2' })).toEqual({
        runId: 1,
        requestHash: 'a',
      });
    });

    it('works within a signal, and does nothing when that has ended', async () => {
      await s.keys.within(new AbortController().signal).markRefusal('within', 1, { at: s.now(), id: 'r1' });
      expect((await s.keys.readMarks('within', 1)).refusals).toHaveLength(1);
      const late = s.keys.within(AbortSignal.abort());
      expect((await appErrorOf(late.markRefusal('late', 1, { at: s.now(), id: 'r2' }))).code).toBe('store.unavailable');
      expect((await s.keys.readMarks('late', 1)).refusals).toEqual([]);
    });

    it('takes the repeat of its own write for its own', async () => {
      await s.keys.putKey(key, { runId: 1, requestHash: 'a', owner: 'o1' });
      expect(await s.keys.putKey(key, { runId: 1, requestHash: 'a', owner: 'o1' })).toBeNull();
    });

    it('keeps the keys of two callers apart', async () => {
      await s.keys.putKey(key, { runId: 1, requestHash: 'a', owner: 'o1' });
      expect(await s.keys.putKey({ ...key, caller: 'other' }, { runId: 2, requestHash: 'a', owner: 'o2' })).toBeNull();
    });

    it('counts a key past its 24 h as absent, although it is still there', async () => {
      await s.keys.putKey(key, { runId: 1, requestHash: 'a', owner: 'o1' });
      s.pass(24 * HOUR - 2_000);
      expect(await s.keys.putKey(key, { runId: 2, requestHash: 'a', owner: 'o2' })).not.toBeNull();
      s.pass(3_000);
      expect(await s.keys.putKey(key, { runId: 2, requestHash: 'a', owner: 'o2' })).toBeNull();
    });

    it('points a key elsewhere only from the run that it names', async () => {
      await s.keys.putKey(key, { runId: 1, requestHash: 'a', owner: 'o1' });
      expect(await s.keys.repointKey(key, 9, { runId: 2, owner: 'o9' })).toBe(false);
      expect(await s.keys.repointKey(key, 1, { runId: 2, owner: 'o1' })).toBe(true);
      expect(await s.keys.repointKey(key, 1, { runId: 2, owner: 'o1' })).toBe(true);
      expect(await s.keys.putKey(key, { runId: 3, requestHash: 'a', owner: 'o3' })).toEqual({
        runId: 2,
        requestHash: 'a',
      });
    });

    const marks = () => s.keys.readMarks('someone', 7);
    const refuse = (at: number, id: string, caller = 'someone', taskId = 7) =>
      s.keys.markRefusal(caller, taskId, { at, id });
    const take = (at: number, id: string, by: string) => s.keys.takeRefusal('someone', 7, { at, id }, by);
    const note = (seen: number | null, runId: number, at: number) =>
      s.keys.noteCancel('someone', 7, seen === null ? null : { runId: seen, at: 1_000 }, { runId, at });

    it('knows nothing of a caller who did nothing', async () => {
      expect(await marks()).toEqual({ refusals: [], cancel: null });
    });

    it('keeps every refusal of a caller and task, two of one moment too, and one that is told twice once', async () => {
      await Promise.all([refuse(1_000, 'a'), refuse(1_000, 'b'), refuse(2_000, 'c'), refuse(2_000, 'c')]);
      await refuse(3_000, 'd', 'other');
      await refuse(3_000, 'e', 'someone', 8);
      const { refusals } = await marks();
      expect([...refusals].sort((one, two) => (one.id < two.id ? -1 : 1))).toEqual([
        { at: 1_000, id: 'a', takenBy: null },
        { at: 1_000, id: 'b', takenBy: null },
        { at: 2_000, id: 'c', takenBy: null },
      ]);
      expect((await s.keys.readMarks('other', 7)).refusals).toEqual([{ at: 3_000, id: 'd', takenBy: null }]);
    });

    it('lets a refusal be used up by one call, which may ask again', async () => {
      await refuse(1_000, 'a');
      await refuse(1_000, 'b');
      const calls = ['one', 'two', 'three'].map((by) => take(1_000, 'a', by));
      expect((await Promise.all(calls)).filter(Boolean)).toHaveLength(1);
      const taker = (await marks()).refusals.find(({ id }) => id === 'a')?.takenBy ?? '';
      expect(['one', 'two', 'three']).toContain(taker);
      expect(await take(1_000, 'a', taker)).toBe(true);
      expect(await take(1_000, 'a', 'four')).toBe(false);
      expect((await marks()).refusals.find(({ id }) => id === 'b')).toEqual({ at: 1_000, id: 'b', takenBy: null });
      // Told once more by the SDK's own retry, it stays used up.
      await refuse(1_000, 'a');
      expect(await take(1_000, 'a', 'four')).toBe(false);
    });

    it('gives no refusal that was never marked', async () => {
      expect(await take(1_000, 'a', 'one')).toBe(false);
      expect(await marks()).toEqual({ refusals: [], cancel: null });
      await refuse(1_000, 'b');
      expect(await take(1_000, 'a', 'one')).toBe(false);
    });

    it('keeps the refusals that still count when there are very many', async () => {
      for (let n = 0; n < 60; n += 1) await refuse(1_000 + n, `old-${n}`);
      await take(1_000, 'old-0', 'one');
      for (let n = 0; n < 5; n += 1) await refuse(100_000 + n, `new-${n}`);
      const { refusals } = await marks();
      expect(refusals.filter(({ id }) => id.startsWith('new')).length).toBe(5);
      expect(refusals.filter(({ takenBy }) => takenBy !== null && takenBy !== 'one')).toEqual([]);
    });

    it('notes which run a cancel means, on condition of what was seen', async () => {
      expect(await note(null, 5, 1_000)).toBe(true);
      expect((await marks()).cancel).toEqual({ runId: 5, at: 1_000 });
      expect(await note(null, 6, 2_000)).toBe(false);
      expect(await note(9, 6, 2_000)).toBe(false);
      // Another cancel of the same run is not the one that was noted.
      expect(await note(null, 5, 2_000)).toBe(false);
      expect((await marks()).cancel).toEqual({ runId: 5, at: 1_000 });
      expect(await note(5, 6, 2_000)).toBe(true);
      expect((await marks()).cancel).toEqual({ runId: 6, at: 2_000 });
      // The SDK's own retry meets the write that had succeeded.
      expect(await note(5, 6, 2_000)).toBe(true);
    });

    it('lets one of several cancels at the same moment decide', async () => {
      const noted = await Promise.all([5, 6, 7].map((runId) => note(null, runId, 1_000)));
      expect(noted.filter(Boolean)).toHaveLength(1);
    });

    it('keeps refusals and cancels beside each other', async () => {
      await refuse(1_000, 'a');
      await note(null, 5, 1_000);
      await take(1_000, 'a', 'one');
      await refuse(2_000, 'b');
      const { refusals, cancel } = await marks();
      expect([refusals.length, cancel]).toEqual([2, { runId: 5, at: 1_000 }]);
    });
  });
}

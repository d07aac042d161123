/** What every store of keys and refusal marks must do; run on the one in memory and on a real DynamoDB API. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyStore } from '../../lib/domain/ports.ts';

export interface KeysUnderTest {
  readonly keys: KeyStore;
  pass(ms: number): void;
  now(): number;
}

const HOUR = 3_600_000;

export function keyStoreContract(name: string, make: () => KeysUnderTest): void {
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

    it('remembers the last refusal of a caller and task for an hour', async () => {
      expect(await s.keys.refusedAt('someone', 7)).toBeNull();
      await s.keys.markRefusal('someone', 7);
      s.pass(5_000);
      await s.keys.markRefusal('someone', 7);
      const at = s.now();
      expect(await s.keys.refusedAt('someone', 7)).toBe(at);
      expect(await s.keys.refusedAt('someone', 8)).toBeNull();
      expect(await s.keys.refusedAt('other', 7)).toBeNull();
      s.pass(HOUR + 1_000);
      expect(await s.keys.refusedAt('someone', 7)).toBeNull();
    });
  });
}

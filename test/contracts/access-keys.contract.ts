/** What every store of API keys must do; run on the one in memory and on a real DynamoDB API. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccessKeyReader, AccessKeyRegistry } from '../../lib/domain/ports.ts';
import { aKey } from '../builders/access-key.ts';

export interface AccessKeysUnderTest {
  readonly reader: AccessKeyReader;
  readonly registry: AccessKeyRegistry;
}

const HOUR = 3_600_000;

/** `make`: an empty store. */
export function accessKeysContract(name: string, make: () => Promise<AccessKeysUnderTest>): void {
  describe(`API keys: ${name}`, () => {
    let s: AccessKeysUnderTest;
    beforeEach(async () => {
      s = await make();
    });

    it('finds a key by its hash, with everything that was stored', async () => {
      const key = aKey(1, { tasks: '1-3,7', verbs: ['read', 'adhoc'], expiresAt: 9_000 });
      await s.registry.create(key);
      expect(await s.reader.find(key.hash)).toEqual(key);
      expect(await s.reader.find(aKey(2).hash)).toBeNull();
    });

    it('takes the repeat of its own write for its own', async () => {
      await s.registry.create(aKey(1));
      await s.registry.create(aKey(1));
      expect((await s.registry.list()).keys).toEqual([aKey(1)]);
    });

    it('lists nothing where there is nothing', async () => {
      expect(await s.registry.list()).toEqual({ keys: [], unreadable: [] });
    });

    it('lists all keys, oldest first, also two of one name', async () => {
      const keys = [aKey(3), aKey(1), aKey(2, { name: 'key-1' })];
      for (const key of keys) await s.registry.create(key);
      expect((await s.registry.list()).keys.map(({ name, createdAt }) => [name, createdAt])).toEqual([
        ['key-1', 1_001],
        ['key-1', 1_002],
        ['key-3', 1_003],
      ]);
    });

    it('revokes a key, which stays in the list', async () => {
      for (const n of [1, 2]) await s.registry.create(aKey(n));
      expect(await s.registry.revoke(aKey(1).hash, 5_000)).toBe(true);
      expect(await s.reader.find(aKey(1).hash)).toEqual(aKey(1, { revokedAt: 5_000 }));
      expect(await s.reader.find(aKey(2).hash)).toEqual(aKey(2));
    });

    it('makes no key by revoking or ending one that is not there', async () => {
      expect(await s.registry.revoke(aKey(1).hash, 5_000)).toBe(false);
      expect(await s.registry.endBy(aKey(1).hash, 5_000)).toBe(false);
      expect((await s.registry.list()).keys).toEqual([]);
    });

    it.each([
      ['never ended', null, 5_000],
      ['would end later', 6_000, 5_000],
      ['ends earlier', 4_000, 4_000],
      ['ends just then', 5_000, 5_000],
    ])('ends a key that %s', async (_, expiresAt, ends) => {
      await s.registry.create(aKey(1, { expiresAt }));
      expect(await s.registry.endBy(aKey(1).hash, 5_000)).toBe(true);
      expect((await s.reader.find(aKey(1).hash))?.expiresAt).toBe(ends);
    });

    it('keeps the last use of a key, to the hour', async () => {
      const at = 10 * HOUR;
      await s.reader.noteUse('a', at);
      await s.reader.noteUse('a', at + HOUR - 1);
      await s.reader.noteUse('b', at + 5);
      expect(await s.registry.lastUses(['a', 'b', 'c'])).toEqual(new Map([['a', at], ['b', at + 5]])); // prettier-ignore
      await s.reader.noteUse('a', at + HOUR);
      expect(await s.registry.lastUses(['a'])).toEqual(new Map([['a', at + HOUR]]));
    });

    it('takes no step back in time', async () => {
      await s.reader.noteUse('a', 10 * HOUR);
      await s.reader.noteUse('a', 2 * HOUR);
      expect(await s.registry.lastUses(['a'])).toEqual(new Map([['a', 10 * HOUR]]));
    });
  });
}

/** API keys as the `dinghy` command sees them. Nothing is ever deleted: a revoked key stays in the list. */
import * as v from 'valibot';
import { AppError } from '../../domain/errors.ts';
import type { AccessKeyRegistry } from '../../domain/ports.ts';
import { accessKeyKey, fromAccessKeyItem, KEYS_PARTITION, toAccessKeyItem } from './access-key-item.ts';
import type { AccessTables } from './access-key-reader.ts';
import type { Item, Items } from './items.ts';
import { keyUseKey } from './job-keys.ts';
import { readEach, readItem, timeField } from './read-item.ts';
import { tableAccess } from './table-access.ts';
import { toUpdate } from './update-expression.ts';

export function accessKeyRegistry(items: Items, { definitions, jobs }: AccessTables): AccessKeyRegistry {
  const keys = tableAccess(items, definitions);
  const uses = tableAccess(items, jobs);
  return {
    list: async () => {
      const { read, unreadable } = readEach(await allItems(items, definitions), fromAccessKeyItem);
      const byAge = [...read].sort((one, two) => one.createdAt - two.createdAt);
      return { keys: byAge, unreadable: unreadable.map(({ problem }) => problem) };
    },

    lastUses: async (keyIds) => {
      const found = await Promise.all(keyIds.map(async (id) => [id, readUse(await uses.read(keyUseKey(id)))] as const));
      return new Map(found.flatMap(([id, at]) => (at === null ? [] : [[id, at] as const])));
    },

    create: async (key) => {
      if (await keys.put(toAccessKeyItem(key))) return;
      // The SDK's own retry meets the write that had succeeded.
      const there = await keys.read(accessKeyKey(key.hash));
      if (there?.['keyId'] !== key.id) throw new AppError('store.invalid', 'There is a key of this hash. Try again.');
    },

    revoke: async (hash, at) =>
      await keys.update(accessKeyKey(hash), toUpdate({ set: { revokedAt: at }, condition: 'attribute_exists(pk)' })),

    endBy: async (hash, at) => {
      const condition = 'attribute_exists(pk) AND (#expiresAt = :never OR #expiresAt > :expiresAt)';
      const update = toUpdate({ set: { expiresAt: at }, condition, values: { never: null } });
      if (await keys.update(accessKeyKey(hash), update)) return true;
      return (await keys.read(accessKeyKey(hash))) !== undefined;
    },
  };
}

async function allItems(items: Items, table: string): Promise<Item[]> {
  const found: Item[] = [];
  for (let after: Item | undefined; ;) {
    const page = await items.query({
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': KEYS_PARTITION },
      ConsistentRead: true,
      ...(after === undefined ? {} : { ExclusiveStartKey: after }),
    });
    found.push(...page.items);
    after = page.after;
    if (after === undefined) return found;
  }
}

const useSchema = v.object({ usedAt: timeField });

function readUse(item: Item | undefined): number | null {
  return item === undefined ? null : readItem(useSchema, item).usedAt;
}

/**
 * API keys as the functions see them: keys are in the Definitions table, which functions may not write, and their last uses
 * in the Jobs table.
 */
import { KEY_USE_EVERY_MS } from '../../domain/limits.ts';
import type { AccessKeyReader } from '../../domain/ports.ts';
import { accessKeyKey, fromAccessKeyItem } from './access-key-item.ts';
import type { Items } from './items.ts';
import { keyUseKey, SCHEMA_VERSION } from './job-keys.ts';
import { type ItemUpdate, tableAccess } from './table-access.ts';
import { toUpdate } from './update-expression.ts';

/** Names of tables, asked for when they are needed: a function of no table starts without them. */
export interface AccessTables {
  readonly definitions: string;
  readonly jobs: string;
}

export function accessKeyReader(items: Items, tables: AccessTables): AccessKeyReader {
  const { definitions, jobs } = tables;
  return {
    within: (signal) => accessKeyReader(items.within(signal), tables),

    find: async (hash) => {
      const item = await tableAccess(items, definitions).read(accessKeyKey(hash));
      return item === undefined ? null : fromAccessKeyItem(item);
    },

    noteUse: async (keyId, at) => {
      // That the condition fails is as good: it was noted a short while ago.
      await tableAccess(items, jobs).update(keyUseKey(keyId), toUse(at));
    },
  };
}

function toUse(at: number): ItemUpdate {
  return toUpdate({
    set: { usedAt: at, schemaVersion: SCHEMA_VERSION },
    condition: 'attribute_not_exists(#usedAt) OR #usedAt <= :before',
    values: { before: at - KEY_USE_EVERY_MS },
  });
}

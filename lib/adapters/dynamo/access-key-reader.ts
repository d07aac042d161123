/**
 * API keys as the functions see them: keys are in the Definitions table, which functions may not write, and their last uses
 * in the Jobs table.
 */
import * as v from 'valibot';
import type { Grant } from '../../domain/access/access-key.ts';
import { AppError } from '../../domain/errors.ts';
import { KEY_USE_EVERY_MS } from '../../domain/limits.ts';
import type { AccessKeyReader } from '../../domain/ports.ts';
import { accessKeyKey, fromAccessKeyItem, grantFields } from './access-key-item.ts';
import type { Item, Items } from './items.ts';
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

    grantOf: async (kind, name) => {
      const item = await tableAccess(items, definitions).read({ pk: 'PRINCIPALS', sk: name });
      return item === undefined ? null : toGrant(item, kind);
    },

    noteUse: async (keyId, at) => {
      // A failed condition is fine: the use was recorded a short while ago.
      await tableAccess(items, jobs).update(keyUseKey(keyId), toUse(at));
    },
  };
}

const principal = v.object({ kind: v.string(), enabled: v.optional(v.boolean(), true), ...grantFields });

/** One that does not fit lets nobody in; dinghy list names it. */
function toGrant(item: Item, kind: 'iam' | 'jwt'): Grant | null {
  const parsed = v.safeParse(principal, item);
  if (!parsed.success) {
    throw new AppError('store.invalid', `The principal "${String(item['sk'])}" can't be read. See dinghy list.`);
  }
  const { tasks, verbs, enabled } = parsed.output;
  return enabled && parsed.output.kind === kind ? { tasks, verbs } : null;
}

function toUse(at: number): ItemUpdate {
  return toUpdate({
    set: { usedAt: at, schemaVersion: SCHEMA_VERSION },
    condition: 'attribute_not_exists(#usedAt) OR #usedAt <= :before',
    values: { before: at - KEY_USE_EVERY_MS },
  });
}

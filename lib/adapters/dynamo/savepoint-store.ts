/** Savepoints of runs: one small item each beside the task's claims, in order of completion. */
import type { RecordedSavepoint } from '../../domain/plan/start-from.ts';
import type { Ids, SavepointStore } from '../../domain/ports.ts';
import type { Savepoint } from '../../domain/run/savepoint.ts';
import { savepointSchema } from './item-schemas.ts';
import type { Item, Items } from './items.ts';
import { savepointKey, savepointPrefix, savepointsOf, SCHEMA_VERSION } from './job-keys.ts';
import { readItem, unreadable } from './read-item.ts';
import { type ItemQuery, type ItemUpdate, tableAccess } from './table-access.ts';
import { toUpdate } from './update-expression.ts';

export interface SavepointStoreOptions {
  readonly items: Items;
  readonly table: string;
  readonly ids: Pick<Ids, 'sha256'>;
}

const HASH_LENGTH = 16;

export function dynamoSavepointStore(options: SavepointStoreOptions): SavepointStore {
  const { items, table, ids } = options;
  const { update, query } = tableAccess(items, table);
  return {
    within: (signal) => dynamoSavepointStore({ ...options, items: items.within(signal) }),

    record: async (savepoint) => {
      const pathHash = ids.sha256(savepoint.path).slice(0, HASH_LENGTH);
      // An existing item is fine: it has the same content.
      await update(savepointKey(savepoint, pathHash), toNew(savepoint));
    },

    find: async (taskId, fp, which) => {
      const page = await query(toQuery(taskId, fp, which));
      const [item] = page.items;
      return item === undefined ? null : toSavepoint(item);
    },
  };
}

/** An update and no put: functions that only follow runs may update items, and need no further right. */
function toNew(savepoint: Savepoint): ItemUpdate {
  return toUpdate({
    set: { ...savepoint, schemaVersion: SCHEMA_VERSION },
    condition: 'attribute_not_exists(pk)',
  });
}

export function toQuery(taskId: number, fp: string, which: RecordedSavepoint): ItemQuery {
  return {
    KeyConditionExpression: 'pk = :task AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':task': savepointsOf(taskId), ':prefix': savepointPrefix(fp) },
    ScanIndexForward: which === 'EARLIEST',
    ConsistentRead: true,
    Limit: 1,
  };
}

function toSavepoint(item: Item): Savepoint {
  const savepoint = readItem(savepointSchema, item);
  const { pk, sk } = savepointKey(savepoint, '');
  if (item['pk'] === pk && String(item['sk']).startsWith(sk)) return savepoint;
  throw unreadable(item, 'its attributes "taskId", "fp" and "completedAt" must be those of its key');
}

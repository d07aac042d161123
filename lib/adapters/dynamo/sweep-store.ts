/** What the reconciler reads and keeps between its sweeps. */
import type { ActiveRun, SweepStore } from '../../domain/ports.ts';
import type { Item, Items } from './items.ts';
import { SCHEMA_VERSION, clusterKey, sweepCursorKey } from './job-keys.ts';
import { type ItemQuery, type ItemUpdate, tableAccess } from './table-access.ts';

export function dynamoSweepStore(items: Items, table: string): SweepStore {
  const { read, update, query } = tableAccess(items, table);
  return {
    activeRuns: async (partition, after) => {
      const page = await query(toActiveQuery(partition, after));
      const runs = page.items.map(toActiveRun);
      return { runs, after: page.after === undefined ? null : (runs.at(-1)?.id ?? null) };
    },

    readCursor: async () => {
      const item = await read(sweepCursorKey);
      const partition = item?.['partition'];
      if (item === undefined || typeof partition !== 'string') return null;
      return { partition, after: item['after'] === null ? null : Number(item['after']) };
    },

    writeCursor: async (cursor) => {
      const item = { ...sweepCursorKey, schemaVersion: SCHEMA_VERSION, ...(cursor ?? {}) };
      await items.put({ TableName: table, Item: item });
    },

    noteCluster: async (hosts, askedAt, reachable) => {
      await update(clusterKey(hosts), reachable ? toSeen(askedAt) : toUnreachable(askedAt));
    },
  };
}

/** By a condition on the sort key instead of the SDK's start key: a cursor must not depend on how an index stores its keys. */
export function toActiveQuery(partition: string, after: number | null): ItemQuery {
  return {
    IndexName: 'active',
    KeyConditionExpression: after === null ? 'active = :partition' : 'active = :partition AND id > :after',
    ExpressionAttributeValues: { ':partition': partition, ...(after === null ? {} : { ':after': after }) },
  };
}

function toActiveRun(item: Item): ActiveRun {
  const optional = { jobId: null, cancelAskedAt: null, missedAt: null, unreachableSince: null, deployment: null };
  return { ...optional, ...item } as unknown as ActiveRun;
}

function toSeen(askedAt: number): ItemUpdate {
  return {
    UpdateExpression: 'SET lastSeenAt = :at, schemaVersion = :schema REMOVE unreachableSince',
    ExpressionAttributeValues: { ':at': askedAt, ':schema': SCHEMA_VERSION },
  };
}

function toUnreachable(askedAt: number): ItemUpdate {
  return {
    UpdateExpression: 'SET unreachableSince = if_not_exists(unreachableSince, :at), schemaVersion = :schema',
    ExpressionAttributeValues: { ':at': askedAt, ':schema': SCHEMA_VERSION },
  };
}

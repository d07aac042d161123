/** What the reconciler reads and keeps between its sweeps. */
import type { ActiveRun, SweepCursor, SweepStore } from '../../domain/ports.ts';
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
      return toCursor(await read(sweepCursorKey));
    },

    writeCursor: async (cursor) => {
      const item = { ...sweepCursorKey, schemaVersion: SCHEMA_VERSION, places: cursor };
      await items.put({ TableName: table, Item: item });
    },

    noteCluster: async (hosts, askedAt, reachable) => {
      await update(clusterKey(hosts), reachable ? toSeen(askedAt) : toUnreachable(askedAt));
    },
  };
}

/** A sweep goes through all partitions side by side: what it holds of each at a time stays small. */
const PAGE_SIZE = 250;

/** A cursor of an earlier version named one partition: the others began at the start. */
function toCursor(item: Item | undefined): SweepCursor {
  const { places, partition, after } = item ?? {};
  if (isRecord(places)) return Object.fromEntries(Object.entries(places).filter(isPlace));
  return typeof partition === 'string' && typeof after === 'number' ? { [partition]: after } : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isPlace(entry: [string, unknown]): entry is [string, number] {
  return typeof entry[1] === 'number';
}

/** By a condition on the sort key instead of the SDK's start key: a cursor must not depend on how an index stores its keys. */
export function toActiveQuery(partition: string, after: number | null): ItemQuery {
  return {
    IndexName: 'active',
    Limit: PAGE_SIZE,
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

/** What the reconciler reads and keeps between its sweeps. */
import * as v from 'valibot';
import type { SweepStore } from '../../domain/ports.ts';
import type { ActivePage, SweepCursor } from '../../domain/run/active-run.ts';
import { type ClusterNotes, NO_NOTES, noteLook } from '../../domain/run/answering.ts';
import { placeOf } from './index-place.ts';
import { cursorSchema, versionSchema } from './item-schemas.ts';
import type { Item, Items } from './items.ts';
import { readActiveRun } from './job-items.ts';
import { clusterKey, SCHEMA_VERSION, sweepCursorKey } from './job-keys.ts';
import { orNull, readEach, readItem, textField, timeField } from './read-item.ts';
import { type ItemQuery, type ItemUpdate, tableAccess } from './table-access.ts';
import { toUpdate } from './update-expression.ts';

export function dynamoSweepStore(items: Items, table: string): SweepStore {
  const { read, update, query } = tableAccess(items, table);
  return {
    wholeIndex: async () => {
      const page = await items.scan({ TableName: table, IndexName: 'active', Limit: PAGE_SIZE });
      return page.after === undefined ? byPartition(page.items) : null;
    },

    activeRuns: async (partition, after) => {
      const page = await query(toActiveQuery(partition, after));
      // By the row that came last, whether or not it can be read: else the sweep would never get past it.
      const last = page.after === undefined ? undefined : page.items.at(-1);
      return { ...toRuns(page.items), after: last === undefined ? null : Math.floor(placeOf(last)) };
    },

    readCursor: async () => {
      return toCursor(await read(sweepCursorKey));
    },

    writeCursor: async (cursor) => {
      const item = { ...sweepCursorKey, schemaVersion: SCHEMA_VERSION, places: cursor };
      await items.put({ TableName: table, Item: item });
    },

    noteCluster: async (hosts, askedAt, answeredBy) => {
      const key = clusterKey(hosts);
      for (;;) {
        const item = await read(key);
        const notes = noteLook(toNotes(item), askedAt, answeredBy);
        if (await update(key, toNoteUpdate(notes, item === undefined ? 0 : readItem(versionSchema, item).v)))
          return notes;
      }
    },

    noteSwept: async (hosts, at) => {
      await update(clusterKey(hosts), toSweptUpdate(at));
    },
  };
}

/** A sweep goes through all partitions side by side: what it holds of each at a time stays small. */
const PAGE_SIZE = 250;

/** In each the runs come by their numbers, as a query gives them. */
function byPartition(rows: readonly Item[]): Map<string, ActivePage> {
  const names = new Set(rows.map(({ active }) => String(active)));
  const pageOf = (name: string): ActivePage => {
    const { runs, unreadable } = toRuns(rows.filter(({ active }) => active === name));
    return { runs: runs.toSorted((a, b) => a.id - b.id), unreadable, after: null };
  };
  return new Map([...names].map((name) => [name, pageOf(name)]));
}

function toRuns(rows: readonly Item[]): Required<Omit<ActivePage, 'after'>> {
  const { read: runs, unreadable } = readEach(rows, readActiveRun);
  return { runs, unreadable: unreadable.map(({ problem }) => problem) };
}

/** A cursor of an earlier version named one partition: the others began at the start. */
function toCursor(item: Item | undefined): SweepCursor {
  const { places, partition, after } = readItem(cursorSchema, item ?? {});
  if (places !== undefined) return places;
  return partition !== undefined && after !== null ? { [partition]: after } : {};
}

/** By a condition on the sort key instead of the SDK's start key: a cursor must not depend on how an index stores its keys. */
function toActiveQuery(partition: string, after: number | null): ItemQuery {
  return {
    IndexName: 'active',
    Limit: PAGE_SIZE,
    KeyConditionExpression: after === null ? 'active = :partition' : 'active = :partition AND id > :after',
    ExpressionAttributeValues: { ':partition': partition, ...(after === null ? {} : { ':after': after }) },
  };
}

/** What an earlier version has not kept is not known. What is there must be right: whether a run ends may rest on it. */
const NOTES = v.object({
  ...{ lastSeenAt: orNull(timeField), unreachableSince: orNull(timeField), answeringSince: orNull(timeField) },
  answerers: v.optional(
    v.array(v.object({ jmId: textField, firstAt: timeField, aloneSince: timeField, lastAt: timeField }), 'a list'),
    [],
  ),
});

function toNotes(item: Item | undefined): ClusterNotes {
  return item === undefined ? NO_NOTES : readItem(NOTES, item);
}

/** An attribute with a writer of its own: the version of the notes is not its. */
function toSweptUpdate(sweptAt: number): ItemUpdate {
  const condition = 'attribute_not_exists(#sweptAt) OR #sweptAt < :sweptAt';
  return toUpdate({ set: { sweptAt, schemaVersion: SCHEMA_VERSION }, condition });
}

/** On condition of the version that was read: two sweeps at once must not forget what the other one saw. */
function toNoteUpdate(notes: ClusterNotes, read: number): ItemUpdate {
  const { lastSeenAt, unreachableSince, answeringSince, answerers } = notes;
  return toUpdate({
    set: {
      ...{ lastSeenAt, unreachableSince, answeringSince, answerers },
      ...{ v: read + 1, schemaVersion: SCHEMA_VERSION },
    },
    condition: read === 0 ? 'attribute_not_exists(#v)' : '#v = :read',
    values: { read: read === 0 ? undefined : read },
  });
}

/**
 * The Jobs table: runs, beside the counter of their numbers (run-counter.ts) and the claims of tasks (task-claims.ts). Every
 * write is one conditional write of one item. A failed condition may be the SDK's own retry meeting a write that had
 * succeeded, so each of them is read again before it is believed (protocol.md section 2).
 */
import { UNNAMED_BODY_LIFE_MS } from '../../domain/limits.ts';
import type { Clock, Ids, JobStore } from '../../domain/ports.ts';
import { requestedBy } from '../../domain/run/history.ts';
import { isSameHead, type RunHead } from '../../domain/run/run.ts';
import { previewSchema, sweptSchema } from './item-schemas.ts';
import type { Items } from './items.ts';
import {
  fromBodyItem,
  fromHeadItem,
  fromResultItem,
  readRow,
  toHeadItem,
  toHeadUpdate,
  toResultItem,
} from './job-items.ts';
import { bodyKey, clusterKey, headKey, previewKey, resultKey, SCHEMA_VERSION, ttlSeconds } from './job-keys.ts';
import { readEach, readItem } from './read-item.ts';
import { runCounter } from './run-counter.ts';
import { type ItemQuery, type ItemUpdate, tableAccess } from './table-access.ts';
import { taskClaims } from './task-claims.ts';
import { toUpdate } from './update-expression.ts';

export interface JobStoreOptions {
  readonly items: Items;
  readonly table: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

export function dynamoJobStore(options: JobStoreOptions): JobStore {
  const { items, table } = options;
  return {
    ...runCounter(items, table),
    ...taskClaims(items, table),
    ...runs(options),
    ...bodiesAndResults(options),
    within: (signal) => dynamoJobStore({ ...options, items: options.items.within(signal) }),
  };
}

type BodiesAndResults = Pick<
  JobStore,
  'putBody' | 'expireBody' | 'readBody' | 'putResult' | 'readResult' | 'notePreview' | 'runOfPreview'
>;

function bodiesAndResults({ items, table, clock }: JobStoreOptions): BodiesAndResults {
  const { read, update, put } = tableAccess(items, table);
  return {
    putBody: async (runId, writer, body) => {
      await put({ ...bodyKey(runId, writer), schemaVersion: SCHEMA_VERSION, ...body });
    },

    expireBody: async (runId, writer) => {
      await update(bodyKey(runId, writer), toExpire(clock.now()));
    },

    readBody: async (head) => {
      const item = await read(bodyKey(head.id, head.writer));
      return item === undefined ? null : fromBodyItem(item);
    },

    putResult: async (runId, result) => {
      await items.put({ TableName: table, Item: { ...resultKey(runId), ...toResultItem(result) } });
    },

    readResult: async (runId) => {
      const item = await read(resultKey(runId));
      return item === undefined ? null : fromResultItem(item);
    },

    notePreview: async (jobId, runId) => {
      await items.put({ TableName: table, Item: { ...previewKey(jobId), schemaVersion: SCHEMA_VERSION, runId } });
    },

    runOfPreview: async (jobId) => {
      const item = await read(previewKey(jobId));
      return item === undefined ? null : readItem(previewSchema, item).runId;
    },
  };
}

type Runs = Pick<JobStore, 'putHead' | 'readHead' | 'updateHead' | 'takeRefresh' | 'sweptAt' | 'runsOfTask'>;

function runs({ items, table, clock, ids }: JobStoreOptions): Runs {
  const { read, update, put, query } = tableAccess(items, table);
  const readHead = async (runId: number): Promise<RunHead | null> => fromHeadItem(await read(headKey(runId)));

  return {
    putHead: async (head) => {
      if (await put(toHeadItem(head))) return null;
      const there = await readHead(head.id);
      // Not by its nonce, which every update changes, nor by its writer: one process may write two heads of one number.
      return there !== null && isSameHead(there, head) ? null : there;
    },

    readHead,

    updateHead: async (head, change, cause, requester) => {
      const event = cause === null ? null : { at: clock.now(), cause, by: ids.writer, ...requestedBy(requester) };
      const nonce = ids.jobId();
      const planned = toHeadUpdate(head, change, event, nonce);
      if (await update(headKey(head.id), planned.update)) return planned.next;
      const there = await readHead(head.id);
      return there?.nonce === nonce ? there : null;
    },

    takeRefresh: (head, now) => update(headKey(head.id), toRefresh(head, now)),

    sweptAt: async (hosts) => readItem(sweptSchema, (await read(clusterKey(hosts))) ?? {}).sweptAt,

    runsOfTask: async (taskId) => {
      const page = await query(toRunsOfTask(taskId));
      return readEach(page.items, readRow).read;
    },
  };
}

function toExpire(now: number): ItemUpdate {
  const set = { expiresAt: ttlSeconds(now + UNNAMED_BODY_LIFE_MS) };
  return toUpdate({ set, condition: 'attribute_exists(pk)' });
}

function toRefresh({ refreshedAt }: RunHead, now: number): ItemUpdate {
  const condition = refreshedAt === null ? 'attribute_not_exists(#refreshedAt)' : '#refreshedAt = :old';
  return toUpdate({ set: { refreshedAt: now }, condition, values: { old: refreshedAt ?? undefined } });
}

const NEWEST_RUNS = 10;

function toRunsOfTask(taskId: number): ItemQuery {
  return {
    IndexName: 'byTask',
    KeyConditionExpression: 'taskId = :task',
    ExpressionAttributeValues: { ':task': taskId },
    ScanIndexForward: false,
    Limit: NEWEST_RUNS,
  };
}

/**
 * The Jobs table. Every write is one conditional write of one item. A failed condition may be the SDK's own retry
 * meeting a write that had succeeded, so each of them is read again before it is believed (protocol.md section 2).
 */
import { AppError } from '../../domain/errors.ts';
import { LAST_RUN_NUMBER } from '../../domain/limits.ts';
import type { Clock, Ids, JobStore } from '../../domain/ports.ts';
import type { ClaimRequest } from '../../domain/run/claim-request.ts';
import { isSameHead, type RunHead } from '../../domain/run/run.ts';
import { countedSchema, counterSchema } from './item-schemas.ts';
import type { Items } from './items.ts';
import {
  claimName,
  fromBodyItem,
  fromHeadItem,
  fromResultItem,
  readRow,
  toHeadItem,
  toHeadUpdate,
  toResultItem,
  toTaskClaims,
} from './job-items.ts';
import { bodyKey, headKey, resultKey, runCounterKey, SCHEMA_VERSION, taskKey } from './job-keys.ts';
import { readEach, readItem } from './read-item.ts';
import { type ItemQuery, type ItemUpdate, tableAccess } from './table-access.ts';

export interface JobStoreOptions {
  readonly items: Items;
  readonly table: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

export function dynamoJobStore(options: JobStoreOptions): JobStore {
  return {
    ...jobStoreOn(options),
    within: (signal) => dynamoJobStore({ ...options, items: options.items.within(signal) }),
  };
}

function jobStoreOn({ items, table, clock, ids }: JobStoreOptions): Omit<JobStore, 'within'> {
  const { read, update, put, query } = tableAccess(items, table);
  const readHead = async (runId: number): Promise<RunHead | null> => fromHeadItem(await read(headKey(runId)));

  return {
    nextRunId: async () => {
      const counted = await items.update({ TableName: table, ...COUNT_UP });
      // The condition fails as well where `n` is no number.
      if (counted === null) readItem(counterSchema, (await read(runCounterKey)) ?? { ...runCounterKey, n: 0 });
      if (counted === null) throw numbersExhausted(table);
      return readItem(countedSchema, { ...runCounterKey, ...counted }).n;
    },

    raiseRunCounter: async (to) => {
      // That the condition fails is as good: the counter is there already.
      await update(runCounterKey, toRaise(to));
    },

    readTask: async (taskId) => toTaskClaims(await read(taskKey(taskId))),

    claim: async (request) => {
      const { taskId, fp, runId } = request;
      if (await update(taskKey(taskId), toClaim(request, AS_NEWEST))) return true;
      // A later run of the task may have been claimed meanwhile, for other variables: it stays the latest.
      if (await update(taskKey(taskId), toClaim(request, AS_OLDER))) return true;
      return toTaskClaims(await read(taskKey(taskId))).claims[fp] === runId;
    },

    dropClaim: async (taskId, fp, runId) => {
      await update(taskKey(taskId), {
        UpdateExpression: 'REMOVE #claim',
        ConditionExpression: '#claim = :run',
        ExpressionAttributeNames: { '#claim': claimName(fp) },
        ExpressionAttributeValues: { ':run': runId },
      });
    },

    noteLatestRun: async (taskId, runId) => {
      await update(taskKey(taskId), {
        UpdateExpression: 'SET latestRunId = :run, schemaVersion = :schema',
        ConditionExpression: 'attribute_not_exists(latestRunId) OR latestRunId < :run',
        ExpressionAttributeValues: { ':run': runId, ':schema': SCHEMA_VERSION },
      });
    },

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

    putHead: async (head) => {
      if (await put(toHeadItem(head))) return null;
      const there = await readHead(head.id);
      // Not by its nonce, which changes with every update, nor by its writer: one process may write two heads of one number.
      return there !== null && isSameHead(there, head) ? null : there;
    },

    readHead,

    updateHead: async (head, change, cause) => {
      const event = cause === null ? null : { at: clock.now(), cause, by: ids.writer };
      const nonce = ids.jobId();
      const planned = toHeadUpdate(head, change, event, nonce);
      if (await update(headKey(head.id), planned.update)) return planned.next;
      const there = await readHead(head.id);
      return there?.nonce === nonce ? there : null;
    },

    takeRefresh: (head, now) =>
      update(headKey(head.id), {
        UpdateExpression: 'SET refreshedAt = :now',
        ConditionExpression: head.refreshedAt === null ? 'attribute_not_exists(refreshedAt)' : 'refreshedAt = :old',
        ExpressionAttributeValues:
          head.refreshedAt === null ? { ':now': now } : { ':now': now, ':old': head.refreshedAt },
      }),

    runsOfTask: async (taskId) => {
      const page = await query(toRunsOfTask(taskId));
      return readEach(page.items, readRow).read;
    },

    putResult: async (runId, result) => {
      await items.put({ TableName: table, Item: { ...resultKey(runId), ...toResultItem(result) } });
    },

    readResult: async (runId) => {
      const item = await read(resultKey(runId));
      return item === undefined ? null : fromResultItem(item);
    },
  };
}

const COUNT_UP = {
  Key: { ...runCounterKey },
  UpdateExpression: 'ADD n :one',
  ConditionExpression: 'attribute_not_exists(n) OR n < :last',
  ExpressionAttributeValues: { ':one': 1, ':last': LAST_RUN_NUMBER },
  ReturnValues: 'UPDATED_NEW',
} as const;

function toRaise(to: number): ItemUpdate {
  return {
    UpdateExpression: 'SET n = :to',
    ConditionExpression: 'attribute_not_exists(n) OR n < :to',
    ExpressionAttributeValues: { ':to': Math.min(to, LAST_RUN_NUMBER) },
  };
}

function numbersExhausted(table: string): AppError {
  const why = `the table "${table}" has given out run number ${LAST_RUN_NUMBER}, the last that clients can read`;
  const hint = 'Point the deployment at a new, empty Jobs table (docs/operate/tables.md, "Run numbers").';
  return new AppError('run.numbersExhausted', `There are no run numbers left: ${why}. Nothing was started. ${hint}`);
}

/** What a claim does to the latest run of its task, and when. */
interface Age {
  readonly set: string;
  readonly condition: string;
}

/** `<=`: a run whose number was noted already may still be claimed. */
const AS_NEWEST: Age = {
  set: ', latestRunId = :run',
  condition: '(attribute_not_exists(latestRunId) OR latestRunId <= :run)',
};

const AS_OLDER: Age = { set: '', condition: 'latestRunId > :run' };

/** The claim is exactly what was seen: nobody else has taken it meanwhile; nor any other claim of the task, if that matters. */
function toClaim({ fp, runId, seen, also, seenClaimSeq }: ClaimRequest, age: Age): ItemUpdate {
  const conditions = [
    seen === null ? 'attribute_not_exists(#claim)' : '#claim = :seen',
    ...(also === undefined ? [] : [also.seen === null ? 'attribute_not_exists(#also)' : '#also = :also']),
    ...(seenClaimSeq === undefined ? [] : [seenClaimSeq === 0 ? 'attribute_not_exists(claimSeq)' : 'claimSeq = :seq']),
    age.condition,
  ];
  return {
    UpdateExpression: `SET #claim = :run${also === undefined ? '' : ', #also = :run'}${age.set}, schemaVersion = :schema ADD claimSeq :one`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: {
      '#claim': claimName(fp),
      ...(also === undefined ? {} : { '#also': claimName(also.fp) }),
    },
    ExpressionAttributeValues: {
      ':run': runId,
      ':schema': SCHEMA_VERSION,
      ':one': 1,
      // What is undefined is not sent.
      ':seen': seen ?? undefined,
      ':also': also?.seen ?? undefined,
      ':seq': seenClaimSeq === 0 ? undefined : seenClaimSeq,
    },
  };
}

/** Long after whoever has written it has stopped. `expiresAt` is in seconds, because that is what DynamoDB's time to live takes. */
const UNNAMED_BODY_MS = 24 * 3_600_000;

function toExpire(now: number): ItemUpdate {
  return {
    UpdateExpression: 'SET expiresAt = :end',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':end': Math.floor((now + UNNAMED_BODY_MS) / 1000) },
  };
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

/** Keys of requests, which live for a day. DynamoDB deletes them late, so their time is asked too. */
import { KEY_LIFE_MS } from '../../domain/limits.ts';
import type { Clock, RequestKeyStore } from '../../domain/ports.ts';
import type { KeyedRequest, KeyOwner } from '../../domain/run/request-key.ts';
import { callerMarks } from './caller-marks.ts';
import { keySchema } from './item-schemas.ts';
import type { Item, Items } from './items.ts';
import { requestKey, SCHEMA_VERSION, ttlSeconds } from './job-keys.ts';
import { readItem } from './read-item.ts';
import { type ItemUpdate, tableAccess } from './table-access.ts';
import { toUpdate } from './update-expression.ts';

export interface RequestKeyStoreOptions {
  readonly items: Items;
  readonly table: string;
  readonly clock: Clock;
}

export function dynamoRequestKeyStore(options: RequestKeyStoreOptions): RequestKeyStore {
  const { items, table, clock } = options;
  const { read, update } = tableAccess(items, table);
  return {
    within: (signal) => dynamoRequestKeyStore({ ...options, items: items.within(signal) }),

    putKey: async (key, request) => {
      if (await update(requestKey(key), toKeyPut(request, clock.now()))) return null;
      const there = await read(requestKey(key));
      // The SDK's own retry meets the write that had succeeded.
      return there === undefined || isOwn(there, request) ? null : toKeyedRequest(there);
    },

    repointKey: async (key, from, to) => {
      if (await update(requestKey(key), toRepoint(from, to))) return true;
      const there = await read(requestKey(key));
      return there !== undefined && toKeyedRequest(there).runId === to.runId;
    },

    ...callerMarks(items, table),
  };
}

function toKeyPut({ runId, requestHash, owner }: KeyedRequest & KeyOwner, now: number): ItemUpdate {
  const expiresAt = ttlSeconds(now + KEY_LIFE_MS);
  return toUpdate({
    set: { runId, owner, requestHash, expiresAt, schemaVersion: SCHEMA_VERSION },
    condition: 'attribute_not_exists(pk) OR expiresAt <= :now',
    values: { now: ttlSeconds(now) },
  });
}

function toRepoint(from: number, { runId, owner }: KeyOwner): ItemUpdate {
  return toUpdate({ set: { runId, owner }, condition: '#runId = :from', values: { from } });
}

function toKeyedRequest(item: Item): KeyedRequest {
  const { runId, requestHash } = readItem(keySchema, item);
  return { runId, requestHash };
}

function isOwn(item: Item, { runId, owner }: KeyOwner): boolean {
  const there = readItem(keySchema, item);
  return there.owner === owner && there.runId === runId;
}

/**
 * What goes out to DynamoDB, where the embedded one can't show a difference: reads that decide are strongly consistent,
 * and a write whose reply was lost, which the SDK repeats, is known again for one's own.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { definitionReader } from '../../../lib/adapters/dynamo/definition-reader.ts';
import { definitionWriter } from '../../../lib/adapters/dynamo/definition-writer.ts';
import { dynamoItems, type Items, type UpdateInput } from '../../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../../lib/adapters/dynamo/job-store.ts';
import { dynamoRequestKeyStore } from '../../../lib/adapters/dynamo/request-key-store.ts';
import { runList } from '../../../lib/adapters/dynamo/run-list.ts';
import { dynamoSavepointStore } from '../../../lib/adapters/dynamo/savepoint-store.ts';
import { dynamoSweepStore } from '../../../lib/adapters/dynamo/sweep-store.ts';
import { voidHead } from '../../../lib/domain/run/new-run.ts';
import { ANY_RUNS } from '../../../lib/domain/run/run-page.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';
import { aHead } from '../../contracts/job-store.contract.ts';
import { fakeDynamodb, type WireRequest } from '../../fakes/fake-dynamodb.ts';
import { fakeIds } from '../../fakes/fake-ids.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';
import { startTestDynamodb, type TestDynamodb } from '../../live/dynamodb.ts';

const table = 'jobs-test';

describe('every read that something is decided on', () => {
  /** Whether a request asks for a strongly consistent read: of an item, of several, or of a table itself. */
  function consistent({ operation, input }: WireRequest): boolean | undefined {
    if (operation === 'GetItem' || operation === 'Query') return input.ConsistentRead;
    if (operation !== 'BatchGetItem') throw new Error('no read');
    const tables = Object.values(input.RequestItems as Record<string, { readonly ConsistentRead?: boolean }>);
    return tables.length > 0 && tables.every(({ ConsistentRead }) => ConsistentRead === true);
  }

  async function reads(ask: (items: Items) => Promise<unknown>): Promise<WireRequest[]> {
    const sent: WireRequest[] = [];
    const answer = (request: WireRequest): object => {
      sent.push(request);
      return {};
    };
    await ask(dynamoItems(fakeDynamodb(answer)));
    return sent;
  }

  const [clock, ids, key] = [virtualClock(), fakeIds(), { caller: 'a', hash: 'b' }];
  const jobs = (items: Items) => dynamoJobStore({ items, table, clock, ids });
  const keys = (items: Items) => dynamoRequestKeyStore({ items, table, clock });
  const definitions = (items: Items) => definitionReader(items, 'definitions-test');
  const newest = { ...ANY_RUNS, limit: 10 };

  it.each<[string, (items: Items) => Promise<unknown>]>([
    ['a task with its claims', (items) => jobs(items).readTask(1)],
    ['a head', (items) => jobs(items).readHead(1)],
    ['a body', (items) => jobs(items).readBody(aHead(1))],
    ['a result', (items) => jobs(items).readResult(1)],
    ['the marks of a caller', (items) => keys(items).readMarks('a', 1)],
    ['the cursor of the sweeps', (items) => dynamoSweepStore(items, table).readCursor()],
    ['a savepoint', (items) => dynamoSavepointStore({ items, table, ids }).find(1, 'fp', 'LATEST')],
    ['a definition of a task', (items) => definitions(items).task(1)],
    ['a definition of a cluster', (items) => definitions(items).cluster(1)],
    ['a cluster configuration', (items) => definitions(items).clusterConfiguration(1)],
    ['the variables', (items) => definitions(items).variables()],
    ['the databases', (items) => definitions(items).databases()],
    ['heads for the list of runs', (items) => items.getAll(table, [{ pk: 'RUN#1', sk: 'HEAD' }])],
    ['the counter, for the list of runs', (items) => runList(items, table).runs(newest)],
  ])('of %s is strongly consistent', async (_of, ask) => {
    const sent = await reads(ask);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.map(consistent)).toEqual(sent.map(() => true));
  });

  it.each<[string, (items: Items) => Promise<unknown>]>([
    ['a claim', (items) => jobs(items).claim({ taskId: 1, fp: 'a', runId: 1, seen: null })],
    ['a new head', (items) => jobs(items).putHead(aHead(1))],
    ['a change of a head', (items) => jobs(items).updateHead(aHead(1), { status: 'RUNNING' }, 'seen')],
    ['a key', (items) => keys(items).putKey(key, { runId: 1, requestHash: 'h', owner: 'o' })],
    ['a key that is pointed elsewhere', (items) => keys(items).repointKey(key, 1, { runId: 2, owner: 'o' })],
    ['a use of a refusal', (items) => keys(items).takeRefusal('a', 1, { at: 1, id: 'x' }, 'me')],
    ['a note of a cancel', (items) => keys(items).noteCancel('a', 1, null, { runId: 1, at: 1 })],
    ['a definition', (items) => definitionWriter(items, 'definitions-test').put('TASK', aTask(), 'nothing')],
  ])('after %s was refused is strongly consistent', async (_of, ask) => {
    const read: unknown[] = [];
    const refusing: Items = {
      ...dynamoItems(fakeDynamodb(() => ({}))),
      put: () => Promise.resolve(false),
      update: () => Promise.resolve(null),
      get: (input) => {
        read.push(input.ConsistentRead);
        return Promise.resolve(undefined);
      },
    };
    await ask(refusing);
    expect(read).toEqual([true]);
  });
});

it('a claim writes the claim, its count and the latest run, and no other attribute of the task', async () => {
  const written: unknown[] = [];
  const update = ({ ExpressionAttributeNames }: UpdateInput): Promise<object> => {
    written.push(...Object.values(ExpressionAttributeNames ?? {}).sort());
    return Promise.resolve({});
  };
  const store = dynamoJobStore({ items: { update } as unknown as Items, table, clock: virtualClock(), ids: fakeIds() });
  await store.claim({ taskId: 7, fp: 'a', runId: 1, seen: null });
  expect(written).toEqual(['c#a', 'claimSeq', 'latestRunId', 'schemaVersion']);
});

describe('a failure that is no error', () => {
  it('is told as one that nobody knows', async () => {
    const client = fakeDynamodb(() => ({}));
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a library may do
    client.middlewareStack.add(() => () => Promise.reject('no error at all'), { step: 'build', priority: 'low' });
    const items = dynamoItems(client);
    const { code, message } = await appErrorOf(items.get({ TableName: table, Key: { pk: 'a', sk: 'b' } }));
    expect([code, message]).toEqual(['store.unavailable', 'DynamoDB could not be used (unknown error). Try again.']);
  });
});

describe('a table that has given out its last run number', () => {
  it('is told with its name, the number, and what to do', async () => {
    const counter = { pk: 'COUNTER', sk: 'RUN', n: 2_147_483_646 };
    const items = { update: () => Promise.resolve(null), get: () => Promise.resolve(counter) } as unknown as Items;
    const store = dynamoJobStore({ items, table: 'jobs-full', clock: virtualClock(), ids: fakeIds() });
    const { code, message } = await appErrorOf(store.nextRunId());
    expect(code).toBe('run.numbersExhausted');
    expect(message).toContain('the table "jobs-full" has already used run number 2147483646');
    expect(message).toContain('Point the deployment at a new, empty Jobs table');
  });

  it('is told so, too, when somebody has taken the counter away meanwhile', async () => {
    const items = { update: () => Promise.resolve(null), get: () => Promise.resolve(undefined) } as unknown as Items;
    const store = dynamoJobStore({ items, table: 'jobs-full', clock: virtualClock(), ids: fakeIds() });
    expect((await appErrorOf(store.nextRunId())).code).toBe('run.numbersExhausted');
  });
});

describe("a write that the SDK repeats, because the first one's reply was lost", () => {
  let dynamodb: TestDynamodb;
  let items: Items;
  beforeAll(async () => {
    dynamodb = await startTestDynamodb();
    const real = dynamoItems(dynamodb.client);
    // The caller sees the second reply alone.
    items = {
      ...real,
      put: async (input) => {
        await real.put(input);
        return await real.put(input);
      },
      update: async (input) => {
        await real.update(input);
        return await real.update(input);
      },
    };
  });
  afterAll(() => dynamodb.stop());

  let id = 0;
  let head: ReturnType<typeof aHead>;
  beforeEach(() => {
    id += 1;
    head = aHead(id, { jobId: String(id).padStart(32, '0') });
  });

  const store = (process = 1) => dynamoJobStore({ items, table, clock: virtualClock(), ids: fakeIds(process) });
  const keys = () => dynamoRequestKeyStore({ items, table, clock: virtualClock() });

  it('is an own new head', async () => {
    expect(await store().putHead(head)).toBeNull();
  });

  it('is an own change of a head, which gives the head as it is now', async () => {
    await store().putHead(head);
    const next = await store().updateHead(head, { status: 'RUNNING' }, 'seen');
    expect(next).toMatchObject({ v: 2, status: 'RUNNING' });
    expect(await store().readHead(id)).toEqual(next);
  });

  it("is not taken for one's own where somebody else was quicker", async () => {
    await store().putHead(head);
    await store(2).updateHead(head, { status: 'RUNNING' }, 'seen by somebody else');
    expect(await store(3).updateHead(head, { status: 'RUNNING' }, 'seen')).toBeNull();
    expect(await store(2).putHead(voidHead(id, 1, 'writer-2', 5))).toMatchObject({ id, status: 'RUNNING' });
  });

  it('is an own claim, counted once', async () => {
    expect(await store().claim({ taskId: id, fp: 'a', runId: 1, seen: null })).toBe(true);
    expect(await store().claim({ taskId: id, fp: 'a', runId: 2, seen: 1 })).toBe(true);
    expect(await store().readTask(id)).toEqual({ claims: { a: 2 }, claimSeq: 2, latestRunId: 2 });
    expect(await store().claim({ taskId: id, fp: 'a', runId: 3, seen: 1 })).toBe(false);
  });

  it('is an own key, and an own new direction of it', async () => {
    const key = { caller: 'a', hash: `hash-${id}` };
    expect(await keys().putKey(key, { runId: 1, requestHash: 'h', owner: 'o' })).toBeNull();
    expect(await keys().repointKey(key, 1, { runId: 2, owner: 'o' })).toBe(true);
    expect(await keys().repointKey(key, 1, { runId: 3, owner: 'o' })).toBe(false);
    expect(await keys().putKey(key, { runId: 9, requestHash: 'h', owner: 'o' })).toEqual({
      runId: 2,
      requestHash: 'h',
    });
  });

  it('is an own refusal, counted once, its use, and an own note of a cancel', async () => {
    const refusal = { at: 1_000, id: 'r1' };
    await keys().markRefusal('a', id, refusal);
    expect((await keys().readMarks('a', id)).refusals).toHaveLength(1);
    expect(await keys().takeRefusal('a', id, refusal, 'call-1')).toBe(true);
    expect(await keys().takeRefusal('a', id, refusal, 'call-2')).toBe(false);
    expect(await keys().noteCancel('a', id, null, { runId: 5, at: 1_000 })).toBe(true);
    expect(await keys().noteCancel('a', id, null, { runId: 6, at: 1_000 })).toBe(false);
  });

  it('is an own definition', async () => {
    const writer = definitionWriter(items, dynamodb.definitionsTable);
    expect(await writer.put('TASK', aTask({ id: id + 100 }), 'nothing')).toBe('written');
    expect(await writer.put('TASK', aTask({ id: id + 100, note: 'other' }), 'nothing')).toBe('conflict');
  });
});

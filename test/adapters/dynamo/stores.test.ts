import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoItems, type Items } from '../../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../../lib/adapters/dynamo/job-store.ts';
import { dynamoRequestKeyStore } from '../../../lib/adapters/dynamo/request-key-store.ts';
import { dynamoSavepointStore, toQuery } from '../../../lib/adapters/dynamo/savepoint-store.ts';
import { dynamoSlotStore } from '../../../lib/adapters/dynamo/slot-store.ts';
import { dynamoSweepStore } from '../../../lib/adapters/dynamo/sweep-store.ts';
import type { SavepointStore } from '../../../lib/domain/ports.ts';
import { createMissingTables, readTables } from '../../../local/tables.ts';
import { aHead } from '../../contracts/job-store.contract.ts';
import { requestKeyStoreContract } from '../../contracts/request-key-store.contract.ts';
import { aSavepoint, savepointStoreContract } from '../../contracts/savepoint-store.contract.ts';
import { slotStoreContract } from '../../contracts/slot-store.contract.ts';
import { sweepStoreContract } from '../../contracts/sweep-store.contract.ts';
import { fakeIds } from '../../fakes/fake-ids.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';
import { startTestDynamodb, type TestDynamodb } from '../../live/dynamodb.ts';

let dynamodb: TestDynamodb;

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
});

beforeEach(async () => {
  await dynamodb.client.send(new DeleteTableCommand({ TableName: dynamodb.jobsTable }));
  const names = { DefinitionsTable: dynamodb.definitionsTable, JobsTable: dynamodb.jobsTable };
  await createMissingTables(dynamodb.client, readTables(names));
});

afterAll(async () => {
  await dynamodb.stop();
});

const items = (): Items => dynamoItems(dynamodb.client);

requestKeyStoreContract('DynamoDB API', () => {
  const clock = virtualClock();
  let passed = 0;
  const now = (): number => clock.now() + passed;
  const keys = dynamoRequestKeyStore({ items: items(), table: dynamodb.jobsTable, clock: { ...clock, now } });
  return { keys, pass: (ms) => void (passed += ms), now };
});

slotStoreContract('DynamoDB API', () => dynamoSlotStore(items(), dynamodb.jobsTable));

const sweepBed = (): { store: ReturnType<typeof dynamoJobStore>; sweep: ReturnType<typeof dynamoSweepStore> } => {
  const options = { items: items(), table: dynamodb.jobsTable, clock: virtualClock(), ids: fakeIds() };
  return { store: dynamoJobStore(options), sweep: dynamoSweepStore(items(), dynamodb.jobsTable) };
};

sweepStoreContract('DynamoDB API', () => ({
  ...sweepBed(),
  noteOf: async (hosts) => {
    const Key = { pk: `CLUSTER#${hosts}`, sk: '-' };
    const { Item: item } = await DynamoDBDocumentClient.from(dynamodb.client).send(
      new GetCommand({ TableName: dynamodb.jobsTable, Key, ConsistentRead: true }),
    );
    if (item === undefined) return undefined;
    const timeOf = (name: string): number | null => (item[name] as number | undefined) ?? null;
    return { lastSeenAt: timeOf('lastSeenAt'), unreachableSince: timeOf('unreachableSince') };
  },
}));

const savepoints = (): SavepointStore =>
  dynamoSavepointStore({ items: items(), table: dynamodb.jobsTable, ids: fakeIds() });

savepointStoreContract('DynamoDB API', savepoints);

describe('savepoint store: what stands in the table', () => {
  it('is asked for with a consistent read of one item, from either end', () => {
    expect(toQuery(7, 'fp', 'LATEST')).toMatchObject({ ConsistentRead: true, Limit: 1, ScanIndexForward: false });
    expect(toQuery(7, 'fp', 'EARLIEST')).toMatchObject({ ConsistentRead: true, Limit: 1, ScanIndexForward: true });
  });

  it('is one small item beside the claims of the task, seen by no index', async () => {
    await savepoints().record(aSavepoint());
    await savepoints().record(aSavepoint());
    const { Items } = await DynamoDBDocumentClient.from(dynamodb.client).send(
      new ScanCommand({ TableName: dynamodb.jobsTable }),
    );
    expect(Items).toEqual([
      {
        pk: 'TASK#7',
        sk: expect.stringMatching(/^SAVEPOINT#fp#0001769860800000#[0-9a-f]{16}$/),
        schemaVersion: 1,
        ...{ taskId: 7, fp: 'fp', path: 's3://b/savepoint-1', kind: 'savepoint', completedAt: 1_769_860_800_000 },
        ...{ jobId: '0123456789abcdef0123456789abcdef', runId: 21 },
      },
    ]);
    const { store } = sweepBed();
    expect(await store.runsOfTask(7)).toEqual([]);
    expect(await store.readTask(7)).toEqual({ claims: {}, claimSeq: 0, latestRunId: null });
  });
});

describe('job store: the body of a run that never began', () => {
  it('is deleted by DynamoDB a day later, and nothing else is', async () => {
    const clock = virtualClock();
    const store = dynamoJobStore({ items: items(), table: dynamodb.jobsTable, clock, ids: fakeIds() });
    const body = { pk: 'RUN#31', sk: 'BODY#loser', statement: 'SELECT 1' };
    for (const item of [body, { ...body, sk: 'BODY#winner' }]) {
      await items().put({ TableName: dynamodb.jobsTable, Item: item });
    }
    await store.expireBody(31, 'loser');
    await store.expireBody(32, 'nobody');
    const read = (pk: string, sk: string) =>
      items().get({ TableName: dynamodb.jobsTable, Key: { pk, sk }, ConsistentRead: true });
    expect(await read('RUN#31', 'BODY#loser')).toEqual({ ...body, expiresAt: Math.floor(clock.now() / 1000) + 86_400 });
    expect(await read('RUN#31', 'BODY#winner')).toEqual({ ...body, sk: 'BODY#winner' });
    expect(await read('RUN#32', 'BODY#nobody')).toBeUndefined();
  });
});

describe('sweep store: more runs than a page of DynamoDB holds', () => {
  it('gives them all, page by page', async () => {
    const { store, sweep } = sweepBed();
    // 1 MB is a page; the projection of a run is made large by its hosts.
    const hosts = `${'a'.repeat(30_000)}:8081`;
    for (let n = 1; n <= 60; n += 1) await store.putHead(aHead(n * 16, { active: 'LIVE#0', hosts }));
    const seen: number[] = [];
    let pages = 0;
    for (let after: number | null = null; ;) {
      const page = await sweep.activeRuns('LIVE#0', after);
      seen.push(...page.runs.map(({ id }) => id));
      pages += 1;
      if (page.after === null) break;
      after = page.after;
    }
    expect(pages).toBeGreaterThan(1);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => (n + 1) * 16));
  });
});

describe('keys and marks: what stands in the table', () => {
  const NOW = 1_769_860_800_999;
  const rawItem = async (pk: string, sk: string): Promise<Record<string, unknown> | undefined> => {
    const get = new GetCommand({ TableName: dynamodb.jobsTable, Key: { pk, sk }, ConsistentRead: true });
    return (await DynamoDBDocumentClient.from(dynamodb.client).send(get)).Item;
  };
  const rawMarks = (): Promise<Record<string, unknown> | undefined> => rawItem('REFUSED#someone#7', '-');
  const table = (): string => dynamodb.jobsTable;
  const keys = () =>
    dynamoRequestKeyStore({ items: items(), table: table(), clock: { ...virtualClock(), now: () => NOW } });

  it('says in seconds when DynamoDB may delete it: a key after a day, marks after an hour', async () => {
    await keys().putKey({ caller: 'someone', hash: 'h' }, { runId: 1, requestHash: 'a', owner: 'o' });
    expect(await rawItem('KEY#someone#h', 'KEY')).toEqual({
      ...{ pk: 'KEY#someone#h', sk: 'KEY', runId: 1, requestHash: 'a', owner: 'o', schemaVersion: 1 },
      expiresAt: 1_769_947_200,
    });
    await keys().markRefusal('someone', 7, { at: NOW, id: 'a' });
    expect(await rawMarks()).toMatchObject({ refusals: new Set([`${NOW}#a`]), expiresAt: 1_769_864_400 });
    await keys().noteCancel('someone', 7, null, { runId: 5, at: NOW + 1 });
    expect(await rawMarks()).toMatchObject({ cancelRunId: 5, cancelAt: NOW + 1, expiresAt: 1_769_864_401 });
  });

  it('is no more than twenty refusals and those that still count: an item has a largest size', async () => {
    const refuse = (at: number, id = 'x'): Promise<void> => keys().markRefusal('someone', 7, { at, id });
    for (let at = 1_000; at < 1_019; at += 1) await refuse(at);
    await keys().takeRefusal('someone', 7, { at: 1_000, id: 'x' }, 'me');
    await keys().takeRefusal('someone', 7, { at: 1_018, id: 'x' }, 'me');
    await refuse(6_017);
    expect((await rawMarks())?.['refusals']).toHaveProperty('size', 20);
    // The newest of the others was refused 5 s before the first that is kept.
    await refuse(6_017, 'y');
    const left = await rawMarks();
    expect(left?.['refusals']).toEqual(new Set(['1018#x', '6017#x', '6017#y']));
    expect(Object.keys(left ?? {}).filter((name) => name.startsWith('taken'))).toEqual(['taken#1018#x']);
  });

  it('is written once for a refusal, as long as there are few', async () => {
    let updates = 0;
    const counting: Items = {
      ...items(),
      update: (input) => {
        updates += 1;
        return items().update(input);
      },
    };
    const store = dynamoRequestKeyStore({ items: counting, table: table(), clock: virtualClock() });
    for (let n = 1; n <= 20; n += 1) await store.markRefusal('someone', 7, { at: n * 1_000_000, id: 'x' });
    expect(updates).toBe(20);
    await store.markRefusal('someone', 7, { at: 30_000_000, id: 'x' });
    expect(updates).toBe(22);
  });
});

describe('the mark that version 0.1 left', () => {
  it('is one refusal, which is used up as any other', async () => {
    const pk = 'REFUSED#someone#7';
    const Item = { pk, sk: '-', at: 1_000, expiresAt: 4_600, schemaVersion: 1 };
    await DynamoDBDocumentClient.from(dynamodb.client).send(new PutCommand({ TableName: dynamodb.jobsTable, Item }));
    const keys = dynamoRequestKeyStore({ items: items(), table: dynamodb.jobsTable, clock: virtualClock() });
    const refusal = { at: 1_000, id: '' };
    expect(await keys.readMarks('someone', 7)).toEqual({ refusals: [{ ...refusal, takenBy: null }], cancel: null });
    expect(await keys.takeRefusal('someone', 7, refusal, 'one')).toBe(true);
    expect(await keys.takeRefusal('someone', 7, refusal, 'two')).toBe(false);
    expect((await keys.readMarks('someone', 7)).refusals).toEqual([{ ...refusal, takenBy: 'one' }]);
  });

  it('an item that is none of ours is told by name', async () => {
    const Item = { pk: 'REFUSED#someone#8', sk: '-', refusals: 'x' };
    await DynamoDBDocumentClient.from(dynamodb.client).send(new PutCommand({ TableName: dynamodb.jobsTable, Item }));
    const keys = dynamoRequestKeyStore({ items: items(), table: dynamodb.jobsTable, clock: virtualClock() });
    await expect(keys.readMarks('someone', 8)).rejects.toThrow(/REFUSED#someone#8/);
  });
});

describe('a damaged item that an update meets', () => {
  const DAMAGES: Readonly<Record<string, unknown>> = {
    'a text': '21',
    'a list': [1],
    'a map': { N: 1 },
    'a flag': true,
    null: null,
    'a set of texts': new Set(['1']),
    'a set of numbers': new Set([1]),
    bytes: new Uint8Array([1]),
    'a negative number': -7,
    'a fraction': 1.5,
    'a large number': 3_000_000_000,
  };
  const put = async (Item: Record<string, unknown>): Promise<void> => {
    await DynamoDBDocumentClient.from(dynamodb.client).send(new PutCommand({ TableName: dynamodb.jobsTable, Item }));
  };

  it.each(Object.entries(DAMAGES))('is named when the counter is %s', async (_what, n) => {
    await put({ pk: 'COUNTER', sk: 'RUN', n });
    const { store } = sweepBed();
    const named = /^The item COUNTER, RUN of the Jobs table can't be read: its attribute "n" must be/;
    await expect(store.nextRunId()).rejects.toThrow(named);
  });

  it.each(Object.entries(DAMAGES).filter(([what]) => what !== 'a set of texts'))(
    'is named when the refusals of a caller are %s',
    async (_what, refusals) => {
      await put({ pk: 'REFUSED#c#7', sk: '-', refusals });
      const keys = dynamoRequestKeyStore({ items: items(), table: dynamodb.jobsTable, clock: virtualClock() });
      const marking = keys.markRefusal('c', 7, { at: 1_000, id: 'r' });
      await expect(marking).rejects.toMatchObject({ code: 'store.invalid' });
      await expect(marking).rejects.toThrow(/REFUSED#c#7, - .*"refusals"/);
    },
  );

  it('keeps no caller waiting: what says that a refusal was taken, or which run a cancel meant, is incomplete', async () => {
    const keys = dynamoRequestKeyStore({ items: items(), table: dynamodb.jobsTable, clock: virtualClock() });
    await put({ pk: 'REFUSED#c#7', sk: '-', refusals: new Set(['1000#r']), 'taken#1000#r': 5 });
    await expect(keys.readMarks('c', 7)).rejects.toThrow(/"taken#1000#r" must be text/);
    await put({ pk: 'REFUSED#c#7', sk: '-', cancelRunId: 5 });
    await expect(keys.readMarks('c', 7)).rejects.toThrow(/"cancelAt" is missing/);
  });
});

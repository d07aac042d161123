import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoItems, type Items } from '../../../lib/adapters/dynamo/items.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';
import { fakeDynamodb, Refused } from '../../fakes/fake-dynamodb.ts';
import { startTestDynamodb, type TestDynamodb } from '../../live/dynamodb.ts';

let dynamodb: TestDynamodb;
let items: Items;
let TableName: string;

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
  items = dynamoItems(dynamodb.client);
  TableName = dynamodb.jobsTable;
});

afterAll(async () => {
  await dynamodb.stop();
});

const key = (pk: string, sk = 'x') => ({ pk, sk });
const VALUES = {
  text: 'ü 😀',
  empty: '',
  whole: 1_769_860_800_000,
  part: -0.5,
  yes: true,
  nothing: null,
  list: [1, 'a', null, { deep: [] }],
  map: { a: { b: 'c' } },
};

describe('values', () => {
  it('come back as they were, without those that are undefined', async () => {
    const item = { ...key('values'), ...VALUES };
    const sent = { ...item, map: { ...item.map, absent: undefined }, absent: undefined };
    expect(await items.put({ TableName, Item: sent })).toBe(true);
    expect(await items.get({ TableName, Key: key('values'), ConsistentRead: true })).toEqual(item);
  });

  it("are stored as the SDK's own document client reads them", async () => {
    await items.put({ TableName, Item: { ...key('others'), ...VALUES } });
    const get = new GetCommand({ TableName, Key: key('others') });
    expect((await DynamoDBDocumentClient.from(dynamodb.client).send(get)).Item).toEqual({
      ...key('others'),
      ...VALUES,
    });
  });

  it('of an update are given as asked for', async () => {
    const count = {
      TableName,
      Key: key('count'),
      UpdateExpression: 'ADD n :one',
      ReturnValues: 'UPDATED_NEW',
    } as const;
    expect(await items.update({ ...count, ExpressionAttributeValues: { ':one': 1 } })).toEqual({ n: 1 });
    expect(await items.update({ ...count, ExpressionAttributeValues: { ':one': 2 } })).toEqual({ n: 3 });
    expect(await items.update({ ...count, ReturnValues: undefined, ExpressionAttributeValues: { ':one': 1 } })).toEqual(
      {},
    );
  });

  it('of what is not there are undefined', async () => {
    expect(await items.get({ TableName, Key: key('absent') })).toBeUndefined();
  });
});

describe('a condition that fails', () => {
  it('is false for a put and null for an update, and nothing is written', async () => {
    const ConditionExpression = 'attribute_not_exists(pk)';
    const item = { ...key('once'), n: 1 };
    expect(await items.put({ TableName, Item: item, ConditionExpression })).toBe(true);
    expect(await items.put({ TableName, Item: { ...item, n: 2 }, ConditionExpression })).toBe(false);
    const update = { TableName, Key: key('once'), UpdateExpression: 'SET n = :n', ConditionExpression };
    expect(await items.update({ ...update, ExpressionAttributeValues: { ':n': 3 } })).toBeNull();
    expect(await items.get({ TableName, Key: key('once') })).toEqual(item);
  });
});

describe('many items', () => {
  it('come page by page, from a query and from a scan', async () => {
    for (let n = 1; n <= 5; n++) await items.put({ TableName, Item: key('pages', `s${n}`) });
    const question = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'pages' } };
    const first = await items.query({ ...question, Limit: 3 });
    expect(first).toEqual({ items: [1, 2, 3].map((n) => key('pages', `s${n}`)), after: key('pages', 's3') });
    const rest = await items.query({ ...question, ExclusiveStartKey: first.after });
    expect(rest).toEqual({ items: [4, 5].map((n) => key('pages', `s${n}`)), after: undefined });

    const seen: unknown[] = [];
    for (let after: object | undefined = {}; after !== undefined;) {
      const page = await items.scan({
        TableName,
        Limit: 2,
        ExclusiveStartKey: 'pk' in after ? { ...after } : undefined,
      });
      seen.push(...page.items);
      after = page.after;
    }
    expect(seen).toEqual(expect.arrayContaining([1, 2, 3, 4, 5].map((n) => key('pages', `s${n}`))));
  });

  it('come also with a number that is too large for JavaScript', async () => {
    const N = '9'.repeat(30);
    const item = { pk: { S: 'large' }, sk: { S: 'x' }, n: { N } };
    await dynamodb.client.send(new PutItemCommand({ TableName, Item: item }));
    await items.put({ TableName, Item: key('large', 'y') });
    const question = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'large' } };
    const found = (await items.query(question)).items;
    expect(found).toEqual([{ ...key('large'), n: Number(N) }, key('large', 'y')]);
  });

  it('are read by their keys', async () => {
    const keys = [key('pages', 's2'), key('pages', 's9'), key('pages', 's4')];
    const { items: found, left } = await items.getAll(TableName, keys);
    expect(new Set(found.map(({ sk }) => sk))).toEqual(new Set(['s2', 's4']));
    expect(left).toEqual([]);
  });
});

describe('a DynamoDB that fails', () => {
  const calls: [string, (table: string) => Promise<unknown>][] = [
    ['get', (table) => items.get({ TableName: table, Key: key('a') })],
    ['put', (table) => items.put({ TableName: table, Item: key('a') })],
    ['update', (table) => items.update({ TableName: table, Key: key('a') })],
    ['scan', (table) => items.scan({ TableName: table })],
    ['getAll', (table) => items.getAll(table, [key('a')])],
    [
      'query',
      (table) =>
        items.query({ TableName: table, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'a' } }),
    ],
  ];

  it.each(calls)('is named by %s: a table that is not there', async (_, call) => {
    const error = await appErrorOf(call('nowhere'));
    expect(error).toMatchObject({ code: 'store.unavailable', cause: { name: 'ResourceNotFoundException' } });
    expect(error.message).toBe('The DynamoDB table "nowhere" does not exist. Check its name and the region.');
  });

  it('is named with the setting of the deployment that names the table', async () => {
    const known = dynamoItems(dynamodb.client, { settings: new Map([['nowhere', 'JOBS_TABLE']]) });
    const { message } = await appErrorOf(known.get({ TableName: 'nowhere', Key: key('a') }));
    expect(message).toBe(
      'The DynamoDB table "nowhere" does not exist. Check its name (the deployment\'s setting JOBS_TABLE) and the region.',
    );
  });

  it('is not asked to try again where a right is missing', async () => {
    const refusing = fakeDynamodb(() => {
      throw new Refused('AccessDeniedException');
    });
    const { message } = await appErrorOf(dynamoItems(refusing).get({ TableName, Key: key('a') }));
    expect(message).toBe(
      `DynamoDB refuses access to the table "${TableName}" (AccessDeniedException). Give the role the right that is missing.`,
    );
  });

  it('is named by what it says otherwise', async () => {
    const error = await appErrorOf(items.put({ TableName, Item: { pk: 'no sort key' } }));
    expect(error).toBeInstanceOf(AppError);
    expect(error.message).toBe('DynamoDB could not be used (ValidationException). Try again.');
  });
});

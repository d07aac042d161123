/** API keys over a real DynamoDB API: the contract, what is in the tables, and items that are damaged. */
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessKeyReader } from '../../../lib/adapters/dynamo/access-key-reader.ts';
import { accessKeyRegistry } from '../../../lib/adapters/dynamo/access-key-registry.ts';
import { definitionWriter } from '../../../lib/adapters/dynamo/definition-writer.ts';
import type { Items, QueryInput } from '../../../lib/adapters/dynamo/items.ts';
import { dynamoItems } from '../../../lib/adapters/dynamo/items.ts';
import { createMissingTables, readTables } from '../../../local/tables.ts';
import { aKey, aSecret } from '../../builders/access-key.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';
import { accessKeysContract } from '../../contracts/access-keys.contract.ts';
import { startTestDynamodb, type TestDynamodb } from '../../live/dynamodb.ts';

let dynamodb: TestDynamodb;
let count = 0;

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
});
afterAll(async () => {
  await dynamodb.stop();
});

/** Tables of its own: the partition of the keys is one. */
async function emptyTables() {
  const names = { DefinitionsTable: `definitions-${(count += 1)}`, JobsTable: `jobs-${count}` };
  await createMissingTables(dynamodb.client, readTables(names));
  const tables = { definitions: names.DefinitionsTable, jobs: names.JobsTable };
  const items = dynamoItems(dynamodb.client);
  return { tables, items, reader: accessKeyReader(items, tables), registry: accessKeyRegistry(items, tables) };
}

accessKeysContract('DynamoDB API', emptyTables);

const itemsIn = async (TableName: string) =>
  (await DynamoDBDocumentClient.from(dynamodb.client).send(new ScanCommand({ TableName }))).Items ?? [];

describe('in the tables', () => {
  it('a key is its hash, and the secret is nowhere', async () => {
    const { tables, reader, registry } = await emptyTables();
    await registry.create(aKey(1));
    await reader.noteUse(aKey(1).id, 5_000);
    const [key] = await itemsIn(tables.definitions);
    expect(key).toMatchObject({ pk: 'APIKEY', sk: aKey(1).hash, schemaVersion: 1 });
    expect(await itemsIn(tables.jobs)).toEqual([
      { pk: `APIKEY#${aKey(1).id}`, sk: 'USED', usedAt: 5_000, schemaVersion: 1 },
    ]);
    const all = JSON.stringify([await itemsIn(tables.definitions), await itemsIn(tables.jobs)]);
    expect(all).not.toContain(aSecret(1).slice(3, 20));
  });

  it('keys are no definitions', async () => {
    const { tables, items, registry } = await emptyTables();
    await registry.create(aKey(1));
    expect(await definitionWriter(items, tables.definitions).list()).toEqual([]);
  });
});

describe('an item that is damaged', () => {
  const put = (TableName: string, Item: Record<string, unknown>) =>
    DynamoDBDocumentClient.from(dynamodb.client).send(new PutCommand({ TableName, Item }));

  it.each([
    ['sk', 'ab'.repeat(31), /"sk" must be a SHA-256/],
    ['sk', `${'ab'.repeat(32)}0`, /"sk" must be a SHA-256/],
    ['sk', `x${'ab'.repeat(32)}`, /"sk" must be a SHA-256/],
    ['keyId', 'nightly', /"keyId" must be 12 hex digits/],
    ['keyId', '0000000000010', /"keyId" must be 12 hex digits/],
    ['keyId', 'x000000000001', /"keyId" must be 12 hex digits/],
    ['createdBy', 7, /"createdBy" must be text/],
    ['name', undefined, /"name" is missing/],
    ['tasks', 'all', /"tasks" must be \* or ids of tasks/],
    ['tasks', '', /"tasks" must be \* or ids of tasks/],
    ['verbs', 'submit', /"verbs" must be some of/],
    ['verbs', ['everything'], /"verbs.0" must be some of/],
    ['tasks', undefined, /"tasks" is missing/],
    ['tasks', 7, /"tasks" must be \* or ids of tasks/],
    ['verbs', undefined, /"verbs" is missing/],
    ['expiresAt', 'never', /"expiresAt" must be a whole number/],
    ['expiresAt', undefined, /"expiresAt" is missing/],
    ['revokedAt', undefined, /"revokedAt" is missing/],
    ['revokedAt', true, /"revokedAt" must be a whole number/],
    ['schemaVersion', 2, /a newer Dinghy wrote it \(schemaVersion 2, this one reads 1\)/],
  ])('by its field %s = %j lets nobody in, and is named in the list', async (field, value, problem) => {
    const { tables, reader, registry } = await emptyTables();
    await registry.create(aKey(2));
    const { hash, id: keyId, ...fields } = aKey(1);
    const item = Object.entries({ pk: 'APIKEY', sk: hash, keyId, ...fields, [field]: value });
    await put(tables.definitions, Object.fromEntries(item.filter(([, one]) => one !== undefined)));
    const at = field === 'sk' ? String(value) : hash;
    expect(await appErrorOf(reader.find(at))).toMatchObject({
      code: 'store.invalid',
      message: expect.stringMatching(problem),
    });
    const { keys, unreadable } = await registry.list();
    expect(keys).toEqual([aKey(2)]);
    expect(unreadable).toEqual([expect.stringContaining(`The API key APIKEY, ${at.slice(0, 80)} can't be read: `)]);
  });

  it('is named by the beginning of what stands in the place of its hash', async () => {
    const { tables, registry } = await emptyTables();
    await put(tables.definitions, { pk: 'APIKEY', sk: 'x'.repeat(500) });
    const [problem] = (await registry.list()).unreadable;
    expect(problem).toContain(`APIKEY, ${'x'.repeat(80)} can't be read`);
  });
});

describe('a key that another one has the hash of', () => {
  it('is not made, and the other one stays', async () => {
    const { reader, registry } = await emptyTables();
    await registry.create(aKey(1));
    const other = { ...aKey(2), hash: aKey(1).hash };
    expect(await appErrorOf(registry.create(other))).toMatchObject({ code: 'store.invalid' });
    expect(await reader.find(aKey(1).hash)).toEqual(aKey(1));
  });
});

describe('the list', () => {
  it('asks for the keys alone, strongly consistent, page after page', async () => {
    const asked: QueryInput[] = [];
    const toItem = (n: number) => {
      const { hash, id: keyId, ...fields } = aKey(n);
      return { pk: 'APIKEY', sk: hash, keyId, ...fields };
    };
    const after = { pk: 'APIKEY', sk: aKey(1).hash };
    const items = {
      query: (input: QueryInput) => {
        asked.push(input);
        return Promise.resolve(asked.length === 1 ? { items: [toItem(1)], after } : { items: [toItem(2)] });
      },
    } as unknown as Items;
    const { keys } = await accessKeyRegistry(items, { definitions: 'definitions', jobs: 'jobs' }).list();
    expect(keys).toEqual([aKey(1), aKey(2)]);
    const first = {
      TableName: 'definitions',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'APIKEY' },
      ConsistentRead: true,
    };
    expect(asked).toEqual([first, { ...first, ExclusiveStartKey: after }]);
  });
});

describe('a principal of the definitions', () => {
  const NAME = 'arn:aws:iam::1:user/a';
  const item = { pk: 'PRINCIPALS', sk: NAME, name: NAME, kind: 'iam', tasks: '1-3', verbs: ['submit'] };
  const grantOf = async (change: Record<string, unknown>, kind: 'iam' | 'jwt' = 'iam', name = NAME) => {
    const { tables, reader } = await emptyTables();
    const Item = Object.fromEntries(Object.entries({ ...item, ...change }).filter(([, one]) => one !== undefined));
    await DynamoDBDocumentClient.from(dynamodb.client).send(new PutCommand({ TableName: tables.definitions, Item }));
    return await reader.grantOf(kind, name);
  };

  it.each([[{}], [{ enabled: true }]])('may do what its entry says (%j)', async (change) => {
    expect(await grantOf(change)).toEqual({ tasks: '1-3', verbs: ['submit'] });
  });

  it('may do nothing where it is switched off, is of another kind, or is somebody else', async () => {
    expect(await grantOf({ enabled: false })).toBeNull();
    expect(await grantOf({}, 'jwt')).toBeNull();
    expect(await grantOf({ kind: 'jwt' })).toBeNull();
    expect(await grantOf({}, 'iam', `${NAME}b`)).toBeNull();
  });

  it.each([
    ['tasks', 'all'],
    ['tasks', undefined],
    ['verbs', ['everything']],
    ['verbs', undefined],
    ['kind', undefined],
    ['kind', 7],
    ['enabled', 'no'],
  ])('whose field %s is %j lets nobody in', async (field, value) => {
    expect(await appErrorOf(grantOf({ [field]: value }))).toMatchObject({
      code: 'store.invalid',
      message: `The principal "${NAME}" can't be read. See dinghy list.`,
    });
  });
});

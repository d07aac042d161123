/** API keys over a real DynamoDB API: the contract, what is in the tables, and items that are damaged. */
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessKeyReader } from '../../../lib/adapters/dynamo/access-key-reader.ts';
import { accessKeyRegistry } from '../../../lib/adapters/dynamo/access-key-registry.ts';
import { definitionWriter } from '../../../lib/adapters/dynamo/definition-writer.ts';
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
    ['keyId', 'nightly', /"keyId" must be 12 hex digits/],
    ['name', undefined, /"name" is missing/],
    ['tasks', 'all', /"tasks" must be \* or ids of tasks/],
    ['tasks', '', /"tasks" must be \* or ids of tasks/],
    ['verbs', 'submit', /"verbs" must be some of/],
    ['verbs', ['everything'], /"verbs.0" must be some of/],
    ['expiresAt', 'never', /"expiresAt" must be a whole number/],
    ['revokedAt', true, /"revokedAt" must be a whole number/],
    ['schemaVersion', 2, /newer Dinghy/],
  ])('by its field %s = %j lets nobody in, and is named in the list', async (field, value, problem) => {
    const { tables, reader, registry } = await emptyTables();
    await registry.create(aKey(2));
    const { hash, id: keyId, ...fields } = aKey(1);
    const item = Object.entries({ pk: 'APIKEY', sk: hash, keyId, ...fields, [field]: value });
    await put(tables.definitions, Object.fromEntries(item.filter(([, one]) => one !== undefined)));
    expect(await appErrorOf(reader.find(hash))).toMatchObject({
      code: 'store.invalid',
      message: expect.stringMatching(problem),
    });
    const { keys, unreadable } = await registry.list();
    expect(keys).toEqual([aKey(2)]);
    expect(unreadable).toEqual([expect.stringContaining(hash)]);
  });
});

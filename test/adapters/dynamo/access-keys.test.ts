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

  it('a key is found within the time of a request', async () => {
    const { reader, registry } = await emptyTables();
    await registry.create(aKey(1));
    expect(await reader.within(new AbortController().signal).find(aKey(1).hash)).toEqual(aKey(1));
    expect(await appErrorOf(reader.within(AbortSignal.abort()).find(aKey(1).hash))).toMatchObject({
      code: 'store.unavailable',
    });
  });

  it('keys are no definitions', async () => {
    const { tables, items, registry } = await emptyTables();
    await registry.create(aKey(1));
    expect(await definitionWriter(items, tables.definitions).list()).toEqual([]);
  });
});

it('an item that is damaged lets nobody in, is named in the list, and takes no other with it', async () => {
  const { tables, reader, registry } = await emptyTables();
  await registry.create(aKey(2));
  const Item = { pk: 'APIKEY', sk: aKey(1).hash, keyId: 'nightly' };
  await DynamoDBDocumentClient.from(dynamodb.client).send(new PutCommand({ TableName: tables.definitions, Item }));
  expect(await appErrorOf(reader.find(aKey(1).hash))).toMatchObject({ code: 'store.invalid' });
  const { keys, unreadable } = await registry.list();
  expect(keys).toEqual([aKey(2)]);
  expect(unreadable).toEqual([expect.stringContaining(aKey(1).hash)]);
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

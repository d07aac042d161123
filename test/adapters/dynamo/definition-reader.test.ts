import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitionReader, toGet, toQuery } from '../../../lib/adapters/dynamo/definition-reader.ts';
import { TASK_DEFAULTS } from '../../../lib/domain/definition/definitions.ts';
import { type DefinitionsTable, startDefinitionsTable } from '../../cli/definitions-table.ts';

let db: DefinitionsTable;
let table: string;
beforeAll(async () => {
  db = await startDefinitionsTable();
  table = await db.create();
});
afterAll(() => db.stop());

const put = (Item: Record<string, unknown>) => db.client.send(new PutCommand({ TableName: table, Item }));
const reader = () => definitionReader(db.items, table);
const TASK = { id: 1, version: 2, name: 'a', type: 'local', statement: 'SELECT 1', schemaVersion: 1 };
const putTask = (id: number, change: object) => put({ ...TASK, pk: `TASK#${id}`, sk: 'TASK', id, ...change });

it('asks strongly consistent', () => {
  expect(toGet('t', { pk: 'TASK#1', sk: 'TASK' })).toEqual({
    TableName: 't',
    Key: { pk: 'TASK#1', sk: 'TASK' },
    ConsistentRead: true,
  });
  expect(toQuery('t', 'VARIABLES')).toEqual({
    TableName: 't',
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'VARIABLES' },
    ConsistentRead: true,
  });
});

describe('The reader', () => {
  it('fills in defaults and leaves out what is no field', async () => {
    await putTask(1, {});
    const { schemaVersion: _, ...fields } = TASK;
    expect(await reader().task(1)).toEqual({ ...TASK_DEFAULTS, ...fields });
  });

  it('gives null for what is not there', async () => {
    expect(await reader().task(99)).toBeNull();
    expect(await reader().cluster(99)).toBeNull();
    expect(await reader().clusterConfiguration(99)).toBeNull();
  });

  it('reads clusters and cluster configurations', async () => {
    await put({
      pk: 'CLUSTER#1',
      sk: 'CLUSTER',
      id: 1,
      name: 'c',
      type: 'standalone',
      hosts: 'a:1',
      config: { x: 'y' },
    });
    expect(await reader().cluster(1)).toEqual({ id: 1, name: 'c', type: 'standalone', hosts: 'a:1', sqlGateway: null, lostAfterMinutes: null, config: { x: 'y' }, note: null, enabled: true }); // prettier-ignore
    const configJson = {
      flinkConfig: { configuration: { a: 'b' }, flinkConfigList: [{ name: 'c', value: 'd' }], flinkVersion: '2.3' },
    };
    await put({ pk: 'CLUSTER_CONFIGURATION#1', sk: 'CLUSTER_CONFIGURATION', id: 1, name: 'k', type: 'yarn-application', configJson }); // prettier-ignore
    expect(await reader().clusterConfiguration(1)).toEqual({ id: 1, name: 'k', type: 'yarn-application', sqlGateway: null, jobManager: null, configJson, note: null, enabled: true }); // prettier-ignore
  });

  it('reads the databases, apart from the variables', async () => {
    expect(await reader().databases()).toEqual([]);
    await put({ pk: 'DATABASES', sk: 'same', name: 'same', flinkConfig: "'connector' = 'jdbc'" });
    await put({ pk: 'VARIABLES', sk: 'same', name: 'same', value: 'x' });
    expect(await reader().databases()).toEqual([{ name: 'same', flinkConfig: "'connector' = 'jdbc'", note: null }]);
  });

  it('follows the pages of variables to the end', async () => {
    const value = 'x'.repeat(300_000); // a page of DynamoDB ends at 1 MB
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await put({ pk: 'VARIABLES', sk: name, name, value });
    const first = await db.client.send(new QueryCommand(toQuery(table, 'VARIABLES')));
    expect(first.LastEvaluatedKey).toBeDefined();
    expect((await reader().variables()).map(({ name }) => name)).toEqual([...names, 'same']);
  });

  it.each([
    ['a wrong type', { parallelism: 'four' }, '"parallelism" must be a whole number from 1 to 32768, not "four".'],
    ['a missing field', { statement: undefined }, '"statement" is missing.'],
    ['a nested field', { configJson: { customConfig: { a: 1 } } }, '"configJson.customConfig.a" must be text, not 1.'],
    ['a newer schema', { schemaVersion: 2 }, 'Task 5 was written by a newer Dinghy (schemaVersion 2'],
  ])('names item, field and value of %s', async (_, change, expected) => {
    const item = Object.fromEntries(Object.entries({ ...TASK, pk: 'TASK#5', sk: 'TASK', id: 5, ...change }).filter(([, value]) => value !== undefined)); // prettier-ignore
    await put(item);
    const error: unknown = await reader().task(5).catch((it: unknown) => it); // prettier-ignore
    expect(error).toMatchObject({ code: 'definition.invalid' });
    expect((error as Error).message).toMatch(/^Task 5 /);
    expect((error as Error).message).toContain(expected);
  });

  it('is store.unavailable, with its cause, when DynamoDB fails', async () => {
    const error: unknown = await definitionReader(db.items, 'missing').task(1).catch((it: unknown) => it); // prettier-ignore
    expect(error).toMatchObject({ code: 'store.unavailable', cause: { name: 'ResourceNotFoundException' } });
  });
});

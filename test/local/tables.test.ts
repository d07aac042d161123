import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DescribeTableCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMissingTables, readTables } from '../../local/tables.ts';
import { upgradeTables } from '../../local/upgrade-tables.ts';
import { startTestDynamodb, type TestDynamodb } from '../live/dynamodb.ts';

const NAMES = { DefinitionsTable: 'table-d', JobsTable: 'table-j' };
let dynamodb: TestDynamodb;
beforeAll(async () => {
  dynamodb = await startTestDynamodb();
});
afterAll(() => dynamodb.stop());

describe('tables of serverless.yml', () => {
  it('are read under the names given', () => {
    expect(readTables(NAMES).map(({ TableName }) => TableName)).toEqual(['table-d', 'table-j']);
  });

  it('need a name each', () => {
    expect(() => readTables({ DefinitionsTable: 'table-d' })).toThrow(/JobsTable/);
  });

  it('may stand beside CloudFormation tags', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'dinghy-')), 'serverless.yml');
    const table = '{ Type: AWS::DynamoDB::Table, Properties: { TableName: !Ref Name, KeySchema: [] } }';
    writeFileSync(file, `resources:\n  Resources:\n    T: ${table}\n    Role: { Type: X, Arn: !GetAtt [T, Arn] }\n`);
    expect(readTables({ T: 't' }, file)).toMatchObject([{ TableName: 't', KeySchema: [] }]);
  });

  it('are created with their keys and indexes', async () => {
    const { client, jobsTable } = dynamodb;
    const { Table } = await client.send(new DescribeTableCommand({ TableName: jobsTable }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    expect(Table?.KeySchema?.map((key) => key.AttributeName)).toEqual(['pk', 'sk']);
    expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName).sort()).toEqual(['active', 'byTask']);
  });

  it('of an earlier version get the index that they lack, and keep their items', async () => {
    const { client } = dynamodb;
    const [table] = readTables({ DefinitionsTable: 'old-d', JobsTable: 'old-j' });
    const { GlobalSecondaryIndexes: _none, AttributeDefinitions = [], ...old } = table!;
    const keys = AttributeDefinitions.filter(({ AttributeName }) => AttributeName !== 'id');
    await client.send(new CreateTableCommand({ ...old, AttributeDefinitions: keys }));
    const items = Array.from({ length: 60 }, (_, i) => ({
      pk: { S: `TASK#${i + 1}` },
      sk: { S: 'TASK' },
      id: { N: String(i + 1) },
    }));
    for (const Item of items) await client.send(new PutItemCommand({ TableName: 'old-d', Item }));

    // Stopped after the old table was deleted, as by a power cut: what was put aside is all there is.
    const stopping = new Proxy(client, {
      get: (target, name) =>
        name === 'send'
          ? (command: { input: { TableName?: string } }) =>
              command instanceof CreateTableCommand && command.input.TableName === 'old-d'
                ? Promise.reject(new Error('power cut'))
                : target.send(command as never)
          : (Reflect.get(target, name) as unknown),
    });
    await expect(upgradeTables(stopping, [table!])).rejects.toThrow('power cut');
    expect(await upgradeTables(client, [table!])).toEqual(['old-d']);
    expect(await upgradeTables(client, [table!])).toEqual([]);

    const { Items } = await client.send(
      new QueryCommand({
        TableName: 'old-d',
        IndexName: 'byKind',
        KeyConditionExpression: 'sk = :kind',
        ExpressionAttributeValues: { ':kind': { S: 'TASK' } },
      }),
    );
    expect(Items?.map(({ id }) => id?.N)).toEqual(items.map(({ id }) => id.N));
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(TableNames).not.toContain('old-d-upgrade');
  });

  it('are created once', async () => {
    const tables = readTables(NAMES);
    expect(await createMissingTables(dynamodb.client, tables)).toEqual(['table-d', 'table-j']);
    expect(await createMissingTables(dynamodb.client, tables)).toEqual([]);
  });
});

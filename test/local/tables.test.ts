import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMissingTables, readTables } from '../../local/tables.ts';
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

  it('are created once', async () => {
    const tables = readTables(NAMES);
    expect(await createMissingTables(dynamodb.client, tables)).toEqual(['table-d', 'table-j']);
    expect(await createMissingTables(dynamodb.client, tables)).toEqual([]);
  });
});

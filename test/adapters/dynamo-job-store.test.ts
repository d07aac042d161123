import { afterAll, afterEach, beforeAll } from 'vitest';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { dynamoItems } from '../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../lib/adapters/dynamo/job-store.ts';
import { createMissingTables, readTables } from '../../local/tables.ts';
import { fakeIds } from '../fakes/fake-ids.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { type TestDynamodb, startTestDynamodb } from '../real/dynamodb.ts';
import { jobStoreContract } from './job-store.contract.ts';

let dynamodb: TestDynamodb;

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
});

afterEach(async () => {
  await dynamodb.client.send(new DeleteTableCommand({ TableName: dynamodb.jobsTable }));
  const names = { DefinitionsTable: dynamodb.definitionsTable, JobsTable: dynamodb.jobsTable };
  await createMissingTables(dynamodb.client, readTables(names));
});

afterAll(async () => {
  await dynamodb.stop();
});

jobStoreContract('DynamoDB API', () => {
  const clock = virtualClock();
  const items = dynamoItems(dynamodb.client);
  const [ids, otherIds] = [fakeIds(1), fakeIds(2)];
  const one = dynamoJobStore({ items, table: dynamodb.jobsTable, clock, ids });
  return Promise.resolve({
    one,
    other: dynamoJobStore({ items, table: dynamodb.jobsTable, clock, ids: otherIds }),
    clock,
    ids,
  });
});

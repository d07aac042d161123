import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { dynamoItems } from '../../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../../lib/adapters/dynamo/job-store.ts';
import { dynamoRequestKeyStore } from '../../../lib/adapters/dynamo/request-key-store.ts';
import { createMissingTables, readTables } from '../../../local/tables.ts';
import { jobStoreContract } from '../../contracts/job-store.contract.ts';
import { calledTwice, retriedWritesContract } from '../../contracts/retried-writes.contract.ts';
import { fakeIds } from '../../fakes/fake-ids.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';
import { startTestDynamodb, type TestDynamodb } from '../../live/dynamodb.ts';

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

retriedWritesContract('DynamoDB API', () => {
  const clock = virtualClock();
  const items = dynamoItems(dynamodb.client);
  const [ids, otherIds, table] = [fakeIds(1), fakeIds(2), dynamodb.jobsTable];
  return {
    one: dynamoJobStore({ items, table, clock, ids }),
    other: dynamoJobStore({ items, table, clock, ids: otherIds }),
    keys: dynamoRequestKeyStore({ items, table, clock }),
    retried: (between = () => Promise.resolve()) => {
      // One write of the store may be several of the table's: the reply of the first is lost.
      let lost = false;
      const once = async (): Promise<void> => {
        if (!lost) await between();
        lost = true;
      };
      const repeating = calledTwice(items, ['put', 'update'], once);
      return {
        store: dynamoJobStore({ items: repeating, table, clock, ids }),
        keys: dynamoRequestKeyStore({ items: repeating, table, clock }),
      };
    },
  };
});

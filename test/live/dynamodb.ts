import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbClient, startDynamodb } from '../../local/dynamodb.ts';
import { createMissingTables, readTables } from '../../local/tables.ts';

export interface TestDynamodb {
  endpoint: string;
  client: DynamoDBClient;
  definitionsTable: string;
  jobsTable: string;
  stop(): Promise<void>;
}

/** An embedded DynamoDB in memory with the tables of serverless.yml, for one test file. */
export async function startTestDynamodb(): Promise<TestDynamodb> {
  const server = await startDynamodb({});
  const client = dynamodbClient(server.endpoint);
  const names = { DefinitionsTable: 'definitions-test', JobsTable: 'jobs-test' };
  await createMissingTables(client, readTables(names));
  return {
    endpoint: server.endpoint,
    client,
    definitionsTable: names.DefinitionsTable,
    jobsTable: names.JobsTable,
    stop: async () => {
      client.destroy();
      await server.stop();
    },
  };
}

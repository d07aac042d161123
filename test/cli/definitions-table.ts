/** A Definitions table of its own for a test file, on dynalite in this process. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { dynamoItems, type Items } from '../../lib/adapters/dynamo/items.ts';

export interface DefinitionsTable {
  readonly endpoint: string;
  readonly items: Items;
  /** To look at the table with other eyes than our own. */
  readonly client: DynamoDBDocumentClient;
  /** A new, empty table. */
  create(): Promise<string>;
  stop(): Promise<void>;
}

export async function startDefinitionsTable(): Promise<DefinitionsTable> {
  const server = (dynalite as (options: object) => Server)({ createTableMs: 0 });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const base = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  let count = 0;
  return {
    endpoint,
    items: dynamoItems(base),
    client: DynamoDBDocumentClient.from(base),
    async create() {
      const TableName = `definitions-${++count}`;
      await base.send(new CreateTableCommand({ TableName, ...SHAPE }));
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      return TableName;
    },
    async stop() {
      base.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const SHAPE = {
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' as const },
    { AttributeName: 'sk', AttributeType: 'S' as const },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
};

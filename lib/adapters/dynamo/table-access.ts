/** The ways to one item of the Jobs table. */
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { held, orUnavailable } from './client.ts';
import type { Key } from './job-keys.ts';

type Item = Readonly<Record<string, unknown>>;

export interface TableAccess {
  /** Strongly consistent. */
  read(key: Key): Promise<Item | undefined>;
  /** False when the condition failed. */
  update(key: Key, input: object): Promise<boolean>;
  /** Creates an item; false when there is one already. */
  put(item: Item): Promise<boolean>;
}

export function tableAccess(client: DynamoDBDocumentClient, table: string): TableAccess {
  return {
    read: async (key) =>
      (await orUnavailable(client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true })))).Item,
    update: (key, input) => held(client.send(new UpdateCommand({ TableName: table, Key: key, ...input }))),
    put: (item) => {
      const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
      return held(client.send(new PutCommand({ TableName: table, Item: { ...item }, ...absent })));
    },
  };
}

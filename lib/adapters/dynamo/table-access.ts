/** The ways to the items of the Jobs table. */
import type { Item, Items, Page, QueryInput, UpdateInput } from './items.ts';
import type { Key } from './job-keys.ts';

export interface TableAccess {
  /** Strongly consistent. */
  read(key: Key): Promise<Item | undefined>;
  /** False when the condition failed. */
  update(key: Key, input: ItemUpdate): Promise<boolean>;
  /** Creates an item; false when there is one already. */
  put(item: Item): Promise<boolean>;
  query(input: ItemQuery): Promise<Page>;
}

export type ItemQuery = Omit<QueryInput, 'TableName'>;
export type ItemUpdate = Omit<UpdateInput, 'TableName' | 'Key'>;

export function tableAccess(items: Items, table: string): TableAccess {
  return {
    read: (key) => items.get({ TableName: table, Key: { ...key }, ConsistentRead: true }),
    update: async (key, input) => (await items.update({ TableName: table, Key: { ...key }, ...input })) !== null,
    put: (item) => items.put({ TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }),
    query: (input) => items.query({ TableName: table, ...input }),
  };
}

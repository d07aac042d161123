/**
 * Adds a missing index to tables of an earlier version. The embedded DynamoDB can't do that, so the items move to a new table,
 * by way of a second one: after a crash the next start continues.
 */
import {
  BatchWriteItemCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  paginateScan,
  ResourceNotFoundException,
  type TableDescription,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { createTable } from './tables.ts';

const WAIT = { maxWaitTime: 30, minDelay: 1, maxDelay: 1 };
const ITEMS_AT_ONCE = 25;

/** Returns the names of the tables that were made again. */
export async function upgradeTables(
  client: DynamoDBClient,
  tables: readonly CreateTableCommandInput[],
): Promise<string[]> {
  const upgraded: string[] = [];
  for (const table of tables) if (await upgrade(client, table)) upgraded.push(table.TableName ?? '');
  return upgraded;
}

async function upgrade(client: DynamoDBClient, table: CreateTableCommandInput): Promise<boolean> {
  const aside = { ...table, TableName: `${table.TableName ?? ''}-upgrade` };
  const there = await describe(client, table);
  const isBroken = (await describe(client, aside)) !== null;
  if (!isBroken && (there === null || !lacksIndex(there, table))) return false;
  // The old table is complete until it is deleted; the second one is complete from then on.
  if (there !== null && lacksIndex(there, table)) {
    if (isBroken) await drop(client, aside);
    await createTable(client, aside);
    await copy(client, table, aside);
    await drop(client, table);
  }
  if ((await describe(client, table)) === null) await createTable(client, table);
  await copy(client, aside, table);
  await drop(client, aside);
  return true;
}

function lacksIndex(
  { GlobalSecondaryIndexes: present = [] }: TableDescription,
  table: CreateTableCommandInput,
): boolean {
  const names = new Set(present.map(({ IndexName }) => IndexName));
  return (table.GlobalSecondaryIndexes ?? []).some(({ IndexName }) => !names.has(IndexName));
}

async function describe(
  client: DynamoDBClient,
  { TableName }: CreateTableCommandInput,
): Promise<TableDescription | null> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table ?? null;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}

async function drop(client: DynamoDBClient, { TableName }: CreateTableCommandInput): Promise<void> {
  await client.send(new DeleteTableCommand({ TableName }));
  await waitUntilTableNotExists({ client, ...WAIT }, { TableName });
}

async function copy(
  client: DynamoDBClient,
  from: CreateTableCommandInput,
  { TableName = '' }: CreateTableCommandInput,
): Promise<void> {
  for await (const { Items = [] } of paginateScan({ client }, { TableName: from.TableName, ConsistentRead: true })) {
    for (let at = 0; at < Items.length; at += ITEMS_AT_ONCE) {
      let left = Items.slice(at, at + ITEMS_AT_ONCE).map((Item) => ({ PutRequest: { Item } }));
      while (left.length > 0) {
        const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: left } }));
        left = (answer.UnprocessedItems?.[TableName] ?? []) as typeof left;
      }
    }
  }
}

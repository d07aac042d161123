import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ListTablesCommand,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';
import { ROOT } from './paths.ts';

const SERVERLESS_YML = join(ROOT, 'serverless.yml');

/** Logical id in serverless.yml -> the table's name here. The names there contain variables of a deployment. */
export type TableNames = Readonly<Record<string, string>>;

interface Template {
  resources: { Resources: Record<string, { Type: string; Properties: CreateTableCommandInput }> };
}

/** The tables of serverless.yml as requests of CreateTable. A table without a name in `names` is an error. */
export function readTables(names: TableNames, file = SERVERLESS_YML): CreateTableCommandInput[] {
  // Tags such as !Ref are CloudFormation's. Tables do not need their values.
  const template = parse(readFileSync(file, 'utf8'), { logLevel: 'error', merge: true }) as Template;
  return Object.entries(template.resources.Resources)
    .filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table')
    .map(([id, { Properties }]) => createInput(nameOf(id, names), Properties));
}

function nameOf(id: string, names: TableNames): string {
  const name = names[id];
  if (name === undefined) throw new Error(`serverless.yml has a table ${id}, for which no name is known here.`);
  return name;
}

/** Keys and indexes only: the embedded DynamoDB knows no time to live and no recovery. */
function createInput(TableName: string, properties: CreateTableCommandInput): CreateTableCommandInput {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = properties;
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions,
    KeySchema,
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
  };
}

/** Creates missing tables and returns their names. */
export async function createMissingTables(
  client: DynamoDBClient,
  tables: readonly CreateTableCommandInput[],
): Promise<string[]> {
  const { TableNames: present = [] } = await client.send(new ListTablesCommand({}));
  const missing = tables.filter(({ TableName = '' }) => !present.includes(TableName));
  for (const table of missing) await createTable(client, table);
  return missing.map(({ TableName = '' }) => TableName);
}

/** Once it is there, it can be used. */
export async function createTable(client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> {
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    // Another process was faster, or the list of tables has more than one page.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: table.TableName });
}

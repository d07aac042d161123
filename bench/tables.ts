/** The tables of serverless.yml in an embedded DynamoDB, and the tasks that are submitted from there. */
import { join } from 'node:path';
import { dynamoItems } from '../lib/adapters/dynamo/items.ts';
import type { TaskDefinition } from '../lib/domain/definition/definitions.ts';
import type { Children } from '../local/children.ts';
import { answersDynamodb, dynamodbClient } from '../local/dynamodb.ts';
import { freePorts } from '../local/ports.ts';
import { createMissingTables, readTables } from '../local/tables.ts';
import { waitUntil } from '../local/wait-until.ts';
import { TABLE_NAMES } from './table-names.ts';

const READY_MS = 30_000;

export interface BenchTables {
  readonly endpoint: string;
  readonly definitionsTable: string;
  readonly jobsTable: string;
  putTask(task: TaskDefinition): Promise<void>;
}

export async function startTables(children: Children, logDir: string): Promise<BenchTables> {
  const [port = 0] = await freePorts(1);
  const child = children.start({
    name: 'The embedded DynamoDB',
    command: process.execPath,
    args: ['--import', 'tsx', join(import.meta.dirname, 'dynamodb-process.ts'), String(port)],
    logFile: join(logDir, 'dynamodb.log'),
    cwd: join(import.meta.dirname, '..'),
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntil(child.name, () => answersDynamodb(endpoint), { timeoutMs: READY_MS, needs: [child] });
  const client = dynamodbClient(endpoint);
  await createMissingTables(client, readTables(TABLE_NAMES));
  const items = dynamoItems(client);
  const putTask = async (task: TaskDefinition): Promise<void> => {
    const Item = { pk: `TASK#${task.id}`, sk: 'TASK', schemaVersion: 1, ...task };
    await items.put({ TableName: TABLE_NAMES.DefinitionsTable, Item });
  };
  return { endpoint, definitionsTable: TABLE_NAMES.DefinitionsTable, jobsTable: TABLE_NAMES.JobsTable, putTask };
}

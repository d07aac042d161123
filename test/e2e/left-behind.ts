/** Everything that a stack has left behind: items of all tables, its log and other files, and what Flink was asked. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { dynamodbClient } from '../../local/dynamodb.ts';
import type { GatewayRecorder, SentRequest } from '../live/gateway-recorder.ts';
import type { Place } from './planted.ts';

/** Of every table that the endpoint has. An item is called "pk/sk". */
export async function itemsAt(endpoint: string): Promise<Place[]> {
  const base = dynamodbClient(endpoint);
  const client = DynamoDBDocumentClient.from(base);
  const { TableNames = [] } = await base.send(new ListTablesCommand({}));
  const pages = await Promise.all(
    TableNames.map(async (TableName) => {
      const { Items = [], LastEvaluatedKey } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
      if (LastEvaluatedKey !== undefined) throw new Error(`${TableName} has more items than one page.`);
      return Items.map((item) => toItem(item));
    }),
  );
  base.destroy();
  return pages.flat();
}

function toItem(item: Record<string, unknown>): Place {
  const readable = (_key: string, value: unknown): unknown =>
    value instanceof Set ? [...(value as Set<unknown>)] : value;
  return { kind: 'item', name: `${String(item['pk'])}/${String(item['sk'])}`, text: JSON.stringify(item, readable) };
}

/** As they are, byte by byte. */
export function filesBelow(folder: string): Place[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return found.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { kind: 'file', name: relative(folder, path), text: readFileSync(path, 'latin1') };
  });
}

/** A request in parts, since a value may stand in some of them: statements, and options of the session. */
export function requestsOf({ requests }: GatewayRecorder): Place[] {
  return requests.flatMap((request, at) => {
    const { statement, properties, executionConfig, ...rest } = bodyOf(request);
    const { method, path, headers } = request;
    const place = (kind: string, value: unknown): Place => ({
      kind,
      name: `${method} ${path} (${at})`,
      text: typeof value === 'string' ? value : JSON.stringify(value ?? null),
    });
    return [
      place('statement', statement ?? ''),
      place('options', { properties, executionConfig }),
      place('credentials', headers.authorization ?? ''),
      place('request', { method, path, ...rest, headers: { ...headers, authorization: '' } }),
    ];
  });
}

function bodyOf({ body }: SentRequest): Record<string, unknown> {
  return body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
}

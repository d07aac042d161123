/** The Definitions table as the submit path sees it: read only, strongly consistent. Bundled into Lambdas, so kept light. */
import { GetCommand, type GetCommandInput, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { DefinitionReader } from '../../domain/ports.ts';
import {
  type DefinitionByKind,
  type ItemKey,
  type NamedKind,
  namedKey,
  type NumberedKind,
  numberedKey,
} from './definition-keys.ts';
import { parseDefinition, type StoredItem } from './definition-schema.ts';
import { sendDefinition, type Sender } from './definition-send.ts';

export function definitionReader(client: Sender, tableName: string): DefinitionReader {
  const one = <K extends NumberedKind>(kind: K, id: number) =>
    readDefinition(client, tableName, kind, numberedKey(kind, id));
  const all = <K extends NamedKind>(kind: K) => readAll(client, tableName, kind);
  return {
    task: (id) => one('TASK', id),
    cluster: (id) => one('CLUSTER', id),
    clusterConfiguration: (id) => one('CLUSTER_CONFIGURATION', id),
    variables: () => all('VARIABLES'),
    databases: () => all('DATABASES'),
  };
}

export function toGet(tableName: string, key: ItemKey): GetCommandInput {
  return { TableName: tableName, Key: { pk: key.pk, sk: key.sk }, ConsistentRead: true };
}

export function toQuery(tableName: string, kind: NamedKind, after?: Record<string, unknown>): QueryCommandInput {
  return {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': namedKey(kind, '').pk },
    ConsistentRead: true,
    ...(after && { ExclusiveStartKey: after }),
  };
}

async function readDefinition<K extends NumberedKind>(
  client: Sender,
  tableName: string,
  kind: K,
  key: ItemKey,
): Promise<DefinitionByKind[K] | null> {
  const { Item } = await sendDefinition(tableName, () => client.send(new GetCommand(toGet(tableName, key))));
  return Item ? parseDefinition(kind, Item as StoredItem) : null;
}

async function readAll<K extends NamedKind>(
  client: Sender,
  tableName: string,
  kind: K,
): Promise<DefinitionByKind[K][]> {
  const found: DefinitionByKind[K][] = [];
  let after: Record<string, unknown> | undefined;
  do {
    const request = toQuery(tableName, kind, after);
    const page = await sendDefinition(tableName, () => client.send(new QueryCommand(request)));
    found.push(...(page.Items ?? []).map((item) => parseDefinition(kind, item as StoredItem)));
    after = page.LastEvaluatedKey;
  } while (after);
  return found;
}

/** The Definitions table as the submit path sees it: read only, strongly consistent. Bundled into Lambdas, so kept light. */
import type { DefinitionByKind, ItemKey, NamedKind, NumberedKind, StoredItem } from '../../domain/definition/kinds.ts';
import type { DefinitionReader } from '../../domain/ports.ts';
import { numberedKey } from './definition-keys.ts';
import { parseDefinition } from './definition-schema.ts';
import type { Item, Items, QueryInput } from './items.ts';
import type { GetInput } from './reads-together.ts';

export function definitionReader(items: Items, tableName: string): DefinitionReader {
  const one = <K extends NumberedKind>(kind: K, id: number) =>
    readDefinition(items, tableName, kind, numberedKey(kind, id));
  const all = <K extends NamedKind>(kind: K) => readAll(items, tableName, kind);
  return {
    within: (signal) => definitionReader(items.within(signal), tableName),
    task: (id) => one('TASK', id),
    cluster: (id) => one('CLUSTER', id),
    clusterConfiguration: (id) => one('CLUSTER_CONFIGURATION', id),
    variables: () => all('VARIABLES'),
    databases: () => all('DATABASES'),
  };
}

export function toGet(tableName: string, key: ItemKey): GetInput {
  return { TableName: tableName, Key: { pk: key.pk, sk: key.sk }, ConsistentRead: true };
}

export function toQuery(tableName: string, kind: NamedKind, after?: Item): QueryInput {
  return {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': kind },
    ConsistentRead: true,
    ...(after && { ExclusiveStartKey: after }),
  };
}

async function readDefinition<K extends NumberedKind>(
  items: Items,
  tableName: string,
  kind: K,
  key: ItemKey,
): Promise<DefinitionByKind[K] | null> {
  const item = await items.get(toGet(tableName, key));
  return item ? parseDefinition(kind, item as StoredItem) : null;
}

async function readAll<K extends NamedKind>(items: Items, tableName: string, kind: K): Promise<DefinitionByKind[K][]> {
  const found: DefinitionByKind[K][] = [];
  let after: Item | undefined;
  do {
    const page = await items.query(toQuery(tableName, kind, after));
    found.push(...page.items.map((item) => parseDefinition(kind, item as StoredItem)));
    after = page.after;
  } while (after);
  return found;
}

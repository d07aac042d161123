/** The Definitions table as the `dinghy` command sees it: reads everything, writes on conditions, deletes nothing. */
import {
  type AnyDefinition,
  isNumbered,
  type ItemKey,
  type Kind,
  type NumberedKind,
  type StoredItem,
} from '../../domain/definition/kinds.ts';
import { sameJson } from '../../domain/definition/same-json.ts';
import { statementSizeProblem } from '../../domain/definition/statement-size.ts';
import { AppError } from '../../domain/errors.ts';
import type { DefinitionWriter, Expected } from '../../domain/ports.ts';
import { counterKey, kindOfItem, namedKey, numberedKey, SCHEMA_VERSION } from './definition-keys.ts';
import { toGet } from './definition-reader.ts';
import type { Item, Items, PutInput, ScanInput, UpdateInput } from './items.ts';

export function definitionWriter(items: Items, tableName: string): DefinitionWriter {
  return {
    tableName,
    list: () => scanAll(items, tableName),
    async put(kind, definition, expected) {
      const request = toPut(tableName, kind, definition, expected);
      if (await items.put(request)) return 'written';
      // The SDK repeats a request whose answer was lost: the write that stands in the way may be this very one.
      const there = await items.get(toGet(tableName, keyOf(kind, definition)));
      return sameJson(there, request.Item) ? 'written' : 'conflict';
    },
    async nextId(kind) {
      const counted = await items.update(toNextId(tableName, kind));
      // Stryker disable next-line OptionalChaining: an update without a condition is never refused
      return Number(counted?.['n']);
    },
    async raiseCounter(kind, to) {
      // A failed condition is fine: the counter is already there.
      await items.update(toRaise(tableName, kind, to));
    },
  };
}

function keyOf(kind: Kind, definition: AnyDefinition): ItemKey {
  return isNumbered(kind) ? numberedKey(kind, (definition as { id: number }).id) : namedKey(kind, definition.name);
}

export function toPut(tableName: string, kind: Kind, definition: AnyDefinition, expected: Expected): PutInput {
  // Stryker disable next-line ConditionalExpression: no statement is as good as an empty one
  if ('statement' in definition) refuseTooLarge(definition.name, definition.statement);
  const Item = { ...keyOf(kind, definition), schemaVersion: SCHEMA_VERSION, ...definition };
  if (expected === 'anything') return { TableName: tableName, Item };
  if (expected === 'nothing') return { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    TableName: tableName,
    Item,
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': expected.version },
  };
}

export function toNextId(tableName: string, kind: NumberedKind): UpdateInput {
  return {
    TableName: tableName,
    Key: { ...counterKey(kind) },
    UpdateExpression: 'ADD n :one SET schemaVersion = :schema',
    ExpressionAttributeValues: { ':one': 1, ':schema': SCHEMA_VERSION },
    ReturnValues: 'UPDATED_NEW',
  };
}

export function toRaise(tableName: string, kind: NumberedKind, to: number): UpdateInput {
  return {
    TableName: tableName,
    Key: { ...counterKey(kind) },
    UpdateExpression: 'SET n = :to, schemaVersion = :schema',
    ConditionExpression: 'attribute_not_exists(n) OR n < :to',
    ExpressionAttributeValues: { ':to': to, ':schema': SCHEMA_VERSION },
  };
}

function toScan(tableName: string, after?: Item): ScanInput {
  return { TableName: tableName, ConsistentRead: true, ExclusiveStartKey: after };
}

async function scanAll(items: Items, tableName: string): Promise<{ kind: Kind; item: StoredItem }[]> {
  const found: { kind: Kind; item: StoredItem }[] = [];
  let after: Item | undefined;
  do {
    const page = await items.scan(toScan(tableName, after));
    for (const item of page.items as readonly StoredItem[]) {
      const kind = kindOfItem(item);
      if (kind) found.push({ kind, item });
    }
    after = page.after;
  } while (after);
  return found;
}

function refuseTooLarge(name: string, statement: string): void {
  const problem = statementSizeProblem(statement);
  if (problem) throw new AppError('sql.tooLarge', `Task "${name}": ${problem}`);
}

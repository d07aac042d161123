/** What writes cost in DynamoDB: of the table and of its indexes. The embedded one says the table's alone. */
import { Buffer } from 'node:buffer';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** As it goes over the wire: `{ S: 'text' }`, `{ N: '1' }`, `{ M: {…} }`. */
type Value = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, Value>>;

/** From the template's own description of a table. */
export function indexedTable({ KeySchema, GlobalSecondaryIndexes }: Described): IndexedTable {
  const keysOf = (schema: Described['KeySchema']): string[] =>
    (schema ?? []).map(({ AttributeName = '' }) => AttributeName);
  const indexes = (GlobalSecondaryIndexes ?? []).map((index) => ({
    key: keysOf(index.KeySchema),
    projected: index.Projection?.NonKeyAttributes ?? [],
  }));
  return { key: keysOf(KeySchema), indexes };
}

type Described = Pick<CreateTableCommandInput, 'KeySchema' | 'GlobalSecondaryIndexes'>;

export interface IndexedTable {
  /** Of its primary key. */
  readonly key: readonly string[];
  readonly indexes: readonly Index[];
}

interface Index {
  readonly key: readonly string[];
  /** Attributes that it has besides the keys. */
  readonly projected: readonly string[];
}

const UNIT_BYTES = 1024;

/** `before`, `after`: the item; null: there is none. */
export function writeUnits(table: IndexedTable, before: Item | null, after: Item | null): number {
  const ofTable = Math.max(units(before), units(after), 1);
  return table.indexes.reduce((sum, index) => {
    return sum + indexUnits(index, entry(table, index, before), entry(table, index, after));
  }, ofTable);
}

function indexUnits({ key }: Index, before: Item | null, after: Item | null): number {
  if (before === null || after === null) return units(before) + units(after);
  // An entry whose key changes is deleted and written anew.
  if (!isSame(key, before, after)) return units(before) + units(after);
  return isSame(Object.keys({ ...before, ...after }), before, after) ? 0 : Math.max(units(before), units(after));
}

/** The item as an index has it; null: it is not in the index. */
function entry(table: IndexedTable, { key, projected }: Index, item: Item | null): Item | null {
  if (item === null || key.some((name) => item[name] === undefined)) return null;
  const names = new Set([...table.key, ...key, ...projected]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

function isSame(names: readonly string[], one: Item, other: Item): boolean {
  return names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

function units(item: Item | null): number {
  return item === null ? 0 : Math.ceil(itemBytes(item) / UNIT_BYTES);
}

export function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);
}

/** As DynamoDB's guide counts: a number takes a byte for two digits, a list or map three and one for each element. */
function valueSize(value: Value): number {
  const [[type, content] = ['NULL', true]] = Object.entries(value);
  if (type === 'NULL' || type === 'BOOL') return 1;
  if (type === 'N') return Math.ceil(String(content).length / 2) + 1;
  if (type === 'M') return 3 + Object.keys(content as Item).length + itemBytes(content as Item);
  if (type === 'L') return (content as Value[]).reduce((sum, one) => sum + 1 + valueSize(one), 3);
  if (Array.isArray(content)) return content.reduce((sum: number, one) => sum + Buffer.byteLength(String(one)), 0);
  return Buffer.byteLength(String(content));
}

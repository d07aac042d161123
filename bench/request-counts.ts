/** What DynamoDB was asked, and what it costs by the rules of its guide: requests, and units of reads and writes. */
import type { IncomingHttpHeaders } from 'node:http';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { type IndexedTable, indexedTable, type Item, itemBytes, writeUnits } from './write-units.ts';

export interface Counts {
  readonly requests: Readonly<Record<string, number>>;
  /** Half a unit for each 4 KB that need not be strongly consistent. */
  readonly readUnits: number;
  /** Of the table and of its indexes. */
  readonly writeUnits: number;
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

const READ_UNIT_BYTES = 4096;
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

interface Asked {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<
    Record<string, { readonly Keys: readonly Item[]; readonly ConsistentRead?: boolean }>
  >;
}

interface Answered {
  readonly Attributes?: Item;
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
}

/** Null: the request is none to DynamoDB. */
export function operationOf(headers: IncomingHttpHeaders): string | null {
  const name = headers['x-amz-target'];
  return typeof name === 'string' ? (name.split('.')[1] ?? null) : null;
}

/** Lets an update tell the item after it. The embedded DynamoDB does not check the signature of what it is asked. */
export function tellingAll(operation: string, body: string): string {
  if (operation !== 'UpdateItem') return body;
  return JSON.stringify({ ...(JSON.parse(body) as object), ReturnValues: 'ALL_NEW' });
}

export class RequestCounts {
  readonly #tables: ReadonlyMap<string, IndexedTable>;
  /** By table and key: items that were written while this counted. */
  readonly #written = new Map<string, Item>();
  #counts: Counts = NOTHING;

  constructor(tables: readonly CreateTableCommandInput[]) {
    this.#tables = new Map(tables.map((table) => [table.TableName ?? '', indexedTable(table)]));
  }

  /** An update must have been sent as `tellingAll` makes it, so that its reply says what was written. */
  add(operation: string, request: string, { status, body }: Reply): void {
    const [asked, answered] = [JSON.parse(request) as Asked, JSON.parse(body) as Answered];
    const { requests, readUnits, writeUnits: written } = this.#counts;
    this.#counts = {
      requests: { ...requests, [operation]: (requests[operation] ?? 0) + 1 },
      readUnits: readUnits + readUnitsOf(asked, answered, operation),
      writeUnits: written + (WRITES.has(operation) ? this.#write(asked, status === 200 ? answered : null) : 0),
    };
  }

  /** Since the last time. */
  take(): Counts {
    const counts = this.#counts;
    this.#counts = NOTHING;
    return counts;
  }

  /** `answered` null: a condition has failed, which changes nothing and costs what the item costs. */
  #write({ TableName, Item, Key }: Asked, answered: Answered | null): number {
    const table = this.#tables.get(TableName);
    if (table === undefined) throw new Error(`${TableName} is no table of serverless.yml.`);
    const id = JSON.stringify([TableName, ...table.key.map((name) => (Key ?? Item)?.[name])]);
    const before = this.#written.get(id) ?? null;
    const after = answered === null ? before : (Item ?? answered.Attributes ?? null);
    if (after === null) this.#written.delete(id);
    else this.#written.set(id, after);
    return writeUnits(table, before, after);
  }
}

const NOTHING: Counts = { requests: {}, readUnits: 0, writeUnits: 0 };

function readUnitsOf(asked: Asked, answered: Answered, operation: string): number {
  switch (operation) {
    case 'GetItem':
      return unitsOf(answered.Item === undefined ? [] : [answered.Item], asked.ConsistentRead);
    case 'BatchGetItem':
      return Object.entries(asked.RequestItems ?? {}).reduce((sum, [table, { Keys, ConsistentRead }]) => {
        const found = answered.Responses?.[table] ?? [];
        // What is not there costs as well. Each item is rounded up by itself.
        const absent = unitsOf([], ConsistentRead) * (Keys.length - found.length);
        return found.reduce((units, item) => units + unitsOf([item], ConsistentRead), sum + absent);
      }, 0);
    case 'Query':
    case 'Scan':
      return unitsOf(answered.Items ?? [], asked.ConsistentRead);
    default:
      return 0;
  }
}

/** The items of one request together. */
function unitsOf(items: readonly Item[], isConsistent = false): number {
  const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (isConsistent ? 1 : 0.5);
}

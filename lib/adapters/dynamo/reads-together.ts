/**
 * Reads that begin in the same moment go out as one request: a task and its claims, the definitions that a task refers to, a
 * body and its rows. One request costs less computing time than two, and needs one connection where two would be opened.
 */
import type { GetCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Commands } from './commands.ts';

type Item = Record<string, unknown>;
type Read = (input: GetCommandInput, signal: AbortSignal | undefined) => Promise<Item | undefined>;

/** A strongly consistent read of a whole item: what a batch can ask for. */
type PlainRead = GetCommandInput & { readonly TableName: string; readonly Key: Item };

interface Waiting {
  readonly input: PlainRead;
  readonly signal: AbortSignal | undefined;
  resolve(item: Item | undefined): void;
  reject(error: unknown): void;
}

/** The most that DynamoDB takes in one request. */
const MAX_KEYS = 100;

export function readsTogether(commands: Pick<Commands, 'get' | 'batchGet'>): Read {
  let waiting: Waiting[] = [];
  const alone: Read = async (input, signal) => (await commands.get(input, signal)).Item;
  const flush = (): void => {
    const begun = waiting;
    waiting = [];
    for (const group of grouped(begun)) answerEach(commands, alone, group);
  };
  return (input, signal) => {
    if (!isPlain(input)) return alone(input, signal);
    return new Promise((resolve, reject) => {
      // After everything that begins in this moment.
      if (waiting.length === 0) queueMicrotask(flush);
      waiting.push({ input, signal, resolve, reject });
    });
  };
}

function isPlain(input: GetCommandInput): input is PlainRead {
  const { TableName, Key, ConsistentRead, ...more } = input;
  return TableName !== undefined && Key !== undefined && ConsistentRead === true && Object.keys(more).length === 0;
}

/** By the signal that ends them, at most as many as fit in a request. */
function grouped(reads: readonly Waiting[]): Waiting[][] {
  const groups: Waiting[][] = [];
  for (const read of reads) {
    const open = groups.find((group) => group[0]?.signal === read.signal && group.length < MAX_KEYS);
    if (open === undefined) groups.push([read]);
    else open.push(read);
  }
  return groups;
}

function answerEach(commands: Pick<Commands, 'batchGet'>, alone: Read, reads: readonly Waiting[]): void {
  const found = reads.length === 1 ? Promise.resolve(NONE) : batch(commands, reads);
  const read = async ({ input, signal }: Waiting): Promise<Item | undefined> => {
    const item = (await found).get(nameOf(input.TableName, input.Key));
    return item === undefined ? await alone(input, signal) : (item ?? undefined);
  };
  for (const each of reads) read(each).then(each.resolve, each.reject);
}

/** Null: there is no such item. Those that are missing here must be read alone. */
type Found = ReadonlyMap<string, Item | null>;

const NONE: Found = new Map();

/** These may concern one of the tables alone: it does not exist, or may not be read this way. */
const OF_ONE_TABLE = new Set(['AccessDeniedException', 'ResourceNotFoundException', 'ValidationException']);

async function batch({ batchGet }: Pick<Commands, 'batchGet'>, reads: readonly Waiting[]): Promise<Found> {
  const items = new Map<string, Item | null>();
  try {
    const { Responses = {}, UnprocessedKeys = {} } = await batchGet({ RequestItems: asked(reads) }, reads[0]?.signal);
    // A table that is asked for by its ARN may be answered by its name: then nobody knows what is not there.
    const tables = new Set(reads.map(({ input }) => input.TableName));
    if (Object.keys(Responses).some((table) => !tables.has(table))) return NONE;
    for (const { input } of reads) items.set(nameOf(input.TableName, input.Key), null);
    for (const [table, some] of Object.entries(Responses)) {
      for (const item of some) items.set(nameOf(table, item), item);
    }
    // Stryker disable next-line ArrayDeclaration: DynamoDB names keys of each table; its type does not say so
    for (const [table, { Keys = [] }] of Object.entries(UnprocessedKeys)) {
      for (const key of Keys) items.delete(nameOf(table, key));
    }
    return items;
  } catch (error) {
    if (error instanceof Error && OF_ONE_TABLE.has(error.name)) return NONE;
    throw error;
  }
}

/** DynamoDB refuses a request that names a key twice. */
function asked(reads: readonly Waiting[]): Record<string, { Keys: Item[]; ConsistentRead: true }> {
  const once = new Map(reads.map(({ input }) => [nameOf(input.TableName, input.Key), input]));
  const tables: Record<string, { Keys: Item[]; ConsistentRead: true }> = {};
  for (const { TableName, Key } of once.values()) {
    (tables[TableName] ??= { Keys: [], ConsistentRead: true }).Keys.push(Key);
  }
  return tables;
}

function nameOf(table: string, { pk, sk }: Item): string {
  return JSON.stringify([table, pk, sk]);
}

/**
 * Reads that begin in the same moment go out as one request: a task and its claims, the definitions that a task refers to, a
 * body and its rows. One request costs less computing time than two, and needs one connection where two would be opened.
 */
import type { GetCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Log } from '../../domain/ports.ts';
import type { Commands } from './commands.ts';

type Item = Record<string, unknown>;

export type GetInput = Readonly<GetCommandInput> & { readonly TableName: string; readonly Key: Item };

type Read = (input: GetInput, signal: AbortSignal | undefined) => Promise<Item | undefined>;

interface Waiting {
  readonly input: GetInput;
  resolve(item: Item | undefined): void;
  reject(error: unknown): void;
}

/** Reads that end with one signal, at most as many as fit in a request. */
interface Group {
  readonly signal: AbortSignal | undefined;
  readonly reads: Waiting[];
}

/** The most that DynamoDB takes in one request. */
const MAX_KEYS = 100;

/**
 * `log` is told when the role has no right to read several items with one request. Then this is not asked for again, because
 * each such request would be one more, for nothing.
 */
export function readsTogether(commands: Pick<Commands, 'get' | 'batchGet'>, log: Pick<Log, 'warn'>): Read {
  let groups: Group[] = [];
  let isDenied = false;
  const alone: Read = async (input, signal) => (await commands.get(input, signal)).Item;
  const deny = (error: Error): void => {
    if (isDenied) return;
    isDenied = true;
    log.warn('several items may not be read with one request: from now on each is read by itself', {
      error: error.message,
    });
  };
  const flush = (): void => {
    const begun = groups;
    groups = [];
    for (const group of begun) answerEach(group, alone, batch(commands, group, deny));
  };
  return (input, signal) => {
    if (isDenied || !isPlain(input)) return alone(input, signal);
    return new Promise((resolve, reject) => {
      // Stryker disable next-line ConditionalExpression: a second flush finds nothing to do
      if (groups.length === 0) queueMicrotask(flush); // After everything that begins in this moment.
      groupOf(signal, groups).reads.push({ input, resolve, reject });
    });
  };
}

/** A strongly consistent read of a whole item: what a batch can ask for. */
function isPlain(input: GetInput): boolean {
  return input.ConsistentRead === true && Object.keys(input).every((member) => PLAIN.has(member));
}

const PLAIN: ReadonlySet<string> = new Set(['TableName', 'Key', 'ConsistentRead']);

/** The one that a read with this signal joins. */
function groupOf(signal: AbortSignal | undefined, groups: Group[]): Group {
  const open = groups.find((group) => group.signal === signal && group.reads.length < MAX_KEYS);
  if (open !== undefined) return open;
  const group: Group = { signal, reads: [] };
  groups.push(group);
  return group;
}

function answerEach({ signal, reads }: Group, alone: Read, found: Promise<Found>): void {
  const read = async ({ input }: Waiting): Promise<Item | undefined> => {
    const item = (await found).get(nameOf(input.TableName, input.Key));
    return item === undefined ? await alone(input, signal) : (item ?? undefined);
  };
  for (const each of reads) read(each).then(each.resolve, each.reject);
}

/** Null: there is no such item. Those that are missing here must be read alone. */
type Found = ReadonlyMap<string, Item | null>;

const NONE: Found = new Map();

const ACCESS_DENIED = 'AccessDeniedException';

/** These may concern one of the tables alone: it does not exist, or may not be read this way. */
const OF_ONE_TABLE = new Set([ACCESS_DENIED, 'ResourceNotFoundException', 'ValidationException']);

async function batch(
  { batchGet }: Pick<Commands, 'batchGet'>,
  { signal, reads }: Group,
  deny: (error: Error) => void,
): Promise<Found> {
  if (reads.length === 1) return NONE;
  try {
    return foundIn(await batchGet({ RequestItems: asked(reads) }, signal), reads);
  } catch (error) {
    if (!(error instanceof Error && OF_ONE_TABLE.has(error.name))) throw error;
    if (error.name === ACCESS_DENIED) deny(error);
    return NONE;
  }
}

type Answer = Awaited<ReturnType<Commands['batchGet']>>;

function foundIn({ Responses = {}, UnprocessedKeys = {} }: Answer, reads: readonly Waiting[]): Found {
  const items = new Map<string, Item | null>();
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

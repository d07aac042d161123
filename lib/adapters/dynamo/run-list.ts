/**
 * Runs for people to look at, newest first. Indexes and the counter only say where to look: what is shown comes from
 * strongly consistent reads of the heads (protocol.md section 2, rule 4). Never a scan.
 */
import { BatchGetCommand, type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../../domain/errors.ts';
import { isFinal } from '../../domain/job-status.ts';
import type { RunHead } from '../../domain/run.ts';
import { INTENT_PARTITIONS, LIVE_PARTITIONS } from '../../domain/settle.ts';
import { fromHeadItem } from './job-items.ts';
import { headKey, runCounterKey } from './job-keys.ts';

export interface RunsWanted {
  readonly taskId: number | null;
  /** Only those that are not final. */
  readonly live: boolean;
  readonly limit: number;
  /** Only runs with a smaller number: the last one of the page before. */
  readonly after: number | null;
}

export interface RunPage {
  readonly runs: readonly RunHead[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

export interface RunList {
  /** Also of a number that never became a run (VOID). */
  run(id: number): Promise<RunHead | null>;
  runs(wanted: RunsWanted): Promise<RunPage>;
}

/** Up to `count` numbers below `before`, largest first; fewer than `count` only at the end. */
type Numbers = (before: number | null, count: number) => Promise<number[]>;

/** BatchGet takes 100. Repeats use up numbers too, so that there may be more numbers than runs by far. */
const NUMBERS_AT_ONCE = 100;

export function runList(client: DynamoDBDocumentClient, table: string): RunList {
  const numbersOf = ({ taskId, live }: RunsWanted): Numbers => {
    if (live) return (before, count) => liveNumbers(client, table, before, count);
    if (taskId !== null) return (before, count) => indexed(client, table, ofTask(taskId), before, count);
    return (before, count) => countedNumbers(client, table, before, count);
  };
  return {
    run: async (id) => {
      const request = new GetCommand({ TableName: table, Key: headKey(id), ConsistentRead: true });
      return fromHeadItem((await answered(table, client.send(request))).Item);
    },

    runs: async (wanted) => {
      const { limit } = wanted;
      const numbers = numbersOf(wanted);
      const found: RunHead[] = [];
      let before = wanted.after;
      // One more than asked for tells whether there is another page.
      for (let end = false; !end && found.length <= limit;) {
        const count = Math.min(NUMBERS_AT_ONCE, Math.max(limit + 1 - found.length, LEAST_AT_ONCE));
        const ids = await numbers(before, count);
        found.push(...(await readHeads(client, table, ids)).filter((head) => isWanted(head, wanted)));
        before = ids.at(-1) ?? before;
        end = ids.length < count;
      }
      return { runs: found.slice(0, limit), more: found.length > limit };
    },
  };
}

/** The newest numbers may all be of repeats: then a small page would take as many questions as it has rows. */
const LEAST_AT_ONCE = 25;

function isWanted(head: RunHead, { taskId, live }: RunsWanted): boolean {
  if (head.status === 'VOID' || (live && isFinal(head.status))) return false;
  return taskId === null || head.taskId === taskId;
}

/** Every number that was ever given out, whether or not it became a run. */
async function countedNumbers(
  client: DynamoDBDocumentClient,
  table: string,
  before: number | null,
  count: number,
): Promise<number[]> {
  const newest = before === null ? await lastNumber(client, table) : before - 1;
  return Array.from({ length: Math.max(0, Math.min(count, newest)) }, (_, i) => newest - i);
}

async function lastNumber(client: DynamoDBDocumentClient, table: string): Promise<number> {
  const request = new GetCommand({ TableName: table, Key: runCounterKey, ConsistentRead: true });
  return Number((await answered(table, client.send(request))).Item?.['n'] ?? 0);
}

async function liveNumbers(
  client: DynamoDBDocumentClient,
  table: string,
  before: number | null,
  count: number,
): Promise<number[]> {
  const partitions = [...INTENT_PARTITIONS, ...LIVE_PARTITIONS];
  const found = await Promise.all(partitions.map((name) => indexed(client, table, inPartition(name), before, count)));
  // A run that is just being confirmed may be in two partitions for a moment.
  return [...new Set(found.flat())].sort((a, b) => b - a).slice(0, count);
}

interface IndexPart {
  readonly IndexName: string;
  readonly attribute: string;
  readonly value: string | number;
}

const ofTask = (taskId: number): IndexPart => ({ IndexName: 'byTask', attribute: 'taskId', value: taskId });
const inPartition = (name: string): IndexPart => ({ IndexName: 'active', attribute: 'active', value: name });

async function indexed(
  client: DynamoDBDocumentClient,
  table: string,
  { IndexName, attribute, value }: IndexPart,
  before: number | null,
  count: number,
): Promise<number[]> {
  const older = before === null ? '' : ' AND id < :before';
  const request = new QueryCommand({
    TableName: table,
    IndexName,
    KeyConditionExpression: `#part = :part${older}`,
    ExpressionAttributeNames: { '#part': attribute },
    ExpressionAttributeValues: { ':part': value, ...(before === null ? {} : { ':before': before }) },
    ScanIndexForward: false,
    Limit: count,
  });
  return ((await answered(table, client.send(request))).Items ?? []).map((item) => Number(item['id']));
}

/** Those that exist, in the order of their numbers as given. */
async function readHeads(client: DynamoDBDocumentClient, table: string, ids: readonly number[]): Promise<RunHead[]> {
  const found = new Map<number, RunHead>();
  // DynamoDB may leave some of them for the next time.
  let keys: Record<string, unknown>[] = ids.map((id) => ({ ...headKey(id) }));
  while (keys.length > 0) {
    const request = new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } });
    const answer = await answered(table, client.send(request));
    for (const item of answer.Responses?.[table] ?? []) {
      const head = fromHeadItem(item);
      if (head !== null) found.set(head.id, head);
    }
    keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

async function answered<T>(table: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    throw new AppError('store.unavailable', unavailableText(table, cause), { cause });
  }
}

function unavailableText(table: string, cause: unknown): string {
  const name = cause instanceof Error ? cause.name : 'unknown error';
  if (name === 'ResourceNotFoundException') return `The jobs table "${table}" does not exist.`;
  return `The jobs table "${table}" did not answer (${name}). Try again.`;
}

/**
 * Runs for people to look at, newest first. Indexes and the counter only say where to look: what is shown comes from
 * strongly consistent reads of the heads (protocol.md section 2, rule 4). Never a scan.
 */
import { isFinal } from '../../domain/job-status.ts';
import type { RunHead } from '../../domain/run.ts';
import { INTENT_PARTITIONS, LIVE_PARTITIONS, OLD_WATCH, WATCH_PARTITIONS } from '../../domain/settle.ts';
import type { Item, Items } from './items.ts';
import { fromHeadItem } from './job-items.ts';
import { headKey, runCounterKey } from './job-keys.ts';
import { tableAccess } from './table-access.ts';

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
  /** Runs that were given up and whose job goes on beside the one that took their place, by number. */
  twins(): Promise<RunHead[]>;
}

/** Up to `count` numbers below `before`, largest first; fewer than `count` only at the end. */
type Numbers = (before: number | null, count: number) => Promise<number[]>;

/** BatchGet takes 100. Repeats use up numbers too, so that there may be more numbers than runs by far. */
const NUMBERS_AT_ONCE = 100;

export function runList(items: Items, table: string): RunList {
  const numbersOf = ({ taskId, live }: RunsWanted): Numbers => {
    if (live) return (before, count) => liveNumbers(items, table, before, count);
    if (taskId !== null) return (before, count) => indexed(items, table, ofTask(taskId), before, count);
    return (before, count) => countedNumbers(items, table, before, count);
  };
  return {
    run: async (id) => fromHeadItem(await tableAccess(items, table).read(headKey(id))),

    runs: async (wanted) => {
      const { limit } = wanted;
      const numbers = numbersOf(wanted);
      const found: RunHead[] = [];
      let before = wanted.after;
      // One more than asked for tells whether there is another page.
      for (let end = false; !end && found.length <= limit;) {
        const count = Math.min(NUMBERS_AT_ONCE, Math.max(limit + 1 - found.length, LEAST_AT_ONCE));
        const ids = await numbers(before, count);
        found.push(...(await readHeads(items, table, ids)).filter((head) => isWanted(head, wanted)));
        before = ids.at(-1) ?? before;
        end = ids.length < count;
      }
      return { runs: found.slice(0, limit), more: found.length > limit };
    },

    twins: async () => {
      const watched = await watchedHeads(items, table);
      return watched.filter(({ twinSince }) => twinSince !== null).sort((a, b) => a.id - b.id);
    },
  };
}

/** Few runs are watched, and for days at most. */
async function watchedHeads(items: Items, table: string): Promise<RunHead[]> {
  const heads: RunHead[] = [];
  for (const partition of [OLD_WATCH, ...WATCH_PARTITIONS]) {
    for (let before: number | null = null, end = false; !end;) {
      const ids: number[] = await indexed(items, table, inPartition(partition), before, NUMBERS_AT_ONCE);
      heads.push(...(await readHeads(items, table, ids)));
      before = ids.at(-1) ?? before;
      end = ids.length < NUMBERS_AT_ONCE;
    }
  }
  return heads;
}

/** The newest numbers may all be of repeats: then a small page would take as many questions as it has rows. */
const LEAST_AT_ONCE = 25;

function isWanted(head: RunHead, { taskId, live }: RunsWanted): boolean {
  if (head.status === 'VOID' || (live && isFinal(head.status))) return false;
  return taskId === null || head.taskId === taskId;
}

/** Every number that was ever given out, whether or not it became a run. */
async function countedNumbers(items: Items, table: string, before: number | null, count: number): Promise<number[]> {
  const newest = before === null ? await lastNumber(items, table) : before - 1;
  return Array.from({ length: Math.max(0, Math.min(count, newest)) }, (_, i) => newest - i);
}

async function lastNumber(items: Items, table: string): Promise<number> {
  const counter = await tableAccess(items, table).read(runCounterKey);
  return Number(counter?.['n'] ?? 0);
}

async function liveNumbers(items: Items, table: string, before: number | null, count: number): Promise<number[]> {
  const partitions = [...INTENT_PARTITIONS, ...LIVE_PARTITIONS];
  const found = await Promise.all(partitions.map((name) => indexed(items, table, inPartition(name), before, count)));
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
  items: Items,
  table: string,
  { IndexName, attribute, value }: IndexPart,
  before: number | null,
  count: number,
): Promise<number[]> {
  const older = before === null ? '' : ' AND id < :before';
  const page = await items.query({
    TableName: table,
    IndexName,
    KeyConditionExpression: `#part = :part${older}`,
    ExpressionAttributeNames: { '#part': attribute },
    ExpressionAttributeValues: { ':part': value, ...(before === null ? {} : { ':before': before }) },
    ScanIndexForward: false,
    Limit: count,
  });
  return page.items.map((item) => Number(item['id']));
}

/** Those that exist, in the order of their numbers as given. */
async function readHeads(items: Items, table: string, ids: readonly number[]): Promise<RunHead[]> {
  const found = new Map<number, RunHead>();
  // DynamoDB may leave some of them for the next time.
  let keys: readonly Item[] = ids.map((id) => ({ ...headKey(id) }));
  while (keys.length > 0) {
    const answer = await items.getAll(table, keys);
    for (const item of answer.items) {
      const head = fromHeadItem(item);
      if (head !== null) found.set(head.id, head);
    }
    keys = answer.left;
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

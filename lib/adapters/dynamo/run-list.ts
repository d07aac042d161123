/**
 * Runs for people to look at, newest first. Indexes and the counter only say where to look: what is shown comes from
 * strongly consistent reads of the heads (protocol.md section 2, rule 4). Never a scan.
 */
import { shownStatus } from '../../domain/answer.ts';
import type { RunList } from '../../domain/ports.ts';
import {
  INTENT_PARTITIONS,
  LIVE_PARTITIONS,
  WATCH_PARTITIONS,
  WISH_PARTITIONS,
} from '../../domain/run/active-partitions.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { RunPage, RunsWanted } from '../../domain/run/run-page.ts';
import { isFinal } from '../../domain/run/status.ts';
import { placeOf } from './index-place.ts';
import { counterSchema } from './item-schemas.ts';
import type { Item, Items } from './items.ts';
import { fromHeadItem, readHead, readRow } from './job-items.ts';
import { headKey, runCounterKey } from './job-keys.ts';
import { readEach, readItem } from './read-item.ts';
import { tableAccess } from './table-access.ts';

/** Where a run stands in its index, and what says so. Its number is that of its key; null: it has none. */
interface Row {
  readonly at: number;
  readonly id: number | null;
  readonly problem: string | null;
}

/** A head, or why it can't be read. */
type Entry = { readonly head: RunHead } | { readonly problem: string };

/** Up to `count` rows below the place `before`, largest first; fewer than `count` only at the end. */
type Rows = (before: number | null, count: number) => Promise<Row[]>;

/** BatchGet takes 100. Repeats use up numbers too, so that there may be more numbers than runs by far. */
const ROWS_AT_ONCE = 100;

/** What a page reads at most: a rare status must not make it read the whole table. */
const MAX_ROWS_READ = 2_000;

/** Numbers are drawn in the order of time. An intent is written up to this long after its number was drawn. */
const NUMBER_AHEAD_MS = 3_600_000;

export function runList(items: Items, table: string): RunList {
  const rowsOf = ({ taskId, live }: RunsWanted): Rows => {
    if (live) return (before, count) => liveRows(items, table, before, count);
    if (taskId !== null) return (before, count) => indexed(items, table, ofTask(taskId), { before, count });
    return (before, count) => countedRows(items, table, before, count);
  };
  return {
    within: (signal) => runList(items.within(signal), table),

    run: async (id) => fromHeadItem(await tableAccess(items, table).read(headKey(id))),

    runs: async (wanted) => {
      const rows = rowsOf(wanted);
      const found: Entry[] = [];
      let before = wanted.after;
      let read = 0;
      let end = false;
      // One more than asked for tells whether there is another page.
      while (!end && headsOf(found).length <= wanted.limit && read < MAX_ROWS_READ) {
        const missing = wanted.limit + 1 - headsOf(found).length;
        const count = Math.min(ROWS_AT_ONCE, Math.max(missing, MIN_AT_ONCE));
        const next = await rows(before, count);
        const entries = await readHeads(items, table, next);
        found.push(...entries.filter((entry) => isWanted(entry, wanted)));
        read += next.length;
        before = next.at(-1)?.at ?? before;
        end = next.length < count || headsOf(entries).some((head) => isLongBefore(head, wanted.since));
      }
      return toPage(found, wanted.limit, end ? null : before);
    },

    twins: async () => {
      const watched = await watchedHeads(items, table);
      const runs = headsOf(watched).filter(({ twinSince }) => twinSince !== null);
      return { runs: runs.sort((a, b) => a.id - b.id), unreadable: problemsOf(watched) };
    },
  };
}

/** `goOn`: where the rows go on that were not read; null: all were. */
function toPage(found: readonly Entry[], limit: number, goOn: number | null): RunPage {
  const heads = headsOf(found);
  if (heads.length <= limit) return { runs: heads, next: goOn, unreadable: problemsOf(found) };
  const runs = heads.slice(0, limit);
  const last = runs.at(-1);
  // What comes after the last run belongs to the next page.
  const end = found.findIndex((entry) => 'head' in entry && entry.head === last);
  return { runs, next: last?.id ?? null, unreadable: problemsOf(found.slice(0, end)) };
}

/** Runs with smaller numbers are older still. */
function isLongBefore({ intentAt, status }: RunHead, since: number | null): boolean {
  return since !== null && status !== 'VOID' && intentAt < since - NUMBER_AHEAD_MS;
}

function headsOf(entries: readonly Entry[]): RunHead[] {
  return entries.flatMap((entry) => ('head' in entry ? [entry.head] : []));
}

/** Each one once: a row whose number is wrong may be met twice. */
function problemsOf(entries: readonly Entry[]): string[] {
  return [...new Set(entries.flatMap((entry) => ('problem' in entry ? [entry.problem] : [])))];
}

/** Few runs are watched, and for days at most. */
async function watchedHeads(items: Items, table: string): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const partition of WATCH_PARTITIONS) {
    for (let before: number | null = null, end = false; !end;) {
      const rows: Row[] = await indexed(items, table, inPartition(partition), { before, count: ROWS_AT_ONCE });
      found.push(...(await readHeads(items, table, rows)));
      before = rows.at(-1)?.at ?? before;
      end = rows.length < ROWS_AT_ONCE;
    }
  }
  return found;
}

/** The newest numbers may all be of repeats: then a small page would take as many questions as it has rows. */
const MIN_AT_ONCE = 25;

function isWanted(entry: Entry, { taskId, live, statuses, since, maySee }: RunsWanted): boolean {
  if ('problem' in entry) return true;
  const { head } = entry;
  if (head.status === 'VOID' || (live && isFinal(head.status))) return false;
  if (!maySee(head.taskId) || (since !== null && head.intentAt < since)) return false;
  return (taskId === null || head.taskId === taskId) && (statuses?.includes(shownStatus(head)) ?? true);
}

/** Every number that was ever given out, whether or not it became a run. */
async function countedRows(items: Items, table: string, before: number | null, count: number): Promise<Row[]> {
  const newest = before === null ? await lastNumber(items, table) : before - 1;
  const numbers = Array.from({ length: Math.max(0, Math.min(count, newest)) }, (_, i) => newest - i);
  return numbers.map((id) => ({ at: id, id, problem: null }));
}

async function lastNumber(items: Items, table: string): Promise<number> {
  const counter = await tableAccess(items, table).read(runCounterKey);
  return counter === undefined ? 0 : readItem(counterSchema, counter).n;
}

async function liveRows(items: Items, table: string, before: number | null, count: number): Promise<Row[]> {
  const partitions = [...INTENT_PARTITIONS, ...WISH_PARTITIONS, ...LIVE_PARTITIONS];
  const found = await Promise.all(
    partitions.map((name) => indexed(items, table, inPartition(name), { before, count })),
  );
  const rows = found.flat().sort((a, b) => b.at - a.at);
  // A run that is just being confirmed may be in two partitions for a moment.
  return rows.filter(({ id }, i) => id === null || id !== rows[i - 1]?.id).slice(0, count);
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
  { before, count }: { readonly before: number | null; readonly count: number },
): Promise<Row[]> {
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
  return page.items.map((item) => {
    const { read, unreadable } = readEach([item], readRow);
    return { at: placeOf(item), id: read[0] ?? null, problem: unreadable[0]?.problem ?? null };
  });
}

/** Those that exist, in the order of their rows. */
async function readHeads(items: Items, table: string, rows: readonly Row[]): Promise<Entry[]> {
  const found = new Map<number, Entry>();
  // DynamoDB refuses a key that is asked for twice, and may leave some of them for the next time.
  const numbers = new Set(rows.flatMap(({ id }) => id ?? []));
  let keys: readonly Item[] = [...numbers].map((id) => ({ ...headKey(id) }));
  while (keys.length > 0) {
    const answer = await items.getAll(table, keys);
    const { read, unreadable } = readEach(answer.items, readHead);
    for (const head of read) found.set(head.id, { head });
    for (const { item, problem } of unreadable) found.set(readRow(item), { problem });
    keys = answer.left;
  }
  return rows.flatMap(({ id, problem }) => (problem === null ? (found.get(id ?? 0) ?? []) : { problem }));
}

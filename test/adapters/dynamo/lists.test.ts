/** Lists for people to look at: which runs and tasks are on a page, where the next one goes on, and how much is read for it. */
import { describe, expect, it } from 'vitest';
import type { Item, Items, QueryInput } from '../../../lib/adapters/dynamo/items.ts';
import { toHeadItem } from '../../../lib/adapters/dynamo/job-items.ts';
import { runList } from '../../../lib/adapters/dynamo/run-list.ts';
import { taskList } from '../../../lib/adapters/dynamo/task-list.ts';
import { MAX_ID } from '../../../lib/domain/limits.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { ANY_RUNS, type RunPage, type RunsWanted } from '../../../lib/domain/run/run-page.ts';
import { headAt } from '../../builders/a-head.ts';

const HOUR = 3_600_000;
const START = 1_700_000_000_000;

const KEYS: Readonly<Record<string, string>> = { byTask: 'taskId', active: 'active' };

/** A table that answers as DynamoDB does, and counts. Of each index it shows what has the attribute, largest number first. */
class Table {
  readonly heads = new Map<number, Item>();
  /** Rows of an index that are no more, or not yet, as the heads are. */
  readonly rows: Item[] = [];
  readonly asked: (readonly number[])[] = [];
  readonly queries: QueryInput[] = [];
  readonly signals: AbortSignal[] = [];
  newest = 0;
  /** So many of the keys of a request are answered at once. */
  answersAtOnce = 100;

  readonly items: Items = {
    within: (signal) => (this.signals.push(signal), this.items),
    get: ({ Key }) => {
      if (Key['pk'] === 'COUNTER') return Promise.resolve(this.newest === 0 ? undefined : { n: this.newest });
      return Promise.resolve([...this.heads.values()].find(({ pk }) => pk === Key['pk']));
    },
    getAll: (_table, keys) => {
      const wanted = keys.map(({ pk }) => String(pk));
      if (new Set(wanted).size < wanted.length || keys.length > 100) throw new Error('refused by DynamoDB');
      this.asked.push(wanted.map((pk) => Number(pk.slice('RUN#'.length))));
      const now = keys.slice(0, this.answersAtOnce);
      const items = now.flatMap((key): Item[] => [...this.heads.values()].filter(({ pk }) => pk === key['pk']));
      return Promise.resolve({ items: items.reverse(), left: keys.slice(this.answersAtOnce) });
    },
    query: (input) => {
      this.queries.push(input);
      if (input.IndexName === 'byKind') return Promise.resolve({ items: [], after: undefined });
      const values = input.ExpressionAttributeValues ?? {};
      const attribute = input.ExpressionAttributeNames?.['#part'] ?? '';
      if (KEYS[input.IndexName ?? ''] !== attribute) throw new Error('no key of this index');
      const before = input.KeyConditionExpression?.includes(':before') === true ? Number(values[':before']) : Infinity;
      const rows = [...this.heads.values(), ...this.rows]
        .filter((row) => row[attribute] === values[':part'] && Number(row['id']) < before)
        .sort((a, b) => (input.ScanIndexForward === false ? -1 : 1) * (Number(a['id']) - Number(b['id'])));
      return Promise.resolve({ items: rows.slice(0, input.Limit), after: undefined });
    },
    put: () => Promise.reject(new Error('nothing is written')),
    update: () => Promise.reject(new Error('nothing is written')),
    scan: () => Promise.reject(new Error('nothing is scanned')),
  };

  /** Run `id` was submitted `id` seconds after the start. */
  has(id: number, changes: Partial<RunHead> = {}): void {
    this.newest = Math.max(this.newest, id);
    this.heads.set(id, toHeadItem(headAt(START + id * 1_000, { id, ...changes })));
  }

  /** A head that nobody can read. */
  hasDamaged(id: number, changes: Partial<RunHead> = {}): void {
    this.has(id, changes);
    this.heads.set(id, { ...this.heads.get(id), status: 7 });
  }

  runs(wanted: Partial<RunsWanted> = {}): Promise<RunPage> {
    return runList(this.items, 'jobs').runs({ ...ANY_RUNS, ...wanted });
  }
}

const ended = { status: 'FINISHED', submitStatus: 'SUCCESS', active: null } as const;
const live = (id: number): Partial<RunHead> => ({
  status: 'RUNNING',
  submitStatus: 'SUCCESS',
  active: `LIVE#${id % 16}`,
});
const idsOf = ({ runs, next }: RunPage): [number[], number | null] => [runs.map(({ id }) => id), next];
const numbers = (count: number, from = 1): number[] => Array.from({ length: count }, (_, n) => from + n);

describe('a page of runs', () => {
  it('has the newest first, and the next one goes on behind its last', async () => {
    const table = new Table();
    for (const id of [1, 2, 4, 7]) table.has(id, ended);
    table.newest = 9;
    expect(idsOf(await table.runs({ limit: 3 }))).toEqual([[7, 4, 2], 2]);
    expect(idsOf(await table.runs({ limit: 3, after: 2 }))).toEqual([[1], null]);
    expect(idsOf(await table.runs({ limit: 4 }))).toEqual([[7, 4, 2, 1], null]);
    expect(idsOf(await table.runs({ limit: 3, after: 1 }))).toEqual([[], null]);
  });

  it('of a table without runs is empty', async () => {
    expect(await new Table().runs()).toEqual({ runs: [], next: null, unreadable: [] });
    expect(idsOf(await new Table().runs({ live: true }))).toEqual([[], null]);
    expect(idsOf(await new Table().runs({ taskId: 7 }))).toEqual([[], null]);
  });

  it.each<[string, Partial<RunsWanted>, number[]]>([
    ['all, but no number that never became a run', {}, [8, 7, 6, 5, 4, 2]],
    ['of one task', { taskId: 8 }, [7, 5]],
    ['that live', { live: true }, [8, 6, 5]],
    ['of one task that live', { live: true, taskId: 8 }, [5]],
    ['with a status as it is shown', { statuses: ['RECONNECTING', 'CANCELED'] }, [8, 2]],
    ['with a status as it is shown, and not as it is recorded', { live: true, statuses: ['RUNNING'] }, [6, 5]],
    ['submitted at a time or later', { since: START + 6_000 }, [8, 7, 6]],
    ['of one task, submitted at a time or later', { since: START + 6_000, taskId: 8 }, [7]],
    ['of tasks that who asks may see', { maySee: (id) => id === 8 }, [7, 5]],
  ])('has those %s', async (_what, wanted, ids) => {
    const table = new Table();
    table.has(2, { ...ended, status: 'CANCELED', submitStatus: 'CANCEL' });
    table.has(3, { status: 'VOID', submitStatus: 'CANCEL', active: null, taskId: 8 });
    table.has(4, ended);
    table.has(5, { ...live(5), taskId: 8 });
    table.has(6, live(6));
    table.has(7, { ...ended, taskId: 8 });
    table.has(8, { ...live(8), unreachableSince: START });
    // Ended since the index was read.
    table.rows.push({ ...table.heads.get(4), active: 'LIVE#4' }, { ...table.heads.get(3), active: 'LIVE#3' });
    expect(idsOf(await table.runs(wanted))).toEqual([ids, null]);
  });

  it('has each live run once, in order, whatever parts of the index show it', async () => {
    const table = new Table();
    for (const id of [3, 17, 18, 33]) table.has(id, live(id));
    table.has(20, { active: 'INTENT#0' });
    // It is just being confirmed.
    table.rows.push({ ...table.heads.get(18), active: 'INTENT#2' });
    expect(idsOf(await table.runs({ live: true, limit: 4 }))).toEqual([[33, 20, 18, 17], 17]);
    expect(idsOf(await table.runs({ live: true, limit: 4, after: 17 }))).toEqual([[3], null]);
    expect(new Set(table.queries.map(({ IndexName }) => IndexName))).toEqual(new Set(['active']));
  });

  it('asks again for what DynamoDB has left, and for no key twice', async () => {
    const table = new Table();
    table.answersAtOnce = 2;
    for (const id of numbers(5)) table.has(id, { ...ended, taskId: 7 });
    table.rows.push({ ...table.heads.get(3), id: 2 });
    expect(idsOf(await table.runs({ taskId: 7 }))).toEqual([[5, 4, 3, 2, 3, 1], null]);
    expect(table.asked.map(({ length }) => length)).toEqual([5, 3, 1]);
  });
});

describe('for a page is read', () => {
  it('as much as it has room for, 25 at least and 100 at most at once', async () => {
    const table = new Table();
    for (const id of numbers(400)) table.has(id, ended);
    await table.runs({ limit: 1 });
    await table.runs({ limit: 60 });
    await table.runs({ limit: 150 });
    expect(table.asked.map(({ length }) => length)).toEqual([25, 61, 100, 51]);
    expect(table.asked[1]?.slice(0, 2)).toEqual([400, 399]);
    for (const id of numbers(100)) table.has(id, live(id));
    table.asked.length = 0;
    await table.runs({ live: true, limit: 1 });
    expect(table.asked).toEqual([numbers(25, 76).reverse()]);
  });

  it('until it is full, over numbers that became no run', async () => {
    const table = new Table();
    for (const id of [...numbers(5), 200]) table.has(id, ended);
    expect(idsOf(await table.runs({ limit: 2 }))).toEqual([[200, 5], 5]);
    expect(table.asked.every((ids) => ids.length === 25)).toBe(true);
  });

  it('no more than 2000 rows: a page may be short, and still have a next one', async () => {
    const table = new Table();
    table.newest = 4_000;
    table.has(1_990, ended);
    const first = await table.runs();
    expect(idsOf(first)).toEqual([[], 2_001]);
    expect(table.asked.flat()).toHaveLength(2_000);
    expect(idsOf(await table.runs({ after: first.next }))).toEqual([[1_990], 1]);
    expect(idsOf(await table.runs({ after: 1 }))).toEqual([[], null]);
  });

  it('nothing that is more than an hour older than what is wanted: numbers are drawn in the order of time', async () => {
    const table = new Table();
    const since = START + 24 * HOUR;
    const at = (id: number, intentAt: number, changes: Partial<RunHead> = ended): void =>
      table.has(id, { ...changes, intentAt });
    for (const id of numbers(100)) at(id, START);
    // Its number was drawn an hour before its intent was written: what is older may still be wanted.
    at(130, since - HOUR);
    at(120, since);
    at(110, since - 1);
    // Of a number without a run the time says nothing.
    at(135, START, { status: 'VOID', submitStatus: 'CANCEL', active: null });
    expect(idsOf(await table.runs({ since, limit: 20 }))).toEqual([[120], null]);
    expect(Math.min(...table.asked.flat())).toBe(86);
    at(130, since - HOUR - 1);
    expect(idsOf(await table.runs({ since, limit: 20 }))).toEqual([[120], null]);
    expect(table.asked.at(-1)?.at(-1)).toBe(111);
  });
});

describe('an index', () => {
  it('is asked from its end, and then from where the last rows ended', async () => {
    const table = new Table();
    for (const id of numbers(30)) table.has(id, { ...ended, taskId: 7, ...(id > 5 ? { status: 'FAILED' } : {}) });
    await table.runs({ taskId: 7, limit: 3, statuses: ['FINISHED'] });
    const base = { TableName: 'jobs', IndexName: 'byTask', ExpressionAttributeNames: { '#part': 'taskId' } };
    const how = { ScanIndexForward: false, Limit: 25 };
    expect(table.queries).toEqual([
      { ...base, ...how, KeyConditionExpression: '#part = :part', ExpressionAttributeValues: { ':part': 7 } },
      {
        ...{ ...base, ...how, KeyConditionExpression: '#part = :part AND id < :before' },
        ExpressionAttributeValues: { ':part': 7, ':before': 6 },
      },
    ]);
  });
});

describe('what can not be read', () => {
  it('is told on the page where it would be, once', async () => {
    const table = new Table();
    for (const id of [1, 3, 5]) table.has(id, ended);
    for (const id of [2, 4]) table.hasDamaged(id);
    const first = await table.runs({ limit: 2 });
    expect(idsOf(first)).toEqual([[5, 3], 3]);
    expect(first.unreadable).toEqual([expect.stringContaining('RUN#4')]);
    const second = await table.runs({ limit: 2, after: 3 });
    expect(idsOf(second)).toEqual([[1], null]);
    expect(second.unreadable).toEqual([expect.stringContaining('RUN#2')]);
  });

  it('may be what was looked for: it is told whatever is wanted', async () => {
    const table = new Table();
    table.hasDamaged(4, { ...ended, taskId: 8 });
    expect((await table.runs({ statuses: ['RUNNING'], since: START + HOUR })).unreadable).toHaveLength(1);
    table.rows.push({ ...table.heads.get(4), id: 3 });
    expect((await table.runs({ taskId: 8 })).unreadable).toHaveLength(1);
  });

  it('is a row whose key is none of a run, and nothing is asked for it', async () => {
    const table = new Table();
    table.has(5, { ...ended, taskId: 8 });
    for (const [pk, id] of [['RUN#x', 9] as const, ['RUN#y', 8] as const]) {
      table.rows.push({ pk, sk: 'HEAD', taskId: 8, id, active: 'LIVE#1' });
    }
    for (const wanted of [{ taskId: 8 }, { live: true }]) {
      const { runs, unreadable } = await table.runs(wanted);
      expect(runs.map(({ id }) => id)).toEqual('live' in wanted ? [] : [5]);
      expect(unreadable).toEqual([expect.stringContaining('RUN#x'), expect.stringContaining('RUN#y')]);
    }
    expect(table.asked).toEqual([[5]]);
  });
});

describe('one run', () => {
  it('is read by its number; what is not there is none', async () => {
    const table = new Table();
    table.has(5, ended);
    const list = runList(table.items, 'jobs');
    expect([(await list.run(5))?.id, await list.run(6)]).toEqual([5, null]);
  });
});

describe('twins', () => {
  it('are found in every part of what is watched, by number, however many are watched', async () => {
    const table = new Table();
    const watched = (id: number, active: string, changes: Partial<RunHead> = {}): void =>
      table.has(id, { status: 'UNKNOWN', submitStatus: 'SUCCESS', active, ...changes });
    for (const id of numbers(250, 1_000)) watched(id, 'WATCH#1');
    watched(1_001, 'WATCH#1', { givenUpFor: 2_000, twinSince: START });
    watched(900, 'WATCH', { givenUpFor: 2_001, twinSince: START });
    watched(1_500, 'WATCH#0', { givenUpFor: 2_002, twinSince: START });
    table.hasDamaged(1_600, { active: 'WATCH#0' });
    const page = await runList(table.items, 'jobs').twins();
    expect(page.runs.map(({ id }) => id)).toEqual([900, 1_001, 1_500]);
    expect(page.unreadable).toEqual([expect.stringContaining('RUN#1600')]);
    expect(table.queries.every(({ Limit }) => Limit === 100)).toBe(true);
  });
});

describe('tasks', () => {
  const aRow = (id: number, changes: Item = {}): Item => ({
    ...{ pk: `TASK#${id}`, sk: 'TASK', id, name: `t${id}`, dialect: 'FlinkSql', type: 'local' },
    ...{ version: 3, enabled: true, note: 'n' },
    ...changes,
  });
  const listOf = (rows: readonly Item[], asked: QueryInput[] = []) =>
    taskList(
      {
        ...new Table().items,
        query: (input) => {
          asked.push(input);
          return Promise.resolve({ items: rows.slice(0, input.Limit), after: undefined });
        },
      },
      'definitions',
    );

  it('are asked for by number, one more than there is room for', async () => {
    const asked: QueryInput[] = [];
    await listOf([], asked).tasks({ limit: 10, after: null });
    await listOf([], asked).tasks({ limit: 2, after: 7 });
    const base = {
      TableName: 'definitions',
      IndexName: 'byKind',
      KeyConditionExpression: 'sk = :kind AND id > :after',
    };
    expect(asked).toEqual([
      { ...base, ExpressionAttributeValues: { ':kind': 'TASK', ':after': 0 }, Limit: 11 },
      { ...base, ExpressionAttributeValues: { ':kind': 'TASK', ':after': 7 }, Limit: 3 },
    ]);
  });

  it('are shown by what people know them by, and the next page goes on behind the last', async () => {
    const rows = [aRow(1), aRow(2, { note: null, statement: 'SELECT 1' }), aRow(5)];
    const { tasks, next, unreadable } = await listOf(rows).tasks({ limit: 2, after: null });
    const base = { dialect: 'FlinkSql', type: 'local', version: 3, enabled: true };
    expect(tasks).toEqual([
      { ...base, id: 1, name: 't1', note: 'n' },
      { ...base, id: 2, name: 't2', note: null },
    ]);
    expect([next, unreadable]).toEqual([2, []]);
    expect((await listOf(rows).tasks({ limit: 3, after: null })).next).toBeNull();
  });

  it.each(['name', 'dialect', 'type', 'version', 'enabled'])('without %s are told, and what to do', async (field) => {
    const { tasks, next, unreadable } = await listOf([aRow(1, { [field]: undefined }), aRow(2), aRow(3)]).tasks({
      limit: 2,
      after: null,
    });
    expect([tasks.map(({ id }) => id), next]).toEqual([[2], 2]);
    expect(unreadable).toEqual([
      'The definition TASK#1 can\'t be read: a field is missing or of another kind. Run "dinghy validate" and apply its definition again.',
    ]);
  });

  it('whose number is too large end the list', async () => {
    const rows = [aRow(MAX_ID * 10, { note: undefined }), aRow(MAX_ID * 11)];
    expect((await listOf(rows).tasks({ limit: 1, after: null })).next).toBe(MAX_ID);
  });
});

describe('a list that is bound to the time of a request', () => {
  it('asks DynamoDB within it', async () => {
    const table = new Table();
    const { signal } = new AbortController();
    await runList(table.items, 'jobs').within(signal).runs(ANY_RUNS);
    await taskList(table.items, 'definitions').within(signal).tasks({ limit: 1, after: null });
    expect(table.signals).toEqual([signal, signal]);
  });
});

/** `dinghy runs` and `dinghy history` over a DynamoDB API, with runs written by the store that the handlers use. */
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGaps } from '../../cli/find-gaps.ts';
import { main } from '../../cli/main.ts';
import { dynamoItems, type Items } from '../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../lib/adapters/dynamo/job-store.ts';
import { runList } from '../../lib/adapters/dynamo/run-list.ts';
import type { JobStore } from '../../lib/domain/ports.ts';
import { liveIn, wishIn } from '../../lib/domain/run/active-partitions.ts';
import { appendEvent } from '../../lib/domain/run/history.ts';
import { newRun, voidHead } from '../../lib/domain/run/new-run.ts';
import type { HeadChange, RunEvent, RunHead } from '../../lib/domain/run/run.ts';
import { ANY_RUNS } from '../../lib/domain/run/run-page.ts';
import { fakeIds } from '../fakes/fake-ids.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { startTestDynamodb, type TestDynamodb } from '../live/dynamodb.ts';
import { dinghy as anyDinghy } from './api-double.ts';
import { folder } from './folder.ts';
import { type Output, runDinghy } from './run-dinghy.ts';

const START = Date.UTC(2026, 0, 31, 11, 0, 0);
const RUNS = 46;
let dynamodb: TestDynamodb;
let client: DynamoDBDocumentClient;
let store: JobStore;
const clock = virtualClock();

const dinghy = (...args: string[]): Promise<Output> => runDinghy(dynamodb, ...args);

const shownRuns = ({ out }: Output): number[] => out.flatMap((line) => /^\d+/.exec(line) ?? []).map(Number);

function aRun(id: number): RunHead {
  const what = {
    kind: 'job',
    taskId: 1 + (id % 3),
    taskVersion: 2,
    fp: 'fp',
    name: `task ${1 + (id % 3)}`,
    step: 2,
  } as const;
  const where = { clusterId: null, hosts: 'jm:8081', address: 'jm:8081', jmId: '/tmp/web-1', highAvailability: false };
  const how = { jobId: String(id).padStart(32, '0'), once: false, savePointPath: null };
  const who = { writer: 'writer-1', createdBy: 'anna', nonce: `nonce-${id}` };
  return newRun({ id, ...what, ...where, ...how, ...who }, START + id * 1_000);
}

async function change(head: RunHead, to: HeadChange, cause: string): Promise<RunHead> {
  const next = await store.updateHead(head, to, cause);
  if (next === null) throw new Error('somebody else wrote');
  return next;
}

const run = async (head: RunHead): Promise<RunHead> =>
  change(head, { status: 'RUNNING', submitStatus: 'SUCCESS', active: liveIn(head.id) }, 'Flink says RUNNING');

/**
 * Numbers 1 to 46: 5, 25 to 34 and 46 were used up by repeats, 6 is void. Of the others those that divide by 4 run, those
 * that divide by 10 are intents, all others have ended.
 */
async function writeRuns(): Promise<void> {
  for (let id = 1; id <= RUNS; id++) {
    expect(await store.nextRunId()).toBe(id);
    if (id === 5 || id === 46 || (id >= 25 && id <= 34)) continue;
    const head = id === 6 ? voidHead(6, 1, 'writer-2', START) : aRun(id);
    expect(await store.putHead(head)).toBeNull();
    if (id === 6 || id % 10 === 0) continue;
    const running = await run(head);
    // A savepoint is wanted of it: it stands in another part of the index.
    if (id === 44) await change(running, { active: wishIn(id) }, 'savepoint asked by ops');
    if (id % 4 === 0) continue;
    const end = { status: 'FINISHED', finishedAt: START + 3_600_000, active: null } as const;
    await change(running, end, 'Flink says FINISHED');
  }
}

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
  client = DynamoDBDocumentClient.from(dynamodb.client, { marshallOptions: { removeUndefinedValues: true } });
  store = dynamoJobStore({ items: dynamoItems(dynamodb.client), table: dynamodb.jobsTable, clock, ids: fakeIds(1) });
  expect((await dinghy('runs')).out).toEqual(['There is no run.']);
  await writeRuns();
}, 30_000);

afterAll(async () => {
  await dynamodb.stop();
});

const EXISTING = Array.from({ length: RUNS }, (_, i) => RUNS - i).filter(
  (id) => id !== 5 && id !== 6 && id !== 46 && !(id >= 25 && id <= 34),
);
const LIVE = EXISTING.filter((id) => id % 4 === 0 || id % 10 === 0);

describe('dinghy runs', () => {
  it('lists the newest, and skips numbers that never became a run', async () => {
    const shown = await dinghy('runs');
    expect(shown.code).toBe(0);
    expect(shownRuns(shown)).toEqual(EXISTING.slice(0, 20));
    expect(shown.out[0]).toMatch(/^RUN +TASK +NAME +STATUS +JOB ID +STARTED \(UTC\) +ENDED +DURATION +ERROR$/);
    expect(shown.out[1]).toMatch(
      /^45 +1 +task 1 +FINISHED +0{30}45 +2026-01-31 11:00:45 +2026-01-31 12:00:00 +59 min 15 s$/,
    );
    expect(shown.out[2]).toMatch(/^44 +3 +task 3 +RUNNING +0{30}44 +2026-01-31 11:00:44 +\d+ h \d+ min$/);
  });

  it.each([
    ['all', [], EXISTING],
    ['of a task', ['--task', '2'], EXISTING.filter((id) => id % 3 === 1)],
    ['live', ['--live'], LIVE],
    ['with a status', ['--status', 'running,FAILED'], EXISTING.filter((id) => id % 4 === 0 && id % 10 !== 0)],
    ['since then', ['--since', '2026-01-31T11:00:20Z'], EXISTING.filter((id) => id >= 20)],
    ['of both', ['--status', 'finished', '--since', '2026-01-31T11:00:40Z'], [45, 43, 42, 41]],
    ['live of a task', ['--live', '--task', '2'], LIVE.filter((id) => id % 3 === 1)],
  ])('pages as it says itself: %s', async (_name, options, expected) => {
    const seen: number[] = [];
    for (let args: string[] | null = [...options, '--limit', '3']; args !== null;) {
      const shown = await dinghy('runs', ...args);
      expect(shown.err).toEqual([]);
      seen.push(...shownRuns(shown));
      const next = /^There are more: dinghy runs (.*)$/.exec(shown.out.at(-1) ?? '')?.[1]?.split(' ') ?? null;
      // The helper names the table itself.
      args = next?.filter((word, i) => !isWhere(word) && !isWhere(next[i - 1])) ?? null;
    }
    expect(seen).toEqual(expected);
  });

  it('says nothing of a next page when the page ends with the last run', async () => {
    const { out } = await dinghy('runs', '--limit', String(EXISTING.length));
    expect(out.at(-1)).toMatch(/^1 /);
    expect((await dinghy('runs', '--limit', String(EXISTING.length - 1))).out.at(-1)).toContain('--after 2');
  });

  it('shows what callers are shown, not what is stored', async () => {
    const [head, other] = [await store.readHead(44), await store.readHead(40)];
    const { out: before } = await dinghy('runs', '--live', '--limit', '2');
    expect(before.slice(1, 3).map((line) => line.split(/ {2,}/)[3])).toEqual(['RUNNING', 'INITIALIZING']);
    await change(head!, { cancelAskedAt: START }, 'cancel asked');
    await store.updateHead(other!, { unreachableSince: START }, null);
    const { out } = await dinghy('runs', '--live', '--limit', '2');
    expect(out.slice(1, 3).map((line) => line.split(/ {2,}/)[3])).toEqual(['CANCELLING', 'RECONNECTING']);
  });

  it('leaves out what has ended although the index still has it', async () => {
    const key = { pk: 'RUN#24', sk: 'HEAD' };
    const set = async (status: string): Promise<void> => {
      const UpdateExpression = 'SET #status = :status';
      const ExpressionAttributeNames = { '#status': 'status' };
      const names = { TableName: dynamodb.jobsTable, Key: key, UpdateExpression, ExpressionAttributeNames };
      await client.send(new UpdateCommand({ ...names, ExpressionAttributeValues: { ':status': status } }));
    };
    await set('FINISHED');
    expect(shownRuns(await dinghy('runs', '--live'))).toEqual(LIVE.filter((id) => id !== 24));
    await set('RUNNING');
  });

  it('prints JSON in UTC, with the run to go on after', async () => {
    const { out } = await dinghy('runs', '--json', '--task', '1', '--limit', '1', '--zone', 'Asia/Tokyo');
    expect(JSON.parse(out.join('\n'))).toEqual({
      runs: [
        {
          id: 45,
          taskId: 1,
          name: 'task 1',
          status: 'FINISHED',
          submitStatus: 'SUCCESS',
          jobId: '45'.padStart(32, '0'),
          startedAt: '2026-01-31T11:00:45.000Z',
          endedAt: '2026-01-31T12:00:00.000Z',
          lastSeenAt: null,
          restarts: null,
          error: null,
        },
      ],
      next: 45,
      unreadable: [],
    });
  });

  it.each([
    [['--status', 'faild'], '--status "FAILD" is not a status of a run. Did you mean "FAILED"?'],
    [['--status', ''], '--status "" is not a status of a run.'],
    [['--since', 'yesterday'], '--since "yesterday" is not a time. Give a time with its offset'],
    [['--since', '2026-01-31T12:00:00'], 'is not a time.'],
    [['--task', 'orders'], 'no table is given. Use --table NAME'],
  ])('%j: one line and exit code 1', async (args, problem) => {
    const { code, out, err } = await dinghy('runs', ...args);
    expect({ code, out, err }).toEqual({ code: 1, out: [], err: [expect.stringContaining(problem)] });
  });

  it('finds a task by its name', async () => {
    const statement = 'SELECT 1';
    const manifest = JSON.stringify({ tasks: [{ id: 2, name: 'payments', type: 'local', statement }] });
    const where = ['--table', dynamodb.definitionsTable];
    expect(
      (await anyDinghy(['apply', folder({ 'm.yaml': manifest }), '--endpoint', dynamodb.endpoint, ...where])).code,
    ).toBe(0);
    const shown = await dinghy('runs', '--task', 'payments', '--limit', '5', ...where);
    expect(shownRuns(shown)).toEqual(EXISTING.filter((id) => id % 3 === 1).slice(0, 5));
    expect(shown.out.at(-1)).toContain(`--table ${dynamodb.definitionsTable}`);
    const { code, err } = await dinghy('runs', '--task', 'paymets', ...where);
    expect({ code, err }).toEqual({
      code: 1,
      err: ['dinghy: there is no task "paymets". Did you mean "payments"? See dinghy list tasks.'],
    });
  });

  it('says when there is none', async () => {
    expect(await dinghy('runs', '--task', '99')).toMatchObject({ code: 0, out: ['There is no run of task 99.'] });
    const none = await dinghy('runs', '--status', 'failed,unknown', '--since', '2026-01-31');
    expect(none.out).toEqual(['There is no FAILED or UNKNOWN run since 2026-01-31T00:00:00.000Z.']);
    const { out } = await dinghy('runs', '--live', '--task', '1', '--after', '2');
    expect(out).toEqual(['There is no live run of task 1 before run 2.']);
    expect(JSON.parse((await dinghy('runs', '--json', '--after', '1')).out.join('\n'))).toEqual({
      runs: [],
      next: null,
      unreadable: [],
    });
  });

  it('reads over wide stretches of unused numbers, without a scan', async () => {
    const asked: string[] = [];
    const watched = new Proxy(dynamoItems(dynamodb.client), {
      get: (items, call: keyof Items) => {
        asked.push(call);
        return items[call];
      },
    });
    const page = await runList(watched, dynamodb.jobsTable).runs({ ...ANY_RUNS, limit: 2, after: 36 });
    expect(page).toMatchObject({ next: 24, runs: [{ id: 35 }, { id: 24 }] });
    expect(new Set(asked)).toEqual(new Set(['getAll']));
  });
});

const isWhere = (word: string | undefined): boolean => word === '--endpoint' || word === '--jobs-table';

describe('dinghy history', () => {
  it('prints every event, and that none is missing', async () => {
    const { code, out } = await dinghy('history', '45');
    expect(code).toBe(0);
    const job = '45'.padStart(32, '0');
    expect(out.slice(0, 3)).toEqual([
      `run 45: task 1 "task 1", FINISHED, submission SUCCESS, job ${job}, 1 send, created by anna`,
      '',
      expect.stringMatching(/^SEQ +EVENTS +TIME \(UTC\) +STATUS +BY +WHO +FROM +REQUEST +CAUSE$/),
    ]);
    expect(out[3]).toMatch(/^1 +1 +2026-01-31 11:00:45 +INITIALIZING +writer-1 +anna +- +- +submitted$/);
    expect(out[4]).toMatch(/^2 +1 +.* RUNNING +\S+ +- +- +- +Flink says RUNNING$/);
    expect(out[5]).toMatch(/^3 +1 +.* FINISHED +\S+ +- +- +- +Flink says FINISHED$/);
    expect(out.slice(6)).toEqual(['Complete: 3 events, no gap.']);
  });

  it('names who asked for each change, from where, and with which request', async () => {
    const principal = { kind: 'key', name: 'ops', keyId: 'k1', sourceIp: '203.0.113.7', requestId: 'r-9' } as const;
    const born = { ...principal, name: 'nightly', requestId: 'r-1' };
    await store.putHead({ ...aRun(48), principal: born });
    const head = await store.readHead(48);
    const requester = { caller: 'key ops (k1)', principal };
    await store.updateHead(head!, { cancelAskedAt: START }, 'cancel asked by key ops (k1)', requester);
    const { out } = await dinghy('history', '48');
    expect(out[4]).toMatch(/ anna +203\.0\.113\.7 +r-1 +submitted$/);
    expect(out[5]).toMatch(/ key ops \(k1\) +203\.0\.113\.7 +r-9 +cancel asked by key ops \(k1\)$/);
    const json = await dinghy('history', '48', '--json');
    expect(JSON.parse(json.out.join('\n'))).toMatchObject({
      principal: born,
      events: [
        { who: 'anna', principal: born },
        { who: 'key ops (k1)', principal },
      ],
    });
  });

  it('writes times in the zone that is asked for', async () => {
    const { out } = await dinghy('history', '45', '--zone', 'Europe/Berlin');
    expect(out[2]).toContain('TIME (Europe/Berlin)');
    expect(out[3]).toContain('2026-01-31 12:00:45');
  });

  it('shows an error of many lines in one, and what never became a run', async () => {
    const head = await store.readHead(40);
    const text = 'no slots\n\tat x\u001b[31m';
    await change(head!, { status: 'FAILED', error: text, active: null }, text);
    const { out } = await dinghy('history', '40');
    expect(out[1]).toBe('error: no slots at x [31m');
    expect((await dinghy('history', '6')).out[0]).toBe(
      'run 6: task 1 "", VOID, submission CANCEL, no job, 0 sends, created by nobody',
    );
  });

  it('shows folded events with their count, and knows that nothing is missing', async () => {
    let head = aRun(47);
    await store.putHead(head);
    for (let i = 0; i < 130; i++) {
      const status = i % 2 === 0 ? 'RUNNING' : 'RESTARTING';
      head = await change(head, { status }, `Flink says ${status}`);
    }
    const { code, out } = await dinghy('history', '47');
    expect(code).toBe(0);
    expect(out.at(-1)).toBe('Complete: 131 events, no gap.');
    const folded = out.find((line) => /^\d+-\d+ /.test(line)) ?? '';
    const [, first, last, count] = /^(\d+)-(\d+) +(\d+) /.exec(folded) ?? [];
    expect(Number(last) - Number(first) + 1).toBe(Number(count));
  });

  it('says which events are missing, and ends with 1', async () => {
    const { events } = (await store.readHead(43))!;
    const holed = events.filter(({ seq }) => seq !== 2);
    const names = { TableName: dynamodb.jobsTable, Key: { pk: 'RUN#43', sk: 'HEAD' } };
    const set = { UpdateExpression: 'SET events = :events', ExpressionAttributeValues: { ':events': holed } };
    await client.send(new UpdateCommand({ ...names, ...set }));
    const shown = await dinghy('history', '43');
    expect(shown).toMatchObject({ code: 1, err: ['warning: the history of run 43 has a gap: event 2 is missing.'] });
    expect(shown.out.join('\n')).not.toContain('Complete');
    const json = await dinghy('history', '43', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out.join('\n'))).toMatchObject({
      id: 43,
      gaps: ['event 2 is missing'],
      events: [{ seq: 1 }, { seq: 3 }],
    });
  });

  it('finds gaps in any history that was folded, and only there', () => {
    let events: RunEvent[] = [];
    for (let i = 0; i < 400; i++) {
      const status = i % 7 === 0 ? 'RESTARTING' : 'RUNNING';
      events = appendEvent(events, { at: i, status, cause: 'x'.repeat(i % 190), by: 'writer' });
      expect(findGaps(events)).toEqual([]);
      const without = events.filter((_, n) => n !== 1);
      if (events.length > 2) expect(findGaps(without)).toHaveLength(1);
    }
    expect(findGaps([])).toHaveLength(1);
    const doubled = [events[0]!, events[0]!];
    expect(findGaps(doubled)).toEqual(['event 1 comes after event 1']);
  });
});

describe('one line and exit code 1', () => {
  it.each([
    [['history', '4711'], 'there is no run 4711. See dinghy runs.'],
    [['history', 'x'], 'RUN "x" is not a whole number from 1 to 2147483647.'],
    [['history'], '"history" needs RUN. Use: dinghy history RUN'],
    [['history', '1', '--zone', 'Mars'], '--zone "Mars" is not a time zone'],
    [['runs', '--limit', '0'], '--limit "0" is not a whole number from 1 to 1000.'],
    [['runs', '--after', '1e3'], '--after "1e3" is not a whole number'],
    [['runs', '--task', ''], '--task "" is not a whole number'],
    [['runs', '--tables', 'x'], 'unknown option "--tables". Did you mean "--table"?'],
    [['runs', '17'], '"17" is one word too many.'],
  ])('%j', async (args, expected) => {
    const { code, out, err } = await dinghy(...args);
    expect({ code, out, lines: err.length }).toEqual({ code: 1, out: [], lines: 1 });
    expect(err[0]).toMatch(/^dinghy: /);
    expect(err[0]).toContain(expected);
  });

  it('asks which table, and says when that is not there', async () => {
    const err: string[] = [];
    const io = { out: () => undefined, err: (line: string) => void err.push(line) };
    expect(await main(['runs'], { DEFINITIONS_TABLE: 'definitions' }, io)).toBe(1);
    expect(await main(['runs', '--endpoint', dynamodb.endpoint], { JOBS_TABLE: 'nowhere' }, io)).toBe(1);
    expect(err[0]).toContain('no table is given. Use --jobs-table NAME, set JOBS_TABLE');
    expect(err[1]).toContain('The DynamoDB table "nowhere" does not exist.');
  });
});

/** Last, because it adds a run. */
describe('a run of no stored task', () => {
  it('is shown without the number that it is kept under', async () => {
    await store.raiseRunCounter(100);
    const id = await store.nextRunId();
    expect(await store.putHead({ ...aRun(id), taskId: -123_456_789, name: 'from a request' })).toBeNull();
    const text = [await dinghy('runs', '--limit', '1'), await dinghy('history', String(id))];
    const json = [await dinghy('runs', '--limit', '1', '--json'), await dinghy('history', String(id), '--json')];
    expect(text[0]?.out[1]).toMatch(new RegExp(`^${id} +- +from a request +INITIALIZING`));
    expect(text[1]?.out[0]).toContain(`run ${id}: no stored task "from a request"`);
    for (const { out } of json) expect(out.join('\n')).toMatch(/"taskId": null/);
    expect(JSON.stringify([text, json])).not.toContain('123456789');
  });
});

/** The calls that list runs and tasks, over a real DynamoDB API. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appGetRun, appJobData, appListRuns, appListTasks } from '../../lib/app.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { ANY_RUNS } from '../../lib/domain/run/run-page.ts';
import type { HttpHandler } from '../../lib/http/route.ts';
import { callHandler, type Envelope } from '../builders/event.ts';
import { aBody, aHead } from '../contracts/job-store.contract.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from './bed.ts';

const NOW = Date.now();
const HOUR_MS = 3_600_000;

let bed: Bed;
let read: HttpHandler;

/** Ended, so that no answer asks Flink. */
const ended = (id: number, more: Partial<RunHead> = {}): RunHead => {
  const intentAt = NOW - (100 - id) * HOUR_MS;
  return aHead(id, {
    ...{
      taskId: id % 2 === 0 ? 2 : 1,
      name: `task ${id % 2 === 0 ? 2 : 1}`,
      status: 'FINISHED',
      submitStatus: 'SUCCESS',
    },
    ...{ intentAt, sentAt: intentAt, answeredAt: intentAt + 500, finishedAt: intentAt + 60_000, active: null, ...more },
  });
};

beforeAll(async () => {
  bed = await startBed({ TIME_ZONE: 'Europe/Berlin' });
  ({ handler: read } = await import('../../handlers/read.ts'));
  for (let id = 1; id <= 30; id++) {
    expect(await bed.store.nextRunId()).toBe(id);
    const more = id === 12 ? ({ status: 'FAILED', submitStatus: 'FAILED', error: 'no slots' } as const) : {};
    expect(await bed.store.putHead(ended(id, more))).toBeNull();
  }
  for (const id of [10, 2, 1, 111]) await bed.putTask(aTask({ id, name: `task ${id}`, note: `note ${id}` }));
});
afterAll(() => bed.stop());

const ask = (path: string, query = ''): Promise<Envelope> => callHandler(read, { path: `/openapi/${path}`, query });
const post = (body: object): Promise<Envelope> =>
  callHandler(read, { method: 'POST', path: '/openapi/getJobInstanceList', body: JSON.stringify(body) });
const idsOf = ({ data }: Envelope): number[] => (data?.['runs'] as { id: number }[]).map(({ id }) => id);
const from = (first: number, last: number): number[] => Array.from({ length: first - last + 1 }, (_, i) => first - i);

describe('GET /openapi/runs', () => {
  it('lists the newest runs, and says where to go on', async () => {
    const first = await ask('runs');
    expect(first).toMatchObject({ code: 0, msg: 'Query Successfully', data: { next: 11, unreadable: [] } });
    expect(idsOf(first)).toEqual(from(30, 11));
    const second = await ask('runs', 'after=11');
    expect([idsOf(second), second.data?.['next']]).toEqual([from(10, 1), null]);
  });

  it('shows what a program needs, with times in UTC', async () => {
    const { data } = await ask('runs', 'limit=1');
    const intentAt = NOW - 70 * HOUR_MS;
    expect((data?.['runs'] as object[])[0]).toMatchObject({
      ...{ id: 30, taskId: 2, name: 'task 2', status: 'FINISHED', submitStatus: 'SUCCESS', error: null },
      ...{ startedAt: new Date(intentAt).toISOString(), endedAt: new Date(intentAt + 60_000).toISOString() },
    });
  });

  it.each([
    ['taskId=2&limit=3', [30, 28, 26], 26],
    ['taskId=2&after=4', [2], null],
    ['taskId=99', [], null],
    ['status=FAILED', [12], null],
    ['status=failed,unknown&taskId=2', [12], null],
    ['status=failed&taskId=1', [], null],
    ['status=RUNNING', [], null],
    ['live=true', [], null],
    ['since=73h', [30, 29, 28], null],
    ['since=72h&taskId=2', [30], null],
    [`since=${new Date(NOW - 75.5 * HOUR_MS).toISOString()}&limit=2`, [30, 29], 29],
    ['since=2000-01-01&after=3', [2, 1], null],
    ['limit=100', from(30, 1), null],
    ['limit=30', from(30, 1), null],
  ])('?%s', async (query, ids, next) => {
    const answer = await ask('runs', query);
    expect([idsOf(answer), answer.data?.['next']]).toEqual([ids, next]);
  });

  it.each([
    ['limit=0', /"limit" is "0"\. Give a whole number from 1 to 100/],
    ['limit=101', /"limit" is "101"/],
    ['limit=all', /"limit" is "all"/],
    ['taskId=x', /"taskId" is "x"/],
    ['after=-1', /"after" is "-1"/],
    ['status=DONE', /"status" is "DONE"\. Give one or more of INITIALIZING/],
    ['status=FAILED,', /"status" is "FAILED,"/],
    ['since=yesterday', /"since" is "yesterday"\. Give a time/],
    ['since=2026-02-30x', /"since" is/],
    ['since=2026-13-01', /"since" is/],
    ['since=2026-01-31T12:00:00', /with its offset/],
    ['since=1y', /"since" is "1y"/],
    ['live=maybe', /"live" is "maybe"/],
    ['limit=1&limit=2', /"limit" is given 2 times/],
  ])('refuses ?%s', async (query, msg) => {
    const answer = await ask('runs', query);
    expect([answer.code, answer.data]).toEqual([1, null]);
    expect(answer.msg).toMatch(msg);
  });
});

describe('GET /openapi/runs/{id}', () => {
  it('shows one run with what was sent and its history', async () => {
    expect(await bed.store.nextRunId()).toBe(31);
    const head = ended(31);
    await bed.store.putBody(31, head.writer, aBody());
    await bed.store.putHead(head);
    const { code, data } = await ask('runs/31');
    expect(code).toBe(0);
    expect(data).toMatchObject({
      ...{ id: 31, taskId: 1, status: 'FINISHED', taskVersion: head.taskVersion, sends: head.sends },
      ...{ statement: aBody().statement, createdBy: head.createdBy },
    });
    expect((data?.['history'] as object[])[0]).toMatchObject({ seq: 1, at: expect.stringMatching(/Z$/) as string });
  });

  it('shows a run whose body is not there', async () => {
    expect((await ask('runs/5')).data).toMatchObject({ id: 5, statement: null });
  });

  it.each([
    ['runs/99', /^Job Instance Not Exist: there is no run 99/],
    ['runs/abc', /"id" is "abc"/],
    ['runs/1.5', /"id" is "1\.5"/],
  ])('refuses %s', async (path, msg) => expect((await ask(path)).msg).toMatch(msg));
});

describe('POST /openapi/getJobInstanceList', () => {
  const idsIn = ({ data }: Envelope): number[] => (data as unknown as { id: number }[]).map(({ id }) => id);

  it('gives pages by their number, with what a table of Dinky shows', async () => {
    const first = await post({ pageSize: 10, current: 1 });
    expect(first).toMatchObject({ code: 0, current: 1, pageSize: 10, total: 11 });
    expect(idsIn(first)).toEqual(from(31, 22));
    expect((first.data as unknown as object[])[1]).toMatchObject({ id: 30, jid: expect.anything() as string });
    const last = await post({ pageSize: '10', current: '4', status: null });
    expect(last).toMatchObject({ current: 4, total: 31 });
    expect(idsIn(last)).toEqual([1]);
    expect(idsIn(await post({ current: 5 }))).toEqual([]);
    expect(idsIn(await post({}))).toEqual(from(31, 22));
    expect(idsIn(await post({ taskId: '2', status: 'FAILED' }))).toEqual([12]);
  });

  it.each([
    [{ pageSize: 101 }, /"pageSize" is "101"/],
    [{ pageSize: 0 }, /"pageSize" is "0"/],
    [{ current: -1 }, /"current" is "-1"/],
    [{ current: 101, pageSize: 10 }, /Page 101 of 10 runs.*GET \/openapi\/runs/],
    [{ status: 'NO' }, /"status" is "NO"/],
  ])('refuses %j', async (body, msg) => expect((await post(body)).msg).toMatch(msg));
});

describe('GET /openapi/getJobData', () => {
  const jobId = 'a'.repeat(32);

  it('gives the rows of a preview by its job', async () => {
    const head = ended(32, { kind: 'preview', jobId });
    const rows = {
      ...{ columns: ['a'], rowData: [{ a: '1' }], total: 1, limit: 10, truncated: false, truncatedBy: null },
      ...{ startedAt: 1, endedAt: 2, error: null },
    };
    await bed.store.putBody(32, head.writer, aBody());
    await bed.store.putHead(head);
    await bed.store.putResult(32, { preview: rows, results: [rows] });
    await bed.store.notePreview(jobId, 32);
    const { code, data } = await ask('getJobData', `jobId=${jobId.toUpperCase()}`);
    expect([code, data]).toMatchObject([0, { columns: ['a'], rowData: [{ a: '1' }], total: 1, jobId, success: true }]);
  });

  it.each([
    ['jobId=12', /"jobId" is "12"/],
    ['', /"jobId" is ""/],
    [`jobId=${'b'.repeat(32)}`, /^Job Instance Not Exist: no preview has the job b{32}/],
  ])('refuses ?%s', async (query, msg) => expect((await ask('getJobData', query)).msg).toMatch(msg));
});

describe('GET /openapi/tasks', () => {
  it('lists tasks by number, in pages', async () => {
    const { data } = await ask('tasks', 'limit=2');
    expect(data).toMatchObject({ tasks: [{ id: 1 }, { id: 2, name: 'task 2', note: 'note 2', version: 1 }], next: 2 });
    const rest = await ask('tasks', 'after=2');
    expect(rest.data).toMatchObject({ tasks: [{ id: 10 }, { id: 111 }], next: null, unreadable: [] });
    expect((rest.data?.['tasks'] as object[])[0]).not.toHaveProperty('statement');
  });

  it('tells of a definition that can not be read, beside the others', async () => {
    await bed.putTask({ ...aTask({ id: 3 }), enabled: 'yes' as never });
    const { data } = await ask('tasks');
    expect((data?.['tasks'] as { id: number }[]).map(({ id }) => id)).toEqual([1, 2, 10, 111]);
    expect(data?.['unreadable']).toEqual([expect.stringMatching(/TASK#3 can't be read/)]);
  });

  it('refuses a page that is too large', async () => {
    expect((await ask('tasks', 'limit=5000')).msg).toMatch(/"limit" is "5000"\. Give a whole number from 1 to 1000/);
  });
});

it('GET /health answers everybody, and says nothing else', async () => {
  const { handler } = await import('../../handlers/fallback.ts');
  const { anEvent } = await import('../builders/event.ts');
  const { statusCode, body } = await handler(anEvent({ path: '/health' }));
  expect([statusCode, body]).toEqual([200, '{"status":"ok"}']);
});

describe('a caller of one task', () => {
  const scope = { budgetMs: 1_000, maySee: (taskId: number) => taskId === 2 };
  const wanted = { ...ANY_RUNS, since: null, limit: 100 };

  it('sees the runs of that task alone', async () => {
    const { runs } = await appListRuns()(wanted, scope);
    expect(runs.length).toBeGreaterThan(10);
    expect(new Set(runs.map(({ taskId }) => taskId))).toEqual(new Set([2]));
    expect((await appListRuns()({ ...wanted, taskId: 1 }, scope)).runs).toEqual([]);
  });

  it('sees no other task', async () => {
    expect((await appListTasks()({ limit: 10, after: null }, scope)).tasks.map(({ id }) => id)).toEqual([2]);
  });

  it('is told that other runs, and rows of other previews, do not exist', async () => {
    await expect(appGetRun()({ id: 5 }, scope)).rejects.toThrow(/^Job Instance Not Exist: there is no run 5/);
    expect(await appGetRun()({ id: 6 }, scope)).toMatchObject({ head: { id: 6 } });
    const other = { budgetMs: 1_000, maySee: (taskId: number) => taskId === 1 };
    await expect(appJobData()({ jobId: 'a'.repeat(32) }, other)).rejects.toThrow(/^Job Instance Not Exist: no preview/);
    expect(await appJobData()({ jobId: 'a'.repeat(32) }, scope)).toMatchObject({ head: { id: 32 } });
  });
});

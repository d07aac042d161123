/** `dinghy resolve` and `dinghy twins` over a DynamoDB API and a JobManager that answers as Flink's does. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoItems } from '../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../lib/adapters/dynamo/job-store.ts';
import type { JobStore } from '../../lib/domain/ports.ts';
import { liveIn, watchIn } from '../../lib/domain/run/active-partitions.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { headAt } from '../builders/a-head.ts';
import { fakeIds } from '../fakes/fake-ids.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { startTestDynamodb, type TestDynamodb } from '../live/dynamodb.ts';
import { runDinghy } from './run-dinghy.ts';

const START = Date.UTC(2026, 0, 31, 11, 0, 0);
const KNOWN = 'ab'.repeat(16);
const GONE = 'cd'.repeat(16);
let dynamodb: TestDynamodb;
let store: JobStore;
let flink: Server;
let hosts = '';

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
  const items = dynamoItems(dynamodb.client);
  store = dynamoJobStore({ items, table: dynamodb.jobsTable, clock: virtualClock(), ids: fakeIds() });
  flink = createServer(({ url }, response) => {
    const job = { jid: KNOWN, state: 'RUNNING', timestamps: { RUNNING: START }, 'end-time': -1 };
    const config = [{ key: 'web.tmpdir', value: '/tmp/flink-web-2' }];
    const body = url === '/jobmanager/config' ? config : url === `/jobs/${KNOWN}` ? job : null;
    response.writeHead(body === null ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { errors: ['Job not found'] }));
  });
  await once(flink.listen(0, '127.0.0.1'), 'listening');
  hosts = `127.0.0.1:${(flink.address() as AddressInfo).port}`;
});

afterAll(async () => {
  flink.close();
  await dynamodb.stop();
});

async function dinghy(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, out, err } = await runDinghy(dynamodb, ...args);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function put(id: number, changes: Partial<RunHead> = {}): Promise<void> {
  const running = { status: 'RUNNING', submitStatus: 'SUCCESS', open: [], active: liveIn(id) } as const;
  const head = headAt(START, {
    ...running,
    id,
    hosts,
    address: hosts,
    jobId: GONE,
    shownBy: '/tmp/flink-web-1',
    ...changes,
  });
  await store.putHead(head);
}

describe('dinghy resolve', () => {
  it('ends a run whose job is gone, and says what was done', async () => {
    await put(1);
    const { code, out } = await dinghy('resolve', '1', '--lost', '--by', 'ada');
    expect(code).toBe(0);
    expect(out).toMatch(/Run 1 of task 7 "orders" has ended UNKNOWN: declared lost by ada/);
    expect(out).toContain(`the JobManager at ${hosts} did not know its job`);
    const head = await store.readHead(1);
    expect(head).toMatchObject({
      status: 'UNKNOWN',
      active: watchIn(1),
      error: expect.stringContaining('ada') as string,
    });
    expect((await dinghy('resolve', '1', '--lost')).err).toMatch(/ended already: UNKNOWN/);
  });

  it.each([
    ['without a word what became of it', ['3'], /--lost/],
    ['of a run that there is not', ['99', '--lost'], /no run 99/],
    ['of what is no number', ['x', '--lost'], /"x"/],
    ['of a run whose job is shown', ['2', '--lost'], /shows the job of run 2 .*RUNNING.*Nothing was changed/],
    ['of a run that was never confirmed', ['3', '--lost'], /not confirmed/],
  ])('is refused %s', async (_what, args, problem) => {
    await put(2, { jobId: KNOWN });
    await put(3, { status: 'INITIALIZING', submitStatus: 'INITIALIZE', open: [1] });
    const { code, err } = await dinghy('resolve', ...args);
    expect([code, problem.test(err)]).toEqual([1, true]);
    expect((await store.readHead(2))?.status).toBe('RUNNING');
    expect((await store.readHead(3))?.status).toBe('INITIALIZING');
  });
});

describe('dinghy twins', () => {
  it('lists the twins, and ends with 1 while there is one', async () => {
    expect(await dinghy('twins')).toMatchObject({ code: 0, out: expect.stringMatching(/no twins/) as string });
    const lost = { status: 'UNKNOWN', missedAt: START, finishedAt: START, givenUpFor: 12 } as const;
    await put(11, { ...lost, active: watchIn(11), twinSince: START });
    await put(13, { ...lost, active: watchIn(13) });
    await put(14, { ...lost, active: 'WATCH', twinSince: START + 1 });
    const { code, out } = await dinghy('twins');
    expect(code).toBe(1);
    expect(out).toMatch(/11 +7 +orders +cd.* 2026-01-31 11:00:00 +12/);
    const json = JSON.parse((await dinghy('twins', '--json')).out) as { id: number; takenBy: number }[];
    expect(json.map(({ id, takenBy }) => [id, takenBy])).toEqual([
      [11, 12],
      [14, 12],
    ]);
  });
});

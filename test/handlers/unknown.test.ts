/** A task or a run that nobody knows is an error that says so, on every route that names one; never "success" with nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpHandler } from '../../lib/http/route.ts';
import { SERVED } from '../../lib/http/served.ts';
import { anEvent, type Envelope } from '../builders/event.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from './bed.ts';

const [NEVER_RUN, UNKNOWN] = [7, 99];
let bed: Bed;

beforeAll(async () => {
  bed = await startBed({ ADHOC: 'true', SQL_GATEWAY_URL: 'http://127.0.0.1:9', FLINK_REST: '127.0.0.1:9' });
  await bed.putTask(aTask({ id: NEVER_RUN }));
}, 60_000);
afterAll(() => bed.stop());

type Served = (typeof SERVED)[number];

async function ask(route: Served, method: string, id: number): Promise<Envelope> {
  const { handler } = (await import(`../../handlers/${route.function}.ts`)) as { handler: HttpHandler };
  const path = route.path.replace('{id}', String(id));
  const query = `id=${id}&taskId=${id}&jobId=${'a'.repeat(32)}&savePointType=trigger&type=trigger&savePointPath=s3://b/sp`;
  const body = JSON.stringify({ id, taskId: id, type: 'trigger' });
  const call = { method, path, query };
  const { body: answer } = await handler(anEvent(method === 'POST' ? { ...call, body } : call));
  return JSON.parse(answer ?? '') as Envelope;
}

/** Lists, whose answer is an empty list; calls that name neither; and executeSql and its like, whose task is in their body. */
const NAMES_NONE = ['getJobInstanceList', 'runs', 'tasks', 'version', 'executeSql', 'executeJar'];
const NAMING = SERVED.filter(
  ({ path }) => path.startsWith('/openapi/') && !NAMES_NONE.includes(path.replace('/openapi/', '')),
).flatMap((route) => route.methods.map((method) => [`${method} ${route.path}`, route, method] as const));

const RUN = 'Job Instance Not Exist: there is no run 99. Check the id that submitTask returned.';
const TASK = /^Task Not Exist/;
const OF_RUNS = ['/openapi/getJobInstance', '/openapi/runs/{id}'];

describe('what nobody knows', () => {
  it.each(NAMING.filter(([, { path }]) => path !== '/openapi/getJobData'))(
    'is said by %s',
    async (_name, route, method) => {
      const { success, code, msg, data } = await ask(route, method, UNKNOWN);
      expect([success, code, data]).toEqual([false, 1, null]);
      expect(msg).toMatch(OF_RUNS.includes(route.path) ? RUN : TASK);
    },
  );

  it('is said of a job whose rows are asked for', async () => {
    const [, route, method] = NAMING.find(([, { path }]) => path === '/openapi/getJobData')!;
    expect(await ask(route, method, 1)).toMatchObject({ success: false, code: 1 });
  });

  it.each([0, 2_147_483_648])('is no task and no run by the number %i either', async (id) => {
    for (const [name, route, method] of NAMING.filter(([, { path }]) => path !== '/openapi/getJobData')) {
      const { success, msg } = await ask(route, method, id);
      expect([name, success, msg]).toEqual([name, false, expect.stringMatching(/\b(?:id|taskId)\b/)]);
    }
  });
});

describe('a task that was never run', () => {
  const call = async (path: string, method: string) =>
    await ask(
      SERVED.find((route) => route.path === path)!,
      method,
      NEVER_RUN,
    );

  it('has no latest run, and that is no error', async () => {
    expect(await call('/openapi/getJobInstanceByTaskId', 'GET')).toMatchObject({ success: true, code: 0, data: null });
  });

  it('has nothing to stop, and that is told', async () => {
    for (const [path, method] of [
      ['/openapi/savepointTask', 'POST'],
      ['/openapi/savepoint', 'POST'],
      ['/openapi/offLineTask', 'GET'],
      ['/openapi/restartTask', 'GET'],
      ['/openapi/cancel', 'GET'],
    ] as const) {
      const { success, msg } = await call(path, method);
      expect([path, success, msg]).toEqual([path, false, expect.stringContaining('no live run')]);
    }
  });
});

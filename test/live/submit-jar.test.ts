/** EXECUTE JAR against a real Flink: the JobManager is asked what really runs. */
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { callHandler, type Envelope } from '../builders/event.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';
import { buildTestJar, type TestJar } from './test-jar.ts';

const { restUrl, gatewayUrl, version } = inject('flink');

let bed: Bed;
let jar: TestJar;
let nextId = 1;

beforeAll(async () => {
  jar = await buildTestJar(version);
  bed = await startBed({
    SQL_GATEWAY_URL: gatewayUrl,
    FLINK_REST: new URL(restUrl).host,
    JAR_FILES: 'allowed',
    JAR_HOSTS: '127.0.0.1',
  });
});
afterEach(cancelAll);
afterAll(async () => {
  await bed.stop();
  jar.remove();
});

const rest = async (path: string): Promise<Record<string, unknown>> =>
  (await (await fetch(`${restUrl}${path}`)).json()) as Record<string, unknown>;

async function cancelAll(): Promise<void> {
  const { jobs } = (await rest('/jobs')) as unknown as { jobs: { id: string; status: string }[] };
  const live = jobs.filter(({ status }) => !['CANCELED', 'FINISHED', 'FAILED'].includes(status));
  await Promise.all(live.map(({ id }) => fetch(`${restUrl}/jobs/${id}?mode=cancel`, { method: 'PATCH' })));
}

async function uploads(): Promise<string[]> {
  const { files } = (await rest('/jars')) as unknown as { files: { name: string }[] };
  return files.map(({ name }) => name);
}

const executeJar = (options: Readonly<Record<string, string>> = {}): string => {
  const all = Object.entries({ uri: `file://${jar.path}`, ...options });
  return `EXECUTE JAR WITH (${all.map(([key, value]) => `'${key}' = '${value.replaceAll("'", "''")}'`).join(', ')});`;
};

async function newTask(changes: Partial<TaskDefinition> = {}): Promise<number> {
  const id = nextId++;
  await bed.putTask(aTask({ id, dialect: 'FlinkJar', statement: executeJar(), ...changes }));
  return id;
}

const submit = (id: number, more: object = {}): Promise<Envelope> =>
  callHandler(bed.submit, { method: 'POST', body: JSON.stringify({ id, ...more }) });

async function submitted(changes: Partial<TaskDefinition> = {}, more: object = {}): Promise<Record<string, unknown>> {
  const { msg, data } = await submit(await newTask(changes), more);
  if (data === null) throw new Error(msg);
  expect(msg).toBe('Execute Successfully');
  return data;
}

const status = async (jobId: unknown): Promise<number> => (await fetch(`${restUrl}/jobs/${String(jobId)}`)).status;

describe('EXECUTE JAR on a real Flink', () => {
  it('runs main() under the very job id it answers; a task without name for it is called as the task', async () => {
    const data = await submitted({ name: 'by manifest' });
    expect(data).toMatchObject({ status: 'SUCCESS', success: true, error: null, duplicate: false });
    expect(await rest(`/jobs/${String(data['jobId'])}`)).toMatchObject({ name: 'by manifest' });
    const polled = await callHandler(bed.getJobInstance, { query: `id=${String(data['jobInstanceId'])}` });
    expect(polled.data).toMatchObject({ jid: data['jobId'], finishTime: null });
  });

  it('gives main() its arguments, with variables in place', async () => {
    const statement = executeJar({ args: "--name '${who} and more' --per-second 5" });
    const data = await submitted({ statement, dialect: 'FlinkSql' }, { variables: { who: 'by arguments' } });
    expect(await rest(`/jobs/${String(data['jobId'])}`)).toMatchObject({ name: 'by arguments and more' });
  });

  it('brings the layers of configuration to the job: the task, customConfig, SET, the options of the statement', async () => {
    const customConfig = { 'execution.checkpointing.interval': '20 s', 'execution.checkpointing.timeout': '5 min' };
    const settings = "SET 'execution.checkpointing.interval' = '11 s'; SET 'parallelism.default' = '4';\n";
    const task = { checkpoint: 60_000, parallelism: 2, configJson: { customConfig, udfRefer: {} } };
    const data = await submitted({ ...task, statement: settings + executeJar({ parallelism: '3' }) });
    const jobId = String(data['jobId']);
    const config = (await rest(`/jobs/${jobId}/config`)) as { 'execution-config': Record<string, unknown> };
    expect(config['execution-config']).toMatchObject({ 'job-parallelism': 3 });
    expect(await rest(`/jobs/${jobId}/checkpoints/config`)).toMatchObject({ interval: 11_000, timeout: 300_000 });
  });

  it('takes parallelism and checkpoint interval from the fields of the task where nothing else says them', async () => {
    const data = await submitted({ checkpoint: 60_000, parallelism: 2 });
    const jobId = String(data['jobId']);
    const config = (await rest(`/jobs/${jobId}/config`)) as { 'execution-config': Record<string, unknown> };
    expect(config['execution-config']).toMatchObject({ 'job-parallelism': 2 });
    expect(await rest(`/jobs/${jobId}/checkpoints/config`)).toMatchObject({ interval: 60_000 });
  });

  it('uploads a jar once, whatever it is called and however often it is run', async () => {
    const fresh = await buildTestJar(version);
    const copy = join(fresh.dir, 'copy of it.jar');
    copyFileSync(fresh.path, copy);
    const before = await uploads();
    for (const path of [fresh.path, fresh.path, copy]) {
      await submitted({ statement: executeJar({ uri: `file://${encodeURI(path)}` }) });
    }
    const added = (await uploads()).filter((name) => !before.includes(name));
    expect(added).toHaveLength(1);
    expect(added[0]).toMatch(/^[0-9a-f]{64}_numbers\.jar$/);
    fresh.remove();
  });

  it('answers five requests at once with one job, and uploads the jar once for them', async () => {
    const fresh = await buildTestJar(version);
    const before = await uploads();
    const id = await newTask({ name: 'five', statement: executeJar({ uri: `file://${fresh.path}` }) });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => submit(id)));
    expect(new Set(answers.map(({ data }) => data?.['jobId'])).size).toBe(1);
    expect(answers.filter(({ data }) => data?.['duplicate'] === true)).toHaveLength(4);
    const { jobs } = (await rest('/jobs/overview')) as unknown as { jobs: { name: string }[] };
    expect(jobs.filter(({ name }) => name === 'five')).toHaveLength(1);
    expect(await uploads()).toHaveLength(before.length + 1);
    fresh.remove();
  });

  it('uploads it again when somebody has deleted it', async () => {
    await submitted();
    for (const { id } of (await rest('/jars'))['files'] as { id: string }[]) {
      await fetch(`${restUrl}/jars/${id}`, { method: 'DELETE' });
    }
    const data = await submitted();
    expect(await status(data['jobId'])).toBe(200);
  });

  it('starts from a savepoint that the statement names', async () => {
    const first = await submitted({ statement: executeJar({ args: '--per-second 100' }) });
    const path = await savepoint(String(first['jobId']));
    const statement = executeJar({ args: '--per-second 100', 'savepoint-path': path });
    const second = await submitted({ statement });
    expect(second['jobConfig']).toMatchObject({ savePointPath: path });
    const restored = async (): Promise<unknown> => {
      const checkpoints = await rest(`/jobs/${String(second['jobId'])}/checkpoints`);
      return (checkpoints as { latest?: { restored?: { external_path?: string } | null } }).latest?.restored
        ?.external_path;
    };
    await expect.poll(restored).toBe(path);
  });
});

/** Asked again, with a new trigger, while the tasks are still starting. */
async function savepoint(jobId: string): Promise<string> {
  for (let tries = 0; tries < 50; tries++) {
    const asked = await fetch(`${restUrl}/jobs/${jobId}/savepoints`, { method: 'POST', body: '{"cancel-job": true}' });
    const trigger = ((await asked.json()) as { 'request-id': string })['request-id'];
    const location = await locationOf(jobId, trigger);
    if (location !== null) return location;
  }
  throw new Error('no savepoint came about');
}

async function locationOf(jobId: string, trigger: string): Promise<string | null> {
  for (;;) {
    const { status: seen, operation } = (await rest(`/jobs/${jobId}/savepoints/${trigger}`)) as {
      status: { id: string };
      operation?: { location?: string };
    };
    if (seen.id === 'COMPLETED') return operation?.location ?? null;
    await delay(100);
  }
}

describe('restartTask of a task that runs a jar', () => {
  const restart = (query: string, path = 'restartTask'): Promise<Envelope> =>
    callHandler(bed.submit, { path: `/openapi/${path}`, query });
  const stateOf = async (jobId: unknown): Promise<unknown> => (await rest(`/jobs/${String(jobId)}`))['state'];
  const restoredBy = async (jobId: unknown): Promise<unknown> => {
    const { latest } = (await rest(`/jobs/${String(jobId)}/checkpoints`)) as {
      latest?: { restored?: { external_path?: string } | null };
    };
    return latest?.restored?.external_path;
  };
  /** Tasks that are still starting have no savepoint to give. */
  const isAtWork = async (jobId: unknown): Promise<boolean> => {
    const { state, vertices } = (await rest(`/jobs/${String(jobId)}`)) as unknown as {
      state: string;
      vertices: { status: string }[];
    };
    return state === 'RUNNING' && vertices.every(({ status: seen }) => seen === 'RUNNING');
  };
  async function running(statement = executeJar({ args: '--per-second 50' })): Promise<{ id: number; jobId: string }> {
    const id = await newTask({ statement, dedupeSeconds: 0 });
    const { msg, data } = await submit(id);
    if (data === null) throw new Error(msg);
    await expect.poll(() => isAtWork(data['jobId']), { timeout: 20_000 }).toBe(true);
    return { id, jobId: String(data['jobId']) };
  }

  it('stops the job with a savepoint and runs main() again from it; then from a path that is given', async () => {
    const old = await running();
    const { code, msg, data } = await restart(`id=${old.id}`);
    expect({ code, msg }).toEqual({ code: 0, msg: 'Successfully' });
    const { savePointPath } = data?.['jobConfig'] as { savePointPath: string };
    expect(savePointPath).toMatch(/^file:.*savepoint-/);
    expect(await stateOf(old.jobId)).toBe('FINISHED');
    const second = String(data?.['jobId']);
    await expect.poll(() => restoredBy(second)).toBe(savePointPath);
    await expect.poll(() => isAtWork(second), { timeout: 20_000 }).toBe(true);
    const query = `id=${old.id}&savePointPath=${encodeURIComponent(savePointPath)}`;
    const again = await restart(query, 'selectSavePointRestartTask');
    expect(again).toMatchObject({ code: 0, data: { status: 'SUCCESS', jobConfig: { savePointPath } } });
    await expect.poll(() => stateOf(second)).toBe('CANCELED');
    await expect.poll(() => restoredBy(again.data?.['jobId'])).toBe(savePointPath);
  });

  it('runs the jar as it is now, and uploads it where Flink has lost it', async () => {
    const fresh = await buildTestJar(version);
    const old = await running(executeJar({ uri: `file://${fresh.path}`, args: '--per-second 50' }));
    for (const { id } of (await rest('/jars'))['files'] as { id: string }[]) {
      await fetch(`${restUrl}/jars/${id}`, { method: 'DELETE' });
    }
    const { code, data } = await restart(`id=${old.id}`);
    expect(code).toBe(0);
    await expect.poll(() => stateOf(data?.['jobId'])).toBe('RUNNING');
    fresh.remove();
  });

  it.each([
    ['is gone', { uri: 'file:///nowhere/gone.jar' }, /gone\.jar does not exist/],
    ['is not the one that is wanted', { sha256: 'a'.repeat(64) }, /aaaaaaaa/],
  ])('is refused where the jar %s by now, and the job goes on', async (_what, options, reason) => {
    const old = await running();
    await bed.putTask(aTask({ id: old.id, dialect: 'FlinkJar', statement: executeJar(options), dedupeSeconds: 0 }));
    const { code, msg } = await restart(`id=${old.id}`);
    expect({ code, msg }).toEqual({ code: 1, msg: expect.stringMatching(reason) as string });
    expect(await stateOf(old.jobId)).toBe('RUNNING');
  });

  it('whose main() starts no job any more has stopped the job, and says where its state is', async () => {
    const old = await running();
    const statement = executeJar({ 'main-class': 'dinghy.test.BadMains$StartsNothing' });
    await bed.putTask(aTask({ id: old.id, dialect: 'FlinkJar', statement, dedupeSeconds: 0 }));
    const { code, msg, data } = await restart(`id=${old.id}`);
    expect(code).toBe(1);
    expect(msg).toContain('main() ended without starting a job');
    const { savePointPath } = data?.['jobConfig'] as { savePointPath: string };
    expect(savePointPath).toMatch(/savepoint-/);
    expect(msg).toContain(
      `no job is left. To start from its state, submit the task with savePointPath ${savePointPath}`,
    );
    expect(await stateOf(old.jobId)).toBe('FINISHED');
  });
});

describe('jars on a web server', () => {
  let server: Server;
  let base: string;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.url ?? ''} ${request.headers['if-none-match'] ?? 'anew'}`);
      if (request.url === '/moved.jar') response.writeHead(302, { location: '/jobs/numbers.jar' }).end();
      else if (request.url !== '/jobs/numbers.jar') response.writeHead(404).end();
      else if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end(readFileSync(jar.path));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('are read once, and then only asked for changes', async () => {
    for (let n = 0; n < 2; n++) await submitted({ statement: executeJar({ uri: `${base}/moved.jar` }) });
    expect(asked.filter((line) => line.startsWith('/jobs/'))).toEqual([
      '/jobs/numbers.jar anew',
      '/jobs/numbers.jar "1"',
    ]);
  });

  it('that are not there are refused, without a run', async () => {
    const { msg, data } = await submit(await newTask({ statement: executeJar({ uri: `${base}/nope.jar` }) }));
    expect(msg).toContain(`The jar ${base}/nope.jar does not exist.`);
    expect(data).toBeNull();
  });
});

describe('EXECUTE JAR: what goes wrong', () => {
  const failed = async (options: Readonly<Record<string, string>>): Promise<Envelope> => {
    const answer = await submit(await newTask({ statement: `-- a comment\n${executeJar(options)}` }));
    expect(answer.success).toBe(false);
    return answer;
  };

  it.each([
    ['does not exist', 'nope.jar', () => undefined, /nope\.jar does not exist/],
    ['is no jar', 'text.jar', (path: string) => writeFileSync(path, 'not a jar'), /text\.jar is not a jar/],
    [
      'breaks off',
      'cut.jar',
      (path: string) => writeFileSync(path, readFileSync(jar.path).subarray(0, 3_000)),
      /cut\.jar is not a jar: it is incomplete/,
    ],
  ])('a jar that %s is refused without a run', async (_what, name, make, text) => {
    const path = join(jar.dir, name);
    make(path);
    const { msg, data } = await failed({ uri: `file://${path}` });
    expect(msg).toMatch(text);
    expect(data).toBeNull();
  });

  it.each([
    ['there is no such class', 'nope.Nope', "line 2: The program's entry point class 'nope.Nope' was not found"],
    ['the class has no main()', 'dinghy.test.BadMains$NoMain', 'does not have a main(String[]) method'],
    [
      'main() throws',
      'dinghy.test.BadMains$FailsBefore',
      'main() failed: IllegalStateException: the settings could not be read, because of ConnectException: Connection refused: a|b',
    ],
    ['main() starts no job', 'dinghy.test.BadMains$StartsNothing', 'main() ended without starting a job'],
  ])('%s: the run has failed, and there is no job', async (_what, entryClass, text) => {
    const { msg, data } = await failed({ 'main-class': entryClass, args: 'a b' });
    expect(msg).toContain(text);
    expect(data).toMatchObject({ status: 'FAILED' });
    expect(await status(data?.['jobId'])).toBe(404);
    const polled = await callHandler(bed.getJobInstance, { query: `id=${String(data?.['id'])}` });
    expect(polled.data).toMatchObject({ status: 'FAILED' });
  });

  it.each(['dinghy.test.BadMains$FailsAfter', 'dinghy.test.BadMains$StartsTwo'])(
    'a main() that fails after its job was started: the job counts (%s)',
    async (entryClass) => {
      const data = await submitted({ statement: executeJar({ 'main-class': entryClass }) });
      expect(data).toMatchObject({ status: 'SUCCESS' });
      expect(await status(data['jobId'])).toBe(200);
    },
  );

  it("gives Flink's reason for a savepoint that is not there", async () => {
    const { msg, data } = await failed({ 'savepoint-path': 'file:/nowhere/savepoint-1' });
    expect(msg).toMatch(/nowhere\/savepoint-1/);
    expect(await rest(`/jobs/${String(data?.['jobId'])}`)).toMatchObject({ state: 'FAILED' });
  });
});

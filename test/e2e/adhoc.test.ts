/** Statements and jars that are no stored task, from outside: `npm start -- --adhoc`, then HTTP and a real Flink. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StackProcess } from '../local/stack-process.ts';
import { expectShape, INSERT_RESULT, JOB_CONFIG, JOB_INSTANCE, JOB_RESULT } from './contract-keys.ts';
import { type ServedJar, serveJar } from './served-jar.ts';
import {
  call,
  cancelAll,
  type Envelope,
  expectState,
  flinkJob,
  flinkJobs,
  instanceWith,
  type Json,
  post,
  startReadyStack,
  stopStack,
  tablesOf,
  type Urls,
  urlsOf,
} from './stack.ts';

const SQL = `CREATE TABLE src (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '5');
CREATE TABLE snk (n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO snk SELECT n FROM src WHERE n > \${least}; least := 0;`;
const BODY = { statement: SQL, jobName: 'from-a-request', parallelism: 1, variables: { least: 7 } };

let stack: StackProcess | undefined;
let urls: Urls;
let jar: ServedJar | undefined;

beforeAll(async () => {
  stack = await startReadyStack(['--adhoc']);
  urls = urlsOf(stack);
  jar = await serveJar('2.3.0');
});
afterAll(async () => {
  await stopStack(stack);
  jar?.stop();
});

const execute = (body: object, path = 'executeSql', headers: Record<string, string> = {}): Promise<Envelope> =>
  call(urls, `/openapi/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
const shownRuns = async (query: string): Promise<Json[]> =>
  (await call(urls, `/openapi/runs?${query}`)).data['runs'] as Json[];

describe('POST /openapi/executeSql', () => {
  let first: Envelope;

  it('starts the job that it names, with every key of the contract', async () => {
    first = await execute(BODY);
    expect(first).toMatchObject({
      code: 0,
      msg: 'Execute Successfully',
      data: { status: 'SUCCESS', duplicate: false },
    });
    expectShape(first.data, JOB_RESULT);
    expectShape(first.data['jobConfig'], { ...JOB_CONFIG, taskId: 'null' });
    expectShape(first.data['result'], INSERT_RESULT);
    expect(first.datas).toEqual(first.data);
    expect(first.data['jobConfig']).toMatchObject({
      jobName: 'from-a-request',
      taskId: null,
      variables: { least: '7' },
    });
    await expectState(urls, first.data['jobId'], 'RUNNING');
    expect((await flinkJob(urls, first.data['jobId'])).name).toBe('from-a-request');
  });

  it('sent again, in whatever order, five times at once, starts nothing', async () => {
    const { variables, ...rest } = BODY;
    const repeats = await Promise.all([BODY, { variables, ...rest }, BODY, BODY, BODY].map((body) => execute(body)));
    for (const { success, data } of repeats) {
      expect(success).toBe(true);
      expect(data).toMatchObject({ id: first.data['id'], jobId: first.data['jobId'], duplicate: true });
    }
    expect(await flinkJobs(urls)).toHaveLength(1);
    expect(await tablesOf(urls).heads()).toHaveLength(1);
  });

  it('is in the list of runs, and polled like any other run', async () => {
    const { id, jobId } = first.data;
    expect(await shownRuns('live=true')).toMatchObject([{ id, taskId: null, name: 'from-a-request', jobId }]);
    const instance = await instanceWith(urls, id, 'RUNNING');
    expectShape(instance, { ...JOB_INSTANCE, taskId: 'null' });
    expect(instance).toMatchObject({ id, jid: jobId, taskId: null });
    expect((await call(urls, `/openapi/runs/${String(id)}`)).data).toMatchObject({
      id,
      taskId: null,
      createdBy: 'anonymous',
    });
  });

  it('stops with a savepoint by the number of its run, and goes on from LATEST', async () => {
    const { id } = first.data;
    const stopped = await post(urls, '/openapi/savepointTask', { runId: id, type: 'stop' });
    expect(stopped).toMatchObject({ code: 0, data: { isSuccess: true } });
    const [{ savePoint } = {}] = stopped.data['jobInfos'] as Json[];
    expect(savePoint).toMatch(/savepoint-/);
    await instanceWith(urls, id, 'FINISHED');
    const next = await execute({ ...BODY, savePointStrategy: 'LATEST' });
    expect(next.data).toMatchObject({ duplicate: false, status: 'SUCCESS', jobConfig: { savePointPath: savePoint } });
    await expectState(urls, next.data['jobId'], 'RUNNING');
    const other = await execute({ ...BODY, jobName: 'second' });
    const cancelled = await call(urls, `/openapi/cancel?runId=${String(next.data['id'])}`);
    expect(cancelled).toMatchObject({ code: 0, data: true });
    await instanceWith(urls, next.data['id'], 'CANCELED');
    await expectState(urls, other.data['jobId'], 'RUNNING');
    await cancelAll(urls);
  });

  it('gives the rows of a SELECT; with a key, those of the run of the key', async () => {
    const body = {
      statement: 'SELECT n, n * 2 AS twice FROM (VALUES (1), (2)) AS t (n)',
      batchModel: true,
      maxRowNum: 1,
    };
    const { data } = await execute(body, 'executeSql', { 'Idempotency-Key': 'rows' });
    expect(data['result']).toMatchObject({
      columns: ['n', 'twice'],
      rowData: [{ n: '1', twice: '2' }],
      truncationFlag: true,
    });
    const again = await execute(body, 'executeSql', { 'Idempotency-Key': 'rows' });
    expect(again.data).toMatchObject({ id: data['id'], duplicate: true, result: data['result'] });
    expect((await execute(body)).data).toMatchObject({ duplicate: false });
    const rows = await call(urls, `/openapi/getJobData?jobId=${String(data['jobId'])}`);
    expect(rows.data).toMatchObject({ columns: ['n', 'twice'] });
  });

  it('says what Flink says of a wrong statement, and leaves no job', async () => {
    const before = (await flinkJobs(urls)).length;
    const { code, msg, data } = await execute({ statement: 'SELECT nope FROM (VALUES (1)) AS t (n)' });
    expect({ code, status: data['status'] }).toEqual({ code: 1, status: 'FAILED' });
    expect(msg).toMatch(/^Run \d+ failed: .*nope/);
    expect(await flinkJobs(urls)).toHaveLength(before);
  });
});

describe('POST /openapi/executeJar', () => {
  it('runs a jar that the request names, in both dialects, and once', async () => {
    const flat = {
      jarPath: jar?.url,
      mainAppClass: 'dinghy.example.NumbersJob',
      mainArgs: ['--name', 'by a request'],
      jobName: 'j',
    };
    const { msg, data } = await execute(flat, 'executeJar');
    expect({ msg, status: data['status'] }).toEqual({ msg: 'Execute Successfully', status: 'SUCCESS' });
    await expectState(urls, data['jobId'], 'RUNNING');
    expect((await flinkJob(urls, data['jobId'])).name).toBe('by a request');
    const appConfig = { userJarPath: jar?.url, userJarMainAppClass: flat.mainAppClass, userJarParas: flat.mainArgs };
    const again = await execute({ jobName: 'j', gatewayConfig: { appConfig } }, 'executeJar');
    expect(again.data).toMatchObject({ id: data['id'], duplicate: true });
    await cancelAll(urls);
  });

  it('refuses a jar from an address that is not allowed', async () => {
    const { code, msg, data } = await execute({ jarPath: 'http://192.0.2.1/a.jar' }, 'executeJar');
    expect({ code, data }).toEqual({ code: 1, data: null });
    expect(msg).toMatch(/http is not secure/);
  });
});

/**
 * The calls, from outside: `npm start`, then HTTP. What happened is asked of Flink's JobManager and of DynamoDB, never
 * concluded from an answer alone.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StackProcess } from '../local/stack-process.ts';
import { expectShape, INSERT_RESULT, JOB_CONFIG, JOB_INSTANCE, JOB_RESULT } from './contract-keys.ts';
import {
  call,
  cancelAll,
  type Envelope,
  expectState,
  flinkJob,
  flinkJobs,
  instanceWith,
  post,
  startReadyStack,
  stopStack,
  tablesOf,
  type Urls,
  urlsOf,
} from './stack.ts';

/** As printed on the page of the original. */
const PRINTED = 'http://127.0.0.1:8888/openapi/submitTask?id=1';

let stack: StackProcess | undefined;
let urls: Urls;
let first: Envelope;

beforeAll(async () => {
  stack = await startReadyStack();
  urls = urlsOf(stack);
});
afterAll(() => stopStack(stack));

describe('GET /openapi/submitTask?id=1', () => {
  it('answers the printed URL with every key of the contract', async () => {
    const { pathname, search } = new URL(PRINTED);
    first = await call(urls, pathname + search);
    expect(first).toMatchObject({ code: 0, success: true, msg: 'Execute Successfully' });
    expect(Object.keys(first).sort()).toEqual(['code', 'data', 'datas', 'msg', 'success', 'time']);
    expectShape(first.data, JOB_RESULT);
    expectShape(first.data['jobConfig'], JOB_CONFIG);
    expectShape(first.data['result'], INSERT_RESULT);
    expect(first.datas).toEqual(first.data);
    expect(first.data).toMatchObject({ status: 'SUCCESS', success: true, error: null, duplicate: false });
    expect(first.data['jobInstanceId']).toBe(first.data['id']);
    expect(first.data['jobManagerAddress']).toBe(new URL(urls.flink).host);
    expect(first.data['startTime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/);
  });

  it('has started the very job it names: the JobManager runs it', async () => {
    expect(first.data['jobId']).toMatch(/^[0-9a-f]{32}$/);
    await expectState(urls, first.data['jobId'], 'RUNNING');
    expect((await flinkJob(urls, first.data['jobId'])).name).toBe('orders-per-product');
    expect(await flinkJobs(urls)).toHaveLength(1);
  });

  it('has recorded the run as it was answered: DynamoDB has it', async () => {
    const { id, jobId, status } = first.data;
    expect(await tablesOf(urls).headOf(id)).toMatchObject({ id, jobId, submitStatus: status, taskId: 1 });
  });

  it('starts nothing new when it is repeated, and names the run', async () => {
    for (const repeat of [call(urls, '/openapi/submitTask?id=1'), post(urls, '/openapi/submitTask', { id: '1' })]) {
      const { success, msg, data } = await repeat;
      expect(success).toBe(true);
      expect(data).toEqual({ ...first.data, duplicate: true });
      expect(msg).toContain(`run ${String(first.data['id'])} `);
    }
    expect(await flinkJobs(urls)).toHaveLength(1);
    expect(await tablesOf(urls).heads()).toHaveLength(1);
  });
});

describe('other calls', () => {
  it('POST takes the id as a text', async () => {
    const { success, data } = await post(urls, '/openapi/submitTask', { id: '2' });
    expect(success).toBe(true);
    expectShape(data, JOB_RESULT);
    await expectState(urls, data['jobId'], 'RUNNING');
  });

  it('getJobInstance says RUNNING, and what Flink and DynamoDB say', async () => {
    const { id, jobId } = first.data;
    const instance = await instanceWith(urls, id, 'RUNNING');
    expectShape(instance, JOB_INSTANCE);
    expect(instance).toMatchObject({ id, jid: jobId, taskId: 1, name: 'orders-per-product', finishTime: null });
    expect((await tablesOf(urls).headOf(id))?.['status']).toBe('RUNNING');
    expect((await flinkJob(urls, jobId)).state).toBe('RUNNING');
  });

  it('getJobInstanceByTaskId gives the latest run of the task', async () => {
    const { msg, data, datas } = await call(urls, '/openapi/getJobInstanceByTaskId?id=1');
    expect(msg).toBe('Successfully');
    expectShape(data, JOB_INSTANCE);
    expect(data).toMatchObject({ id: first.data['id'], jid: first.data['jobId'], status: 'RUNNING' });
    expect(datas).toEqual(data);
    expect(await call(urls, '/openapi/getJobInstanceByTaskId?id=4')).toMatchObject({ code: 0, data: null });
  });

  it('version is a text', async () => {
    expect(await call(urls, '/openapi/version')).toMatchObject({
      code: 0,
      msg: 'Query Successfully',
      data: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  it('a job that was cancelled in Flink is CANCELED, and then runs anew', async () => {
    await cancelAll(urls);
    const instance = await instanceWith(urls, first.data['id'], 'CANCELED');
    expect(instance['finishTime']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const again = await call(urls, '/openapi/submitTask?id=1');
    expect(again).toMatchObject({ success: true, data: { duplicate: false } });
    expect(again.data['jobId']).not.toBe(first.data['jobId']);
    await expectState(urls, again.data['jobId'], 'RUNNING');
  });
});

describe('refusals are HTTP 200 and the envelope, and start nothing', () => {
  it.each([
    ['an unknown path', 'GET', '/openapi/nope', undefined, /no GET \/openapi\/nope here/],
    ['a wrong method', 'PUT', '/openapi/submitTask?id=2', '{}', /submitTask takes GET or POST, not PUT/],
    [
      'a broken body',
      'POST',
      '/openapi/submitTask',
      '{id: 1',
      /body is not JSON: it can't be read at line 1, column 2/,
    ],
    ['no body', 'POST', '/openapi/submitTask', '', /no body/],
    ['no id', 'GET', '/openapi/submitTask', undefined, /"id" is missing/],
    ['an id that is no number', 'GET', '/openapi/submitTask?id=abc', undefined, /"id" is "abc"/],
    ['two ids', 'GET', '/openapi/submitTask?id=1&id=2', undefined, /"id" is given 2 times/],
    ['an unknown task', 'GET', '/openapi/submitTask?id=999', undefined, /^Task Not Exist/],
    ['a prologue', 'GET', '/openapi/submitTask?id=8', undefined, /shop-tables|FlinkSqlEnv/],
    ['an unknown run', 'GET', '/openapi/getJobInstance?id=999999', undefined, /^Job Instance Not Exist/],
  ])('%s', async (_what, method, path, body, text) => {
    const before = (await flinkJobs(urls)).length;
    const { code, success, msg, data, datas } = await call(urls, path, { method, ...(body !== undefined && { body }) });
    expect({ code, success, data }).toEqual({ code: 1, success: false, data: null });
    expect(msg).toMatch(text);
    expect(datas).toMatchObject({ success: false, jobInstanceId: null, status: null, error: msg });
    expect(await flinkJobs(urls)).toHaveLength(before);
  });
});

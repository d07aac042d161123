/** The handlers over a real DynamoDB API, with events as API Gateway sends them: everything a caller may get wrong. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callHandler, type Envelope } from '../builders/event.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from './bed.ts';

let bed: Bed;
let html: Server;
let htmlPort: number;

/** A port on which nobody listens: bound once and given back. */
const CLOSED = '127.0.0.1:9';

beforeAll(async () => {
  html = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Sign in to the proxy</body></html>');
  });
  html.listen(0, '127.0.0.1');
  await once(html, 'listening');
  htmlPort = (html.address() as AddressInfo).port;
  bed = await startBed({ SQL_GATEWAY_URL: `http://${CLOSED}`, FLINK_REST: CLOSED, TIME_ZONE: 'Europe/Berlin' });
});

afterAll(async () => {
  html.close();
  await bed.stop();
});

async function refused(answer: Promise<Envelope>, msg: RegExp): Promise<void> {
  const { code, success, data, datas, msg: said } = await answer;
  expect(said).toMatch(msg);
  expect({ code, success, data }).toEqual({ code: 1, success: false, data: null });
  expect(datas).toEqual({ success: false, jobInstanceId: null, status: null, error: said });
}

describe('submitTask: what is wrong with the id', () => {
  it.each([
    ['', /parameter "id" is missing/],
    ['id=', /parameter "id" is missing/],
    ['id=abc', /"id" is "abc"\. Give a whole number from 1 to 2147483647/],
    ['id=1.5', /"id" is "1\.5"/],
    ['id=0', /"id" is "0"/],
    ['id=-1', /"id" is "-1"/],
    ['id=%201', /"id" is " 1"/],
    ['id=1e3', /"id" is "1e3"/],
    ['id=0x10', /"id" is "0x10"/],
    ['id=2147483648', /"id" is "2147483648"/],
    ['id=1&id=2', /"id" is given 2 times\. Give it once/],
    [`id=${'9'.repeat(300)}`, /"id" is "9{100}\.\.\."/],
    ['id=4711', /^Task Not Exist: there is no task 4711/],
  ])('GET ?%.60s', async (query, msg) => {
    await refused(callHandler(bed.submit, { query }), msg);
  });

  it.each([
    [undefined, /no body.*\{"id": 1\}/],
    ['', /no body/],
    ['{id:2}', /not JSON: it can't be read at line 1, column 2/],
    ['{"id": 1', /not JSON/],
    ['[1]', /not a JSON object/],
    ['null', /not a JSON object/],
    ['"1"', /not a JSON object/],
    ['{}', /"id" is missing/],
    ['{"id": null}', /"id" is missing/],
    ['{"id": true}', /"id" is "true"/],
    ['{"id": [1]}', /"id" is a list/],
    ['{"id": 1.5}', /"id" is "1\.5"/],
    ['{"id": 1e20}', /"id" is "100000000000000000000"/],
    ['{"id": "2147483648"}', /"id" is "2147483648"/],
    ['{"id": 1, "isOnline": "maybe"}', /"isOnline" is "maybe"\. Give true or false/],
    ['{"id": 1, "savePointPath": 7}', /"savePointPath" is a number\. Give a text/],
    ['{"id": 1, "variables": "x"}', /"variables" is a text\. Give an object/],
    ['{"id": 1, "variables": {"a": {}}}', /variable "a".*is an object/],
    [`{"id": 1, "x": "${'y'.repeat(300 * 1024)}"}`, /body has 307\d\d\d bytes; at most 262144/],
    ['{"id": 4711}', /^Task Not Exist/],
    ['{"id": "4711", "somethingElse": [1]}', /^Task Not Exist/],
  ])('POST %.60s', async (body, msg) => {
    const call = { method: 'POST', ...(body === undefined ? {} : { body }) };
    await refused(callHandler(bed.submit, call), msg);
    await refused(callHandler(bed.submit, { ...call, base64: true }), msg);
  });

  it('answers any body and any query with the envelope', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), fc.string(), async (body, query) => {
        const post = await callHandler(bed.submit, { method: 'POST', body });
        const get = await callHandler(bed.submit, { query });
        expect([typeof post.msg, typeof get.msg]).toEqual(['string', 'string']);
      }),
      { numRuns: 200 },
    );
  });
});

describe('submitTask: what is wrong with the task', () => {
  const INSERT = "CREATE TABLE t (a INT) WITH ('connector'='blackhole');\n";
  it.each([
    ['empty SQL', { statement: '' }, /"statement" must be SQL text/],
    ['blank SQL', { statement: ' \n ' }, /"statement" must be SQL text/],
    ['only comments', { statement: '-- one\n/* two */' }, /nothing to run/i],
    ['an unclosed quote', { statement: `${INSERT}INSERT INTO t SELECT 'x` }, /line 2/],
    [
      'unresolved variables',
      { statement: `${INSERT}INSERT INTO t SELECT \${a}\n+ \${b};` },
      /\$\{a\} \(line 2\).*\$\{b\} \(line 3\)/,
    ],
    [
      'two groups that start jobs',
      { statement: `${INSERT}INSERT INTO t SELECT 1;\nSELECT 1;` },
      /INSERT INTO \(line 2, column 1\).*SELECT \(line 3, column 1\)/,
    ],
    ['an unknown dialect', { dialect: 'Mysql' }, /dialect "Mysql".*FlinkSql/],
    ['an unknown type', { type: 'mesos' }, /type "mesos".*standalone/],
    [
      'a refused option',
      { statement: `SET 'rest.port' = '1';\n${INSERT}INSERT INTO t SELECT 1` },
      /line 1.*"rest\.port"/,
    ],
    ['no cluster', { type: 'standalone' }, /names no cluster/],
    ['a cluster that does not exist', { type: 'standalone', clusterId: 99 }, /cluster 99, which does not exist/],
    ['an environment task that does not exist', { envId: 98 }, /task 98 \(envId\), which does not exist/],
    ['a disabled task', { enabled: false }, /is disabled/],
    ['Dinky statements of its own JVM', { statement: "EXECUTE CDCSOURCE x WITH ('a'='b')" }, /CDCSOURCE/],
  ])('%s', async (_name, changes, msg) => {
    await bed.putTask(aTask({ id: 50, ...changes }));
    await refused(callHandler(bed.submit, { query: 'id=50' }), msg);
  });

  it('a statement that grows over 256 KB with its variables', async () => {
    await bed.putTask(aTask({ id: 51, statement: `${INSERT}INSERT INTO t SELECT LENGTH('\${a}\${a}\${a}');` }));
    const body = JSON.stringify({ id: 51, variables: { a: 'x'.repeat(100_000) } });
    await refused(callHandler(bed.submit, { method: 'POST', body }), /has 300\d\d\d bytes; at most 262144/);
  });

  it.each([
    ['a gateway that is down', CLOSED, CLOSED, /SQL gateway.*127\.0\.0\.1:9.*connection refused.*Nothing was started/],
    [
      'a gateway that answers HTML',
      'html',
      CLOSED,
      /SQL gateway.*sent a reply that is not from Flink.*Sign in to the proxy/,
    ],
  ])('%s', async (_name, gateway, hosts, msg) => {
    const url = `http://${gateway === 'html' ? `127.0.0.1:${htmlPort}` : gateway}`;
    await bed.putCluster(aCluster({ id: 7, sqlGateway: url, hosts }));
    await bed.putTask(aTask({ id: 52, type: 'standalone', clusterId: 7 }));
    await refused(callHandler(bed.submit, { query: 'id=52' }), msg);
  });

  it('leaves no run behind: nothing was accepted so far', async () => {
    const kinds = new Set((await bed.jobItems()).map((item) => String(item['pk']).split('#')[0]));
    expect(kinds).toEqual(new Set(['COUNTER', 'REFUSED']));
  });
});

describe('job instances', () => {
  it.each([
    ['id=abc', /"id" is "abc"/],
    ['id=4711', /^Job Instance Not Exist: there is no run 4711/],
  ])('getJobInstance?%s', async (query, msg) => {
    await refused(callHandler(bed.getJobInstance, { path: '/openapi/getJobInstance', query }), msg);
  });

  it('getJobInstanceByTaskId of a task that does not exist is refused', async () => {
    const path = '/openapi/getJobInstanceByTaskId';
    await refused(
      callHandler(bed.getJobInstanceByTaskId, { path, query: 'id=4711' }),
      /^Task Not Exist: there is no task 4711/,
    );
  });

  it('getJobInstanceByTaskId of a task that was never run: null, and no failure', async () => {
    await bed.putTask(aTask({ id: 4712 }));
    const answer = await callHandler(bed.getJobInstanceByTaskId, { query: 'id=4712' });
    expect(answer).toMatchObject({ code: 0, success: true, data: null, msg: 'Successfully' });
    expect(answer.datas).toMatchObject({ error: null });
  });
});

describe('the rest of /openapi', () => {
  it('says its version', async () => {
    const answer = await callHandler(bed.version, { path: '/openapi/version' });
    expect(answer).toMatchObject({ code: 0, msg: 'Query Successfully', data: '1.2.0' });
  });

  it('answers unknown paths and wrong methods in the envelope', async () => {
    await refused(callHandler(bed.fallback, { path: '/openapi/nope' }), /no GET \/openapi\/nope here.*submitTask/);
    await refused(
      callHandler(bed.fallback, { method: 'PUT', path: '/openapi/submitTask' }),
      /takes GET or POST, not PUT/,
    );
  });

  it('writes times in the zone of the deployment', async () => {
    const { time } = await callHandler(bed.version, {});
    const berlin = new Date().toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' });
    expect(time.slice(0, 13)).toBe(berlin.slice(0, 13));
  });

  it('gives every answer the request id, and forbids to keep it', async () => {
    const { anEvent } = await import('../builders/event.ts');
    const result = await bed.version(anEvent({}));
    expect(result.headers).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': 'JKJaXmPLvHcESHA=',
    });
  });
});

describe('an EventBridge event that is wrong', () => {
  it.each([
    [{ taskId: 'x' }, /"taskId" is "x"/],
    [{}, /Send \{"taskId": 1/],
    ['text', /event is a text/],
    [{ detail: { taskId: 4711 } }, /Task Not Exist/],
  ])('%j is thrown, so that it counts as an error', async (event, msg) => {
    await expect(bed.scheduled(event)).rejects.toThrow(msg);
  });
});

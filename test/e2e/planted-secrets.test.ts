/**
 * Secrets and plain credentials are planted wherever an author, an operator or a caller may put them; tasks run, fail and are
 * refused with them. Then everything that was left behind is searched: every item, file, log line, answer, output of the
 * command, and request to Flink.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { type Flink, startFlink } from '../../local/flink.ts';
import { TABLE_NAMES } from '../../local/stack.ts';
import { type GatewayRecorder, recordGateway } from '../live/gateway-recorder.ts';
import { buildTestJar, type TestJar } from '../live/test-jar.ts';
import type { StackProcess } from '../local/stack-process.ts';
import { filesBelow, itemsAt, requestsOf } from './left-behind.ts';
import { formsOf, leaksIn, type Place, type Planted, unplanted } from './planted.ts';
import { ALL as VALUES, apiKey, idOf, manifest, PLANTED as P, STATEMENTS } from './planted-tasks.ts';
import { cancelAll, flinkJobs, startReadyStack, stopStack, type Urls, urlsOf } from './stack.ts';

const dir = mkdtempSync(join(tmpdir(), 'dinghy-planted-'));
const answers: Place[] = [];
const outputs: Place[] = [];
/** What the test itself has sent. */
const given: Place[] = [];
let flink: Flink | undefined;
let recorder: GatewayRecorder | undefined;
let stack: StackProcess | undefined;
let jar: TestJar | undefined;
const jarServer = createServer((request, response) => {
  const isThere = jar !== undefined && request.url?.startsWith('/a.jar') === true;
  response.writeHead(isThere ? 200 : 404).end(isThere ? readFileSync(jar!.path) : 'none');
});
let urls: Urls & { readonly jars: string };

const EXPLAIN_ARGS = (): string[] => {
  const variables = { call_password: P.byPost.value, api_token: P.shortPost.value };
  const given = Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]);
  return ['--sql-gateway', urls.gateway, '--flink-rest', new URL(urls.flink).host, ...given];
};

/** Every call brings a key in one of the three places where keys are accepted, by turns. */
const PLACES = ['header', 'bearer', 'path'] as const;
const keys = new Map<(typeof PLACES)[number], string>();
let calls = 0;
let ALL: readonly Planted[] = VALUES;

async function makeKeys(): Promise<void> {
  for (const place of PLACES) {
    const said = await dinghy('keys', 'create', `planted-${place}`);
    const [secret] = /dk_[0-9A-Za-z]{49}/.exec(said) ?? [];
    if (secret === undefined) throw new Error(`no key was made: ${said}`);
    keys.set(place, secret);
  }
  ALL = [...VALUES, ...[...keys].map(([place, secret]) => apiKey(`API key, ${place}`, secret))];
}

const keyOf = (place: (typeof PLACES)[number]): string => keys.get(place) ?? '';

function withKey(path: string, { headers, ...init }: RequestInit): readonly [path: string, init: RequestInit] {
  const place = PLACES[(calls += 1) % PLACES.length] ?? 'header';
  const own = { 'content-type': 'application/json', ...(headers as Record<string, string> | undefined) };
  switch (place) {
    case 'header':
      return [path, { ...init, headers: { ...own, 'dinky-token': keyOf(place) } }];
    case 'bearer':
      return [path, { ...init, headers: { ...own, authorization: `Bearer ${keyOf(place)}` } }];
    case 'path':
      return [`/k/${keyOf(place)}${path}`, { ...init, headers: own }];
  }
}

const ask = (path: string, init: RequestInit = {}): Promise<Record<string, unknown>> => send(...withKey(path, init));

/** Without a key, but for what stands in it. */
async function send(path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  given.push({ kind: 'given', name: path, text: `${path}\n${decodeURIComponent(path)}\n${JSON.stringify(init)}` });
  const reply = await fetch(urls.api + path, init);
  const text = await reply.text();
  answers.push({
    kind: 'answer',
    name: path.replace(/^\/k\/[^/]+/, '').split('?')[0] ?? '',
    text: `${JSON.stringify([...reply.headers])}\n${text}`,
  });
  return JSON.parse(text) as Record<string, unknown>;
}

const submit = (name: string, more = ''): Promise<Record<string, unknown>> =>
  ask(`/openapi/submitTask?id=${idOf(name)}${more}`);
const post = (body: object | string, headers: Record<string, string> = {}): Promise<Record<string, unknown>> =>
  ask('/openapi/submitTask', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

async function dinghy(...args: string[]): Promise<string> {
  const where = { DEFINITIONS_TABLE: TABLE_NAMES.DefinitionsTable, JOBS_TABLE: TABLE_NAMES.JobsTable };
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  await main(args, { ...where, AWS_ENDPOINT_URL_DYNAMODB: urls.dynamodb }, { out: say, err: say });
  const text = lines.join('\n');
  outputs.push({ kind: 'command', name: args.slice(0, 2).join(' '), text });
  return text;
}

/** Everything there is. What Flink itself writes is its operator's to guard: see docs/guide/secrets.md. */
async function leftBehind(): Promise<Place[]> {
  if (stack === undefined || recorder === undefined) throw new Error('There is no stack.');
  const files = filesBelow(stack.dataDir)
    .filter(({ name }) => name !== 'secrets.json')
    .map((file) => (file.name.startsWith('dynamodb/') ? { ...file, kind: 'table' } : file));
  const output = { kind: 'output', name: 'npm start', text: stack.output() };
  const names = { kind: 'jobs', name: 'of Flink', text: JSON.stringify(await flinkJobs(urls)) };
  return [
    ...given,
    ...answers,
    ...outputs,
    ...(await itemsAt(urls.dynamodb)),
    ...files,
    output,
    names,
    ...requestsOf(recorder),
  ];
}

beforeAll(async () => {
  flink = await startFlink({ version: '2.3.0', dir, slots: 8 });
  recorder = await recordGateway(flink.gatewayUrl);
  const outside = ['--flink-rest', flink.restUrl, '--sql-gateway', recorder.url, '--auth', 'keys'];
  stack = await startReadyStack(outside, { env: { ...process.env, LOG_LEVEL: 'debug' } });
  jar = await buildTestJar('2.3.0');
  await once(jarServer.listen(0, '127.0.0.1'), 'listening');
  const jars = `http://127.0.0.1:${(jarServer.address() as AddressInfo).port}`;
  urls = { ...urlsOf(stack), flink: flink.restUrl, gateway: recorder.url, jars };
  const secrets = { s5: P.secret5.value, s12: P.secret12.value, s40: P.secret40.value, lines: P.multiline.value };
  writeFileSync(join(stack.dataDir, 'secrets.json'), JSON.stringify(secrets));
  await makeKeys();
});
afterAll(async () => {
  await stopStack(stack);
  await recorder?.stop();
  await flink?.stop();
  jarServer.close();
  jar?.remove();
  rmSync(dir, { recursive: true, force: true });
});

describe('with secrets and credentials planted everywhere', () => {
  it('definitions are checked, compared, applied and shown', async () => {
    const path = join(dir, 'planted.yaml');
    writeFileSync(path, manifest(urls));
    for (const command of ['validate', 'diff']) await dinghy(command, path);
    expect(await dinghy('apply', path)).toContain('31 created');
    writeFileSync(path, manifest(urls).replaceAll('-55', '-55-changed').replaceAll('-21', '-21-changed'));
    await dinghy('diff', path);
    for (const args of [
      ['list'],
      ['list', '--json'],
      ['show', 'variable', 'shop_password'],
      ['show', 'cluster', 'guarded'],
    ]) {
      await dinghy(...args);
    }
    for (const [name] of STATEMENTS) await dinghy('show', 'task', String(idOf(name)));
  });

  it('tasks run, fail and are refused', async () => {
    const seen: Record<string, unknown> = {};
    for (const [name] of STATEMENTS) seen[name] = await outcome(submit(name));
    const variables = { call_password: P.byPost.value, api_token: P.shortPost.value };
    for (const name of ['a request', 'a request that fails', 'parameters']) {
      const asked = new URLSearchParams({ 'variables.call_password': P.byGet.value, 'variables.api_token': 'short' });
      seen[`${name}, GET`] = await outcome(submit(name, `&${asked.toString()}`));
      const headers = { 'idempotency-key': `${P.key.value}-${name.length}` };
      seen[`${name}, POST`] = await outcome(post({ id: idOf(name), variables }, headers));
    }
    const savePointPath = `s3://me:${P.savepoint.value}@bucket/sp`;
    seen['from a savepoint'] = await outcome(post({ id: idOf('options of the task'), savePointPath }));
    expect(seen).toEqual({
      'runs with secrets': 'SUCCESS',
      'a factory that quotes its options': 'FAILED',
      'an unknown connector': 'FAILED',
      'a preview': 'SUCCESS',
      'a number that is none': 'FAILED',
      'a parser error': 'FAILED',
      'an EXPLAIN': 'SUCCESS',
      'plain variables': 'SUCCESS',
      'plain options': 'FAILED',
      'a SET': 'SUCCESS',
      'a database': 'FAILED',
      'a request': 'refused',
      'a request, GET': 'SUCCESS',
      'a request, POST': 'SUCCESS',
      'a request that fails': 'refused',
      'a request that fails, GET': 'FAILED',
      'a request that fails, POST': 'FAILED',
      'from a savepoint': 'FAILED',
      'options of the task': 'SUCCESS',
      'an option that is wrong': 'FAILED',
      parameters: 'refused',
      'parameters, GET': 'refused',
      'parameters, POST': 'refused',
      'a jar that runs': 'SUCCESS',
      'a jar that quotes its arguments': 'FAILED',
      'a jar that reads a number': 'FAILED',
      'a jar that is not there': 'refused',
      'through a gateway with a password': 'SUCCESS',
      'through a gateway that is away': 'refused',
    });
  });

  it('calls that are wrong are refused', async () => {
    const id = idOf('a request');
    const value = P.refused.value;
    const inJson = JSON.stringify(value);
    const wrong = [
      post(`{"id": ${id}, "variables": {"call_password": ${inJson}}`),
      post(`{"id": ${id}, "variables": {"call_password": {"a": ${inJson}}}}`),
      post(`{"id": ${id}, "variables": {"call_password": [${inJson}]}}`),
      post(`{"id": ${id}, "variables": {"${P.refused.value.replace('\\', '')}": 1, "call password": ${inJson}}}`),
      post({ id, variables: { call_password: `\${${value}}`, api_token: 'b' } }),
      post({ id, variables: { call_password: value, nobody_token: value } }),
      post({ id: 4711, variables: { call_password: value } }),
      post(`[${inJson}]`),
      post(inJson),
      post(`${inJson} and more`),
      ask(`/openapi/submitTask?id=${id}&variables.call_password=${encodeURIComponent(value)}`),
      ask(`/openapi/submitTask?id=${id}&password=${encodeURIComponent(value)}&id=2`),
      ask(`/openapi/submitTask?id=4711&variables.call_password=${encodeURIComponent(value)}`),
      ask(`/openapi/cancel?id=4711&token=${encodeURIComponent(value)}`),
    ];
    for (const answer of await Promise.all(wrong)) expect(answer).toMatchObject({ code: 1, success: false });
  });

  it('keys in the wrong place, cut, or together are refused', async () => {
    const [header, bearer, path] = PLACES.map(keyOf);
    const poll = '/openapi/getJobInstance?id=1';
    const wrong = [
      send(`${poll}&token=${header}`),
      send(poll, { headers: { 'x-api-key': `${header}` } }),
      send(poll, { headers: { authorization: `${bearer}` } }),
      send(poll, { headers: { cookie: `token=${bearer}` } }),
      send(poll, { headers: { 'dinky-token': `${header}x` } }),
      send(`/k/${path?.slice(0, -1)}${poll}`),
      send(`/k/${path}${poll}`, { headers: { 'dinky-token': `${header}` } }),
      send(`/openapi/k/${path}/getJobInstance?id=1`),
      send('/openapi/cancel', { method: 'POST', body: JSON.stringify({ id: 1, token: header }) }),
      send(`/k/${path}/openapi/submitTusk?id=1`),
    ];
    for (const answer of await Promise.all(wrong)) expect(answer).toMatchObject({ code: 1, success: false });
  });

  it('runs are asked for, cancelled and explained', async () => {
    for (const [name] of STATEMENTS) {
      await ask(`/openapi/getJobInstanceByTaskId?id=${idOf(name)}`);
      await dinghy('explain', String(idOf(name)), '--plan', ...EXPLAIN_ARGS());
    }
    await dinghy('explain', String(idOf('a request that fails')), '--json', ...EXPLAIN_ARGS());
    await submit('runs with secrets');
    await ask(`/openapi/cancel?id=${idOf('runs with secrets')}`);
    await dinghy('runs', '--limit', '100');
    const { runs } = JSON.parse(await dinghy('runs', '--limit', '100', '--json')) as { runs: { id: number }[] };
    expect(runs.length).toBeGreaterThan(15);
    for (const { id } of runs) {
      await ask(`/openapi/getJobInstance?id=${id}`);
      await dinghy('history', String(id));
    }
  });

  it('nothing of them is to be found where it does not belong', async () => {
    const places = await leftBehind();
    expect(ALL.filter(({ name }) => name.startsWith('API key'))).toHaveLength(PLACES.length);
    expect(unplanted(places, ALL)).toEqual([]);
    expect(leaksIn(places, ALL)).toEqual([]);
  });

  it('and the search would find them: in any place, in any form', async () => {
    const places = await leftBehind();
    const kinds = 'answer command credentials file given item jobs options output request statement table'.split(' ');
    expect([...new Set(places.map(({ kind }) => kind))].sort()).toEqual(kinds);
    for (const kind of kinds) {
      const place = places.findLast((one) => one.kind === kind);
      if (place === undefined) throw new Error(`nothing of the kind ${kind} was left behind`);
      for (const one of ALL.filter(({ belongs }) => !belongs(place))) {
        for (const form of formsOf(one.value)) {
          const leaked = { ...place, text: `${place.text} ${form}!` };
          expect(leaksIn([leaked], [one])).toMatchObject([{ planted: one.name }]);
        }
      }
    }
  });
});

/** What came of a submit; its job is ended, so that the next one finds free slots. */
async function outcome(answer: Promise<Record<string, unknown>>): Promise<unknown> {
  const { data } = (await answer) as { data: { status?: string } | null };
  await cancelAll(urls);
  return data === null ? 'refused' : data.status;
}

/**
 * Every route of the list with every kind of bad key, through the real handlers: refused in the envelope, nothing read beyond
 * the key, nothing written, nothing sent, and the key in no answer and no log line.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessKeyRegistry } from '../../lib/adapters/dynamo/access-key-registry.ts';
import { dynamoClient } from '../../lib/adapters/dynamo/client.ts';
import { dynamoItems } from '../../lib/adapters/dynamo/items.ts';
import { VERBS } from '../../lib/domain/access/verbs.ts';
import type { HttpHandler } from '../../lib/http/route.ts';
import { SERVED } from '../../lib/http/served.ts';
import { aKey, aSecret } from '../builders/access-key.ts';
import { anEvent, type Envelope } from '../builders/event.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from './bed.ts';

const TASK = 7;
const [GOOD, EXPIRED, REVOKED, OTHER_TASK, UNKNOWN] = [1, 2, 3, 4, 99];
/** By the verb that the key lacks. */
const WITHOUT = new Map(VERBS.map((verb, n) => [verb as string, 10 + n]));

let bed: Bed;
const sent: string[] = [];
const note = (message: unknown): void => {
  const { request } = message as { request: ClientRequest };
  const target = request.getHeader('x-amz-target');
  sent.push(typeof target === 'string' ? (target.split('.')[1] ?? '') : `another request: ${request.path}`);
};

beforeAll(async () => {
  bed = await startBed({ AUTH: 'keys', ADHOC: 'true', LOG_LEVEL: 'debug', SQL_GATEWAY_URL: 'http://127.0.0.1:9' });
  const { AWS_ENDPOINT_URL_DYNAMODB, DEFINITIONS_TABLE = '', JOBS_TABLE = '' } = process.env;
  const items = dynamoItems(dynamoClient(AWS_ENDPOINT_URL_DYNAMODB));
  const keys = accessKeyRegistry(items, { definitions: DEFINITIONS_TABLE, jobs: JOBS_TABLE });
  await keys.create(aKey(GOOD, { name: 'good', verbs: VERBS }));
  await keys.create(aKey(EXPIRED, { expiresAt: 1_000 }));
  await keys.create(aKey(REVOKED, { revokedAt: 1_000 }));
  await keys.create(aKey(OTHER_TASK, { tasks: '1-6,8', verbs: VERBS }));
  for (const [verb, n] of WITHOUT) await keys.create(aKey(n, { verbs: VERBS.filter((one) => one !== verb) }));
  await bed.putTask(aTask({ id: TASK }));
  subscribe('http.client.request.start', note);
}, 60_000);
afterAll(async () => {
  unsubscribe('http.client.request.start', note);
  await bed.stop();
});

const context = { getRemainingTimeInMillis: () => 29_000, awsRequestId: 'r1' } as Context;

interface Asked {
  readonly envelope: Envelope;
  /** What was asked of DynamoDB, and anything else that went out. */
  readonly requests: readonly string[];
  /** The answer and every log line. */
  readonly everything: string;
}

interface Sent {
  readonly headers?: Record<string, string>;
  readonly query?: string;
  readonly pathKey?: string;
}

/** A call that would be a good one: it names the task, or a run. */
async function ask(route: (typeof ROUTES)[number], { headers = {}, query = '', pathKey }: Sent): Promise<Asked> {
  const { handler } = (await import(`../../handlers/${route.function}.ts`)) as { handler: HttpHandler };
  const path = `${pathKey === undefined ? '' : `/k/${pathKey}`}${route.path.replace('{id}', '1')}`;
  const names = `id=${TASK}&taskId=${TASK}&jobId=${'a'.repeat(32)}&savePointType=cancel&type=cancel&savePointPath=s3://b/sp`;
  const named = { id: TASK, taskId: TASK, type: 'cancel', pageSize: 5, current: 1 };
  const body = JSON.stringify(route.verb === 'adhoc' ? UNSTORED : named);
  const call = { method: route.method, path, query: `${names}${query}` };
  const event = anEvent(route.method === 'POST' ? { ...call, body } : call);
  const lines: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  sent.length = 0;
  try {
    const result = await handler({ ...event, headers: { ...event.headers, ...headers } }, context);
    expect(result.statusCode).toBe(200);
    const text = JSON.stringify(result);
    const envelope = JSON.parse(result.body ?? '') as Envelope;
    return { envelope, requests: [...sent], everything: text + lines.join('') };
  } finally {
    out.mockRestore();
  }
}

/** For each of the calls that run what they are sent; nobody answers under that address. */
const UNSTORED = { statement: "EXECUTE JAR WITH ('uri' = 'https://127.0.0.1:9/a.jar')", dialect: 'FlinkJar' };

const ROUTES = SERVED.filter(({ verb }) => verb !== null).flatMap((route) =>
  route.methods.map((method) => ({ ...route, method })),
);

const withKey = (n: number): Sent => ({ headers: { 'dinky-token': aSecret(n) } });

describe.each(ROUTES)('$method $path', (route) => {
  const refused = async (given: Sent, most: readonly string[], why: RegExp): Promise<void> => {
    const { envelope, requests, everything } = await ask(route, given);
    expect(envelope).toMatchObject({ code: 1, success: false, data: null });
    expect(envelope.msg).toMatch(why);
    // What was read of a key a moment ago is not read again.
    expect(most.slice(0, requests.length)).toEqual(requests);
    for (const n of [GOOD, EXPIRED, REVOKED, OTHER_TASK, UNKNOWN, ...WITHOUT.values()]) {
      expect(everything).not.toContain(aSecret(n).slice(0, 20));
    }
  };

  const good = aSecret(GOOD);
  it.each<[string, Sent, RegExp]>([
    ['no key', {}, /needs an API key/],
    ['a key that is cut', { headers: { 'dinky-token': good.slice(0, -1) } }, /incomplete or mistyped/],
    ['a cut key in the path', { pathKey: good.slice(0, -1) }, /incomplete or mistyped/],
    ['a key in the query', { query: `&token=${good}` }, /An API key in the query is not accepted/],
    ['a key in another header', { headers: { 'x-api-key': good } }, /in another header is not accepted/],
    ['a key without Bearer', { headers: { authorization: good } }, /without "Bearer" is not accepted/],
    ['two keys', { headers: { 'dinky-token': good }, pathKey: aSecret(UNKNOWN) }, /Different API keys/],
    [
      'two headers',
      { headers: { 'dinky-token': good, authorization: `Bearer ${aSecret(EXPIRED)}` } },
      /Different API keys/,
    ],
  ])('with %s is refused, and reads nothing', (_, given, why) => refused(given, [], why));

  it.each([
    ['unknown', UNKNOWN],
    ['expired', EXPIRED],
    ['revoked', REVOKED],
  ])('with a key that is %s is refused, and reads the key alone', async (_, n) => {
    await refused(withKey(n), ['GetItem'], /^The API key is not accepted: it is unknown, expired or revoked/);
    await refused({ pathKey: aSecret(n) }, [], /^The API key is not accepted/);
  });

  it('with a key for everything else is refused by the verb', async () => {
    if (route.verb === 'any') return;
    const why = new RegExp(`needs the verb "${route.verb ?? ''}"`);
    await refused(withKey(WITHOUT.get(route.verb ?? '') ?? 0), ['GetItem'], why);
  });

  it('with a key for other tasks shows and starts nothing of the task', async () => {
    if (route.verb === 'any' || LISTS.includes(route.path)) return;
    const { envelope, requests } = await ask(route, withKey(OTHER_TASK));
    expect(envelope).toMatchObject({ code: 1, data: null });
    expect(envelope.msg).toMatch(
      BY_RUN.includes(route.path) ? /Not Exist|no rows|no run|not found/i : /may not use (?:task 7|its own statements)/,
    );
    const written = requests.filter((one) => !['GetItem', 'BatchGetItem', 'Query', 'UpdateItem'].includes(one));
    expect(written).toEqual([]);
    if (!BY_RUN.includes(route.path)) expect(requests.filter((one) => one !== 'GetItem')).toEqual(USE.slice(0, requests.filter((one) => one !== 'GetItem').length)); // prettier-ignore
  });

  it('with a good key is answered by the call itself, wherever the key is', async () => {
    for (const given of [withKey(GOOD), { pathKey: good }, { headers: { authorization: `Bearer ${good}` } }]) {
      const { envelope, everything } = await ask(route, given);
      // The OpenAPI document has no envelope.
      const { msg = '' } = envelope as Partial<Envelope>;
      expect(msg).not.toMatch(/API key|verb|may not use/);
      expect(everything).not.toContain(good.slice(0, 20));
      expect(everything).toContain(`"caller":"key good (${aKey(GOOD).id})"`);
    }
  });
});

/** They show what the caller may use, and no more. */
const LISTS = ['/openapi/runs', '/openapi/tasks', '/openapi/getJobInstanceList'];
/** The task is known when the run was read: it is answered as a run that does not exist. */
const BY_RUN = ['/openapi/getJobInstance', '/openapi/getJobData', '/openapi/runs/{id}'];
/** That the key was used. */
const USE = ['UpdateItem'];

it.each(['GET /openapi/nothing', 'PUT /openapi/submitTask', 'GET /openapi'])('%s needs a key too', async (call) => {
  const [method = '', path = ''] = call.split(' ');
  const route = { path, method, methods: [method], function: 'fallback', verb: 'any' } as const;
  expect((await ask(route, {})).envelope.msg).toMatch(/needs an API key/);
  expect((await ask(route, withKey(GOOD))).envelope.msg).toMatch(/There is no|takes/);
});

it.each(SERVED.filter(({ verb }) => verb === null))('$path is open to all, and reads nothing', async (route) => {
  const { envelope, requests } = await ask({ ...route, method: route.methods[0] ?? '' }, {});
  expect(envelope).toMatchObject({ status: 'ok' });
  expect(requests).toEqual([]);
});

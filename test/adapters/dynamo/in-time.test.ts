/** A DynamoDB that takes requests and never answers, or asks to be left alone: a bound call ends with its signal. */
import { getEventListeners, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { dynamoClient } from '../../../lib/adapters/dynamo/client.ts';
import { definitionReader } from '../../../lib/adapters/dynamo/definition-reader.ts';
import { dynamoItems, type Items } from '../../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../../lib/adapters/dynamo/job-store.ts';
import { dynamoRequestKeyStore } from '../../../lib/adapters/dynamo/request-key-store.ts';
import { dynamoSavepointStore } from '../../../lib/adapters/dynamo/savepoint-store.ts';
import { LOCAL_AWS } from '../../../local/dynamodb.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';
import { fakeIds } from '../../fakes/fake-ids.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

Object.assign(process.env, LOCAL_AWS);
const servers: Server[] = [];
let requests = 0;

afterEach(() => {
  requests = 0;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function itemsOf(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Items> {
  const server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return dynamoItems(dynamoClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
}

const hangs = (): void => undefined;
const throttles = (_request: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
  response.end('{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}');
};

/** DynamoDB has been asked, or never will be. */
async function asked(answer: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = (): void => void (ended = true);
  answer.then(end, end);
  while (requests === 0 && !ended) await delay(1);
}

type Ask = (items: Items, signal: AbortSignal) => Promise<unknown>;
const common = { table: 'jobs', clock: virtualClock(), ids: fakeIds() };

const ASKS: Readonly<Record<string, Ask>> = {
  'job store': (items, signal) =>
    dynamoJobStore({ ...common, items })
      .within(signal)
      .readHead(1),
  'job store, a write': (items, signal) =>
    dynamoJobStore({ ...common, items })
      .within(signal)
      .nextRunId(),
  'key store': (items, signal) =>
    dynamoRequestKeyStore({ ...common, items })
      .within(signal)
      .readMarks('c', 1),
  'savepoint store': (items, signal) =>
    dynamoSavepointStore({ ...common, items })
      .within(signal)
      .find(1, 'f', 'LATEST'),
  definitions: (items, signal) => definitionReader(items, 'definitions').within(signal).task(1),
  'a list of definitions': (items, signal) => definitionReader(items, 'definitions').within(signal).variables(),
};

describe.each(Object.entries(ASKS))('%s', (_name, ask) => {
  it.each([
    ['hangs', hangs],
    ['throttles', throttles],
  ])('ends with the signal when DynamoDB %s, and asks nothing more', async (_how, answer) => {
    const items = await itemsOf(answer);
    const controller = new AbortController();
    const error = appErrorOf(ask(items, controller.signal));
    await asked(error);
    controller.abort();
    expect((await error).code).toBe('store.unavailable');
    expect((await error).message).toContain('within the time of the request');
    const before = requests;
    await delay(300);
    expect(requests).toBe(before);
  });

  it('leaves no request open that DynamoDB has taken', async () => {
    let closed = (): void => undefined;
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const items = await itemsOf((_request, response) => void response.once('close', closed));
    const controller = new AbortController();
    const error = appErrorOf(ask(items, controller.signal));
    await asked(error);
    controller.abort();
    // Its own time-out is five seconds.
    const first = await Promise.race([isClosed.then(() => 'closed'), delay(2_500).then(() => 'open')]);
    expect(first).toBe('closed');
    expect((await error).code).toBe('store.unavailable');
  });

  it('is not asked at all when the time is up', async () => {
    const items = await itemsOf(hangs);
    const error = await appErrorOf(ask(items, AbortSignal.abort()));
    expect(error.code).toBe('store.unavailable');
    expect(error.message).toContain('within the time of the request');
    expect(requests).toBe(0);
  });
});

it('leaves nothing behind with its caller when it was answered', async () => {
  const items = await itemsOf((_request, response) => void response.end('{}'));
  const { signal } = new AbortController();
  expect(await items.within(signal).get({ TableName: 'jobs', Key: { pk: 'a', sk: 'b' } })).toBeUndefined();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('takes many calls at once for no leak of listeners', async () => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', onWarning);
  const items = await itemsOf(hangs);
  const controller = new AbortController();
  const store = dynamoJobStore({ ...common, items }).within(controller.signal);
  const errors = Array.from({ length: 25 }, (_, i) => appErrorOf(store.readHead(i + 1)));
  controller.abort();
  for (const error of errors) expect((await error).code).toBe('store.unavailable');
  await delay(1);
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

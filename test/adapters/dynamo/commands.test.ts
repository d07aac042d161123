/** Commands are used again: no request may see anything of another one, and the SDK builds its middleware once. */
import { getEventListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dynamoItems, type Items } from '../../../lib/adapters/dynamo/items.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';
import { fakeDynamodb, Refused, type WireRequest } from '../../fakes/fake-dynamodb.ts';

const TableName = 'jobs';
/** What the SDK says of a value that it can't send. */
const NO_NUMBER = { message: expect.stringContaining('NaN is not allowed') as string };
const key = (n: number) => ({ pk: `a${n}`, sk: 'x' });

/** How often the SDK has built the middleware of a command. */
function countBuilds(client: DynamoDBClient): () => number {
  let builds = 0;
  client.middlewareStack.add(
    (next) => {
      builds += 1;
      return next;
    },
    { step: 'build' },
  );
  return () => builds;
}

/** One request of each operation. */
async function askAll(items: Items): Promise<void> {
  await items.get({ TableName, Key: key(1) });
  await items.put({ TableName, Item: key(1) });
  await items.update({ TableName, Key: key(1) });
  await items.query({ TableName });
  await items.scan({ TableName });
  await items.getAll(TableName, [key(1)]);
}

describe('the middleware of the SDK', () => {
  it('is built once for each operation, with and without a signal', async () => {
    const client = fakeDynamodb(() => ({}));
    const builds = countBuilds(client);
    const items = dynamoItems(client);
    for (let n = 0; n < 5; n++) await askAll(items);
    for (let n = 0; n < 5; n++) await askAll(items.within(new AbortController().signal));
    expect(builds()).toBe(6);
  });

  it('is built as often as requests go side by side, and no more', async () => {
    const client = fakeDynamodb(() => delay(1, {}));
    const builds = countBuilds(client);
    const items = dynamoItems(client);
    for (let n = 0; n < 5; n++) {
      await Promise.all([1, 2, 3].map((one) => items.get({ TableName, Key: key(one) })));
    }
    expect(builds()).toBe(3);
  });
});

describe('a command that is used again', () => {
  it('keeps nothing of the request before', async () => {
    const sent: WireRequest[] = [];
    const items = dynamoItems(
      fakeDynamodb((request) => {
        sent.push(request);
        return {};
      }),
    );
    const condition = { ConditionExpression: '#a = :a', ExpressionAttributeNames: { '#a': 'a' } };
    await items.put({ TableName, Item: key(1), ...condition, ExpressionAttributeValues: { ':a': 1 } });
    await items.put({ TableName: 'other', Item: key(2) });
    expect(sent.map(({ input }) => input)).toEqual([
      {
        TableName,
        Item: { pk: { S: 'a1' }, sk: { S: 'x' } },
        ...condition,
        ExpressionAttributeValues: { ':a': { N: '1' } },
      },
      { TableName: 'other', Item: { pk: { S: 'a2' }, sk: { S: 'x' } } },
    ]);
  });

  it('goes out without the signal of the request before', async () => {
    const signals: unknown[] = [];
    const items = dynamoItems(fakeDynamodb((request) => ({ Count: signals.push(request.signal) })));
    const { signal } = new AbortController();
    await items.within(signal).get({ TableName, Key: key(1) });
    await items.get({ TableName, Key: key(2) });
    expect(signals).toEqual([signal, undefined]);
  });

  it('leaves the values of its caller as they are', async () => {
    const items = dynamoItems(fakeDynamodb(() => ({})));
    const input = Object.freeze({ TableName, Item: Object.freeze({ ...key(1), set: new Set(['a']), list: [1] }) });
    await items.put(input);
    expect(input).toEqual({ TableName, Item: { ...key(1), set: new Set(['a']), list: [1] } });
  });

  it('works after a failure of each kind', async () => {
    let failures = 0;
    const items = dynamoItems(
      fakeDynamodb(({ input }) => {
        if (input.Key.pk.S === 'bad')
          throw (failures += 1) % 2 === 0 ? new Refused('InternalServerError') : new Error('reset');
        return { Item: input.Key };
      }),
    );
    for (let n = 0; n < 4; n++) {
      expect((await appErrorOf(items.get({ TableName, Key: { pk: 'bad', sk: 'x' } }))).code).toBe('store.unavailable');
      await expect(items.get({ TableName, Key: { pk: NaN } })).rejects.toMatchObject(NO_NUMBER);
      expect(await items.get({ TableName, Key: key(n) })).toEqual(key(n));
    }
  });

  it('belongs to no other request while its own is under way, although the caller has gone', async () => {
    const held: (() => void)[] = [];
    const seen: string[] = [];
    const items = dynamoItems(
      fakeDynamodb(async ({ input }) => {
        seen.push(input.Key.pk.S as string);
        if (input.Key.pk.S === 'a1') {
          await new Promise<void>((resolve) => {
            held.push(resolve);
          });
        }
        return { Item: input.Key };
      }),
    );
    const controller = new AbortController();
    const first = appErrorOf(items.within(controller.signal).get({ TableName, Key: key(1) }));
    while (held.length === 0) await delay(1);
    controller.abort();
    await first;
    expect(await items.get({ TableName, Key: key(2) })).toEqual(key(2));
    held[0]!();
    expect(await items.get({ TableName, Key: key(3) })).toEqual(key(3));
    expect(seen).toEqual(['a1', 'a2', 'a3']);
  });
});

it('an answer that names no items has none', async () => {
  const items = dynamoItems(fakeDynamodb(() => ({})));
  expect(await items.getAll(TableName, [key(1)])).toEqual({ items: [], left: [] });
  expect(await items.query({ TableName })).toEqual({ items: [], after: undefined });
});

describe('a client that can send nothing', () => {
  const refusing = (message: string) => () => Promise.reject(new Error(message));
  it.each([
    ['has no credentials', { credentials: refusing('no credentials'), region: 'x' }],
    ['has credentials that have expired', { credentials: expired, region: 'x' }],
    ['has no region', { credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, region: refusing('no region') }],
  ])('%s: DynamoDB could not be used', async (_, config) => {
    const items = dynamoItems(new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1, ...config }));
    const calls = [
      () => items.get({ TableName, Key: key(1), ConsistentRead: true }),
      () => items.put({ TableName, Item: key(1) }),
      () => items.within(new AbortController().signal).update({ TableName, Key: key(1) }),
      () => items.getAll(TableName, [key(1)]),
    ];
    for (const call of calls) expect((await appErrorOf(call())).code).toBe('store.unavailable');
    await expect(items.put({ TableName, Item: { pk: NaN } })).rejects.toMatchObject(NO_NUMBER);
  });
});

function expired(): Promise<never> {
  return Promise.reject(Object.assign(new Error('The token has expired.'), { name: 'CredentialsProviderError' }));
}

describe('many requests that end with one signal', () => {
  it('are no leak, and Node.js warns of none', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', note);
    const items = dynamoItems(fakeDynamodb(() => delay(1, {}))).within(new AbortController().signal);
    await Promise.all(Array.from({ length: 20 }, (_, n) => items.put({ TableName, Item: key(n) })));
    await delay(1);
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('are given up when it ends, and leave nothing with it', async () => {
    const controller = new AbortController();
    const items = dynamoItems(fakeDynamodb(() => delay(30, {}))).within(controller.signal);
    await items.put({ TableName, Item: key(1) });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    setTimeout(() => controller.abort(), 1);
    expect((await appErrorOf(items.put({ TableName, Item: key(2) }))).message).toContain(
      'within the time of the request',
    );
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('are not sent any more when it has ended', async () => {
    let sent = 0;
    const items = dynamoItems(fakeDynamodb(() => ({ Count: (sent += 1) }))).within(AbortSignal.abort());
    const { code, message } = await appErrorOf(items.get({ TableName, Key: key(1) }));
    expect([code, message]).toEqual([
      'store.unavailable',
      'DynamoDB did not answer within the time of the request. Try again.',
    ]);
    expect(sent).toBe(0);
  });
});

describe('requests side by side', () => {
  it('each go out with their own signal, every time', async () => {
    const seen = new Map<string, unknown>();
    const items = dynamoItems(
      fakeDynamodb(({ input, signal }) => {
        seen.set(input.Key.pk.S as string, signal);
        return delay(1, {});
      }),
    );
    for (let n = 0; n < 9; n += 3) {
      const signals = [0, 1, 2].map(() => new AbortController().signal);
      await Promise.all(signals.map((signal, i) => items.within(signal).get({ TableName, Key: key(n + i) })));
      expect(signals.map((signal, i) => seen.get(`a${n + i}`) === signal)).toEqual([true, true, true]);
    }
  });

  it('each get their own answer, in whatever order these come', async () => {
    const items = dynamoItems(
      fakeDynamodb(async ({ operation, input }) => {
        const number = Number(String((input.Key ?? input.Item).pk.S).slice(1));
        await delay(number % 3);
        if (operation === 'PutItem')
          throw number % 2 === 0 ? new Refused('ConditionalCheckFailedException') : new Error();
        return { Item: input.Key, Attributes: input.Key };
      }),
    );
    const ask = async (n: number): Promise<unknown> => {
      if (n % 4 === 0) return await items.get({ TableName, Key: key(n) });
      if (n % 4 === 1) return await items.within(new AbortController().signal).get({ TableName, Key: key(n) });
      if (n % 4 === 2) return await items.update({ TableName, Key: key(n) });
      return (await appErrorOf(items.put({ TableName, Item: key(n) }))).code;
    };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 400 }), { maxLength: 12 }), async (numbers) => {
        const answers = await Promise.all(numbers.map(ask));
        expect(answers).toEqual(numbers.map((n) => (n % 4 === 3 ? 'store.unavailable' : key(n))));
      }),
      { numRuns: 50 },
    );
  });
});

/** Which reads share a request, and that each gets what it would have got alone. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoItems, type Item, type Items } from '../../../lib/adapters/dynamo/items.ts';
import type { GetInput } from '../../../lib/adapters/dynamo/reads-together.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';
import { fakeDynamodb, Refused, type WireRequest } from '../../fakes/fake-dynamodb.ts';
import { startTestDynamodb, type TestDynamodb } from '../../live/dynamodb.ts';

const get = (pk: string, TableName = 'jobs'): GetInput => ({ TableName, Key: { pk, sk: 'x' }, ConsistentRead: true });

interface Bed {
  readonly items: Items;
  readonly sent: WireRequest[];
}

type Options = Parameters<typeof dynamoItems>[1];

function bed(answer: (request: WireRequest) => object = () => ({}), options?: Options): Bed {
  const sent: WireRequest[] = [];
  const client = fakeDynamodb((request) => {
    sent.push(request);
    return answer(request);
  });
  return { items: dynamoItems(client, options), sent };
}

const operations = ({ sent }: Bed): string[] => sent.map(({ operation }) => operation);

describe('reads that begin in the same moment', () => {
  it('of several tables go out as one request, strongly consistent', async () => {
    const b = bed();
    await Promise.all([b.items.get(get('a')), b.items.get(get('b')), b.items.get(get('c', 'definitions'))]);
    const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
    expect(b.sent.map(({ operation, input }) => [operation, input])).toEqual([
      [
        'BatchGetItem',
        {
          RequestItems: {
            jobs: { Keys: [key('a'), key('b')], ConsistentRead: true },
            definitions: { Keys: [key('c')], ConsistentRead: true },
          },
        },
      ],
    ]);
  });

  it('of one item name it once', async () => {
    const b = bed(() => ({ Responses: { jobs: [{ pk: { S: 'a' }, sk: { S: 'x' }, n: { N: '1' } }] } }));
    const found = await Promise.all([b.items.get(get('a')), b.items.get(get('a'))]);
    expect(found).toEqual([
      { pk: 'a', sk: 'x', n: 1 },
      { pk: 'a', sk: 'x', n: 1 },
    ]);
    expect(b.sent[0]?.input).toMatchObject({ RequestItems: { jobs: { Keys: [{ pk: { S: 'a' } }] } } });
  });

  it('but end with other signals do not share one', async () => {
    const b = bed();
    const [one, other] = [new AbortController(), new AbortController()];
    const mine = b.items.within(one.signal);
    await Promise.all([mine.get(get('a')), mine.get(get('b')), b.items.within(other.signal).get(get('c'))]);
    expect(operations(b).sort()).toEqual(['BatchGetItem', 'GetItem']);
  });

  it('through two bindings of one signal do', async () => {
    const b = bed();
    const { signal } = new AbortController();
    await Promise.all([b.items.within(signal).get(get('a')), b.items.within(signal).get(get('b', 'definitions'))]);
    expect(operations(b)).toEqual(['BatchGetItem']);
  });

  it('are at most a hundred in a request', async () => {
    const b = bed();
    await Promise.all(Array.from({ length: 250 }, (_, n) => b.items.get(get(`a${n}`))));
    const counts = b.sent.map(({ input }) => (input.RequestItems as { jobs: { Keys: object[] } }).jobs.Keys.length);
    expect(counts).toEqual([100, 100, 50]);
  });

  it('and want a part of an item, or may be stale, go alone', async () => {
    const b = bed();
    const { TableName, Key } = get('c');
    await Promise.all([
      b.items.get({ ...get('a'), ProjectionExpression: 'n' }),
      b.items.get({ ...get('b'), ConsistentRead: false }),
      b.items.get({ TableName, Key }),
      ...['d', 'e'].map((pk) => b.items.get(get(pk))),
    ]);
    expect(operations(b).sort()).toEqual(['BatchGetItem', 'GetItem', 'GetItem', 'GetItem']);
    const together = b.sent.find(({ operation }) => operation === 'BatchGetItem');
    const keys = ['d', 'e'].map((pk) => ({ pk: { S: pk }, sk: { S: 'x' } }));
    expect(together?.input).toMatchObject({ RequestItems: { jobs: { Keys: keys } } });
  });
});

describe('a read by itself', () => {
  it('is a GetItem', async () => {
    const b = bed();
    await b.items.get(get('a'));
    await b.items.get(get('b'));
    expect(operations(b)).toEqual(['GetItem', 'GetItem']);
  });
});

describe('what DynamoDB leaves for later', () => {
  it('is read alone, and what it says is not there is not read again', async () => {
    const left = { pk: { S: 'b' }, sk: { S: 'x' } };
    const b = bed(({ operation }) =>
      operation === 'GetItem'
        ? { Item: { ...left, n: { N: '2' } } }
        : { Responses: { jobs: [] }, UnprocessedKeys: { jobs: { Keys: [left] } } },
    );
    const found = await Promise.all([b.items.get(get('a')), b.items.get(get('b'))]);
    expect(found).toEqual([undefined, { pk: 'b', sk: 'x', n: 2 }]);
    expect(operations(b)).toEqual(['BatchGetItem', 'GetItem']);
  });
});

describe('a table that is asked for by its ARN and answered by its name', () => {
  it('is read item by item', async () => {
    const arn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/jobs';
    const item = { pk: { S: 'a' }, sk: { S: 'x' } };
    const b = bed(({ operation }) => (operation === 'GetItem' ? { Item: item } : { Responses: { jobs: [item] } }));
    const found = await Promise.all([b.items.get(get('a', arn)), b.items.get(get('b', arn))]);
    expect(found).toEqual([
      { pk: 'a', sk: 'x' },
      { pk: 'a', sk: 'x' },
    ]);
  });
});

describe('a request for several items that fails', () => {
  const failing = (name: string, alone: (request: WireRequest) => object): Bed =>
    bed((request) => {
      if (request.operation === 'BatchGetItem') throw new Refused(name);
      return alone(request);
    });

  it.each(['AccessDeniedException', 'ResourceNotFoundException', 'ValidationException'])(
    'with %s is made one by one: that may concern one table alone',
    async (name) => {
      const b = failing(name, ({ input }) => {
        if (input.TableName === 'gone') throw new Refused('ResourceNotFoundException');
        return { Item: { pk: { S: 'a' }, sk: { S: 'x' } } };
      });
      const [found, missing] = await Promise.allSettled([b.items.get(get('a')), b.items.get(get('b', 'gone'))]);
      expect(found).toMatchObject({ status: 'fulfilled', value: { pk: 'a' } });
      expect(missing).toMatchObject({ status: 'rejected', reason: { code: 'store.unavailable' } });
      expect((missing as PromiseRejectedResult).reason).toHaveProperty('message', expect.stringContaining('"gone"'));
    },
  );

  it('for another reason fails each read, and none is made again', async () => {
    const b = failing('InternalServerError', () => ({}));
    const reads = ['a', 'b'].map((pk) => appErrorOf(b.items.get(get(pk))));
    expect((await Promise.all(reads)).map(({ code }) => code)).toEqual(['store.unavailable', 'store.unavailable']);
    expect(operations(b)).not.toContain('GetItem');
  });
});

describe('a role that may not read several items with one request', () => {
  const item = { pk: { S: 'a' }, sk: { S: 'x' } };

  function denied(name = 'AccessDeniedException') {
    const warnings: unknown[] = [];
    const b = bed(
      ({ operation }) => {
        if (operation === 'BatchGetItem') throw new Refused(name);
        return { Item: item };
      },
      { log: { warn: (message, fields) => void warnings.push([message, fields]) } },
    );
    const two = (): Promise<unknown> => Promise.all([b.items.get(get('a')), b.items.get(get('b'))]);
    return { ...b, two, warnings };
  }

  it('costs one request and one warning, and no more of either', async () => {
    const b = denied();
    const other = b.items.within(new AbortController().signal);
    await Promise.all([b.two(), other.get(get('c')), other.get(get('d'))]);
    expect(operations(b).filter((one) => one === 'BatchGetItem')).toHaveLength(2);
    for (let n = 0; n < 3; n++)
      expect(await b.two()).toEqual([
        { pk: 'a', sk: 'x' },
        { pk: 'a', sk: 'x' },
      ]);
    expect(operations(b).slice(6)).toEqual(Array.from({ length: 6 }, () => 'GetItem'));
    const message = 'several items may not be read with one request: from now on each is read by itself';
    expect(b.warnings).toEqual([[message, { error: 'refused by the test' }]]);
  });

  it('is none whose table does not exist: that is asked each time, without a warning', async () => {
    const b = denied('ResourceNotFoundException');
    for (let n = 0; n < 2; n++) await b.two();
    expect(operations(b)).toEqual(['BatchGetItem', 'GetItem', 'GetItem', 'BatchGetItem', 'GetItem', 'GetItem']);
    expect(b.warnings).toEqual([]);
  });
});

describe('on the DynamoDB API', () => {
  let dynamodb: TestDynamodb;
  beforeAll(async () => {
    dynamodb = await startTestDynamodb();
  });
  afterAll(async () => {
    await dynamodb.stop();
  });

  it('each read gets what it would have got alone, whatever is asked beside it', async () => {
    const items = dynamoItems(dynamodb.client);
    const tables = [dynamodb.jobsTable, dynamodb.definitionsTable];
    for (const TableName of tables) {
      for (let n = 0; n < 4; n++) await items.put({ TableName, Item: { pk: `a${n}`, sk: 'x', of: TableName, n } });
    }
    const read = fc.record({ table: fc.constantFrom(...tables), n: fc.integer({ min: 0, max: 6 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(read, { minLength: 1, maxLength: 12 }), async (reads) => {
        const found = await Promise.all(reads.map(({ table, n }) => items.get(get(`a${n}`, table))));
        const kept = ({ table, n }: { table: string; n: number }): Item | undefined =>
          n < 4 ? { pk: `a${n}`, sk: 'x', of: table, n } : undefined;
        expect(found).toEqual(reads.map(kept));
      }),
      { numRuns: 60 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { askedOf, type RequestBody } from './asked.ts';
import { type Grant, grantedBy } from './granted.ts';
import { refusedOf } from './refused.ts';
import { templateWith } from './template.ts';

const { tables } = grantedBy(templateWith({}));
const RUNS = tables['runs']!.arn;
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'HEAD' } });

/** A request of each kind, and what it asks for. */
const REQUESTS: readonly (readonly [string, RequestBody, readonly (readonly [string, string, readonly string[]])[]])[] =
  [
    ['GetItem', { TableName: 'runs', Key: key('RUN#1') }, [['GetItem', RUNS, ['RUN#1']]]],
    ['UpdateItem', { TableName: 'runs', Key: key('RUN#1') }, [['UpdateItem', RUNS, ['RUN#1']]]],
    ['DeleteItem', { TableName: 'runs', Key: key('RUN#1') }, [['DeleteItem', RUNS, ['RUN#1']]]],
    ['PutItem', { TableName: 'runs', Item: { ...key('RUN#1'), more: { N: '1' } } }, [['PutItem', RUNS, ['RUN#1']]]],
    ['GetItem', { TableName: 'runs', Key: { pk: { N: '7' } } }, [['GetItem', RUNS, ['7']]]],
    ['Scan', { TableName: 'runs' }, [['Scan', RUNS, []]]],
    ['Scan', { TableName: 'runs', IndexName: 'byTask' }, [['Scan', `${RUNS}/index/byTask`, []]]],
    [
      'Query',
      {
        TableName: 'runs',
        KeyConditionExpression: 'begins_with(sk, :p) AND pk=:t',
        ExpressionAttributeValues: { ':t': { S: 'TASK#1' }, ':p': { S: 'S' } },
      },
      [['Query', RUNS, ['TASK#1']]],
    ],
    [
      'Query',
      {
        TableName: 'runs',
        IndexName: 'byTask',
        KeyConditionExpression: '#t = :t AND id < :i',
        ExpressionAttributeNames: { '#t': 'taskId' },
        ExpressionAttributeValues: { ':t': { N: '1' }, ':i': { N: '9' } },
      },
      [['Query', `${RUNS}/index/byTask`, ['1']]],
    ],
    [
      'BatchGetItem',
      { RequestItems: { runs: { Keys: [key('A'), key('B'), key('A')] } } },
      [['BatchGetItem', RUNS, ['A', 'B']]],
    ],
    [
      'BatchWriteItem',
      { RequestItems: { runs: [{ PutRequest: { Item: key('A') } }, { DeleteRequest: { Key: key('B') } }] } },
      [['BatchWriteItem', RUNS, ['A', 'B']]],
    ],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'runs', Item: key('A') } },
          { ConditionCheck: { TableName: 'runs', Key: key('B') } },
          { Update: { TableName: 'runs', Key: key('C') } },
          { Delete: { TableName: 'runs', Key: key('D') } },
        ],
      },
      [
        ['PutItem', RUNS, ['A']],
        ['ConditionCheckItem', RUNS, ['B']],
        ['UpdateItem', RUNS, ['C']],
        ['DeleteItem', RUNS, ['D']],
      ],
    ],
    [
      'TransactGetItems',
      { TransactItems: [{ Get: { TableName: 'runs', Key: key('A') } }] },
      [['GetItem', RUNS, ['A']]],
    ],
  ];

describe('what a request asks for', () => {
  it.each(REQUESTS)('%s %j', (operation, body, expected) => {
    const asked = expected.map(([action, resource, keys]) => ({ action: `dynamodb:${action}`, resource, keys }));
    expect(askedOf(operation, body, tables)).toEqual(asked);
  });

  it.each<readonly [string, RequestBody]>([
    ['ExecuteStatement', {}],
    ['GetItem', { TableName: 'others', Key: key('A') }],
    ['GetItem', { TableName: 'runs' }],
    ['GetItem', { TableName: 'runs', Key: { pk: { B: 'AA==' } } }],
    ['Query', { TableName: 'runs', IndexName: 'byNobody' }],
    [
      'Query',
      { TableName: 'runs', KeyConditionExpression: 'sk = :s', ExpressionAttributeValues: { ':s': { S: 'x' } } },
    ],
    ['TransactWriteItems', { TransactItems: [{ Guess: { TableName: 'runs', Key: key('A') } }] }],
  ])('is not guessed: %s %j', (operation, body) => {
    expect(() => askedOf(operation, body, tables)).toThrow();
  });
});

describe('what a role refuses', () => {
  const grant = (more: Partial<Grant> = {}): Grant => ({
    actions: ['dynamodb:GetItem'],
    resources: [RUNS],
    keys: null,
    ...more,
  });
  const asked = { action: 'dynamodb:GetItem', resource: RUNS, keys: ['APIKEY#1', 'APIKEY#2'] };

  it.each<readonly [string, Grant[]]>([
    ['the action', [grant()]],
    ['the action, in other letters', [grant({ actions: ['DYNAMODB:getitem'] })]],
    ['by a wildcard', [grant({ actions: ['dynamodb:Get*'], resources: ['arn:aws:dynamodb:*:table/run?'] })]],
    ['everything', [grant({ actions: ['*'], resources: ['*'] })]],
    ['these keys', [grant({ keys: { like: false, values: ['APIKEY#2', 'APIKEY#1'] } })]],
    ['keys like these', [grant({ keys: { like: true, values: ['APIKEY#*'] } })]],
    ['by its second statement', [grant({ resources: ['x'] }), grant()]],
  ])('grants %s', (_what, grants) => {
    expect(refusedOf(grants, [asked])).toBeNull();
  });

  it.each<readonly [string, Grant[]]>([
    ['nothing', []],
    ['another action', [grant({ actions: ['dynamodb:GetItems', 'dynamodb:BatchGetItem', 'xdynamodb:GetItem'] })]],
    ['an index alone', [grant({ resources: [`${RUNS}/index/*`] })]],
    ['a table of a longer or shorter name', [grant({ resources: [`${RUNS}-b`, RUNS.slice(0, -1)] })]],
    ['one of two keys', [grant({ keys: { like: false, values: ['APIKEY#1'] } })]],
    [
      'one key each in two statements',
      ['APIKEY#1', 'APIKEY#2'].map((one) => grant({ keys: { like: false, values: [one] } })),
    ],
    ['keys of which the wildcard is none', [grant({ keys: { like: false, values: ['APIKEY#*'] } })]],
    ['keys like others', [grant({ keys: { like: true, values: ['PRINCIPALS*', 'APIKEY#?x'] } })]],
    ['action and resource in two statements', [grant({ resources: ['x'] }), grant({ actions: ['dynamodb:Query'] })]],
  ])('grants %s: refused', (_what, grants) => {
    expect(refusedOf(grants, [asked])).toEqual(asked);
  });

  it('does not let a table be read by the right to its index, or the other way round', () => {
    const ofIndex = { ...asked, resource: `${RUNS}/index/byTask` };
    expect(refusedOf([grant()], [ofIndex])).toEqual(ofIndex);
    expect(refusedOf([grant({ resources: [`${RUNS}/index/byTask`] })], [ofIndex])).toBeNull();
  });

  it('refuses the whole request for one part', () => {
    const other = { ...asked, action: 'dynamodb:PutItem' };
    expect(refusedOf([grant()], [asked, other])).toEqual(other);
  });

  it('takes a request that names no keys as one that names none but those, as AWS does', () => {
    expect(refusedOf([grant({ keys: { like: false, values: ['A'] } })], [{ ...asked, keys: [] }])).toBeNull();
  });
});

/** `dinghy runs` and `dinghy twins` over a table with damaged items: what can be read is shown, the others are named once. */
import { type AttributeValue, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamoItems } from '../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../lib/adapters/dynamo/job-store.ts';
import type { JobStore } from '../../lib/domain/ports.ts';
import { liveIn, watchIn } from '../../lib/domain/run/active-partitions.ts';
import { headAt } from '../builders/a-head.ts';
import { fakeIds } from '../fakes/fake-ids.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { startTestDynamodb, type TestDynamodb } from '../live/dynamodb.ts';
import { type Output, runDinghy } from './run-dinghy.ts';

const START = Date.UTC(2026, 0, 31, 11, 0, 0);
const RUNS = 40;
let dynamodb: TestDynamodb;
let store: JobStore;

const dinghy = (...args: string[]): Promise<Output> => runDinghy(dynamodb, ...args);

const shown = ({ out }: Output): number[] => out.flatMap((line) => /^\d+/.exec(line) ?? []).map(Number);
const named = ({ err }: Output): string[] =>
  err.map((line) => /^warning: The item ([^,]*, [^ ]*) /.exec(line)?.[1] ?? line);

/** As a person would in the console. */
async function damage(runId: number, name: string, value: AttributeValue): Promise<void> {
  const names = { TableName: dynamodb.jobsTable, Key: { pk: { S: `RUN#${runId}` }, sk: { S: 'HEAD' } } };
  const set = { UpdateExpression: 'SET #name = :value', ExpressionAttributeNames: { '#name': name } };
  await dynamodb.client.send(
    new UpdateItemCommand({ ...names, ...set, ExpressionAttributeValues: { ':value': value } }),
  );
}

async function putItem(item: Record<string, AttributeValue>): Promise<void> {
  await dynamodb.client.send(new PutItemCommand({ TableName: dynamodb.jobsTable, Item: item }));
}

beforeEach(async () => {
  dynamodb = await startTestDynamodb();
  store = dynamoJobStore({
    ...{ items: dynamoItems(dynamodb.client), table: dynamodb.jobsTable },
    ...{ clock: virtualClock(), ids: fakeIds(1) },
  });
  for (let id = 1; id <= RUNS; id++) {
    await store.nextRunId();
    const running = { status: 'RUNNING', submitStatus: 'SUCCESS', open: [], active: liveIn(id) } as const;
    await store.putHead(headAt(START, { id, taskId: 1 + (id % 2), ...running }));
  }
}, 30_000);

afterEach(async () => {
  await dynamodb.stop();
});

const ALL = Array.from({ length: RUNS }, (_, i) => RUNS - i);
const without = (...ids: number[]): number[] => ALL.filter((id) => !ids.includes(id));

describe('dinghy runs', () => {
  it.each([
    ['all', [], () => true],
    ['of a task', ['--task', '1'], (id: number) => id % 2 === 0],
    ['live', ['--live'], () => true],
  ])(
    'shows what can be read, and names the rest once, on the page where it would stand: %s',
    async (_n, args, mine) => {
      await damage(30, 'status', { S: 'PAUSED' });
      await damage(22, 'intentAt', { S: 'yesterday' });
      const [seen, problems]: [number[], string[]] = [[], []];
      for (let next: string[] = []; ;) {
        const page = await dinghy('runs', ...args, '--limit', '6', ...next);
        seen.push(...shown(page));
        problems.push(...named(page));
        expect(page.code).toBe(page.err.length === 0 ? 0 : 1);
        const after = / --after (\d+)$/.exec(page.out.at(-1) ?? '')?.[1];
        if (after === undefined) break;
        next = ['--after', after];
      }
      expect(seen).toEqual(without(30, 22).filter(mine));
      expect(problems).toEqual(['RUN#30, HEAD', 'RUN#22, HEAD']);
    },
  );

  it('tells programs as well', async () => {
    await damage(39, 'v', { NULL: true });
    const { code, out } = await dinghy('runs', '--json', '--limit', '2');
    expect(code).toBe(1);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      runs: [{ id: 40 }, { id: 38 }],
      next: 38,
      unreadable: [
        expect.stringContaining('The item RUN#39, HEAD of the Jobs table can\'t be read: its attribute "v"'),
      ],
    });
  });

  it.each([
    ['a number too large', '1e30'],
    ['a negative number', '-7'],
    ['a fraction', '20.5'],
    ['the number of another run', '12'],
  ])('goes on behind a row whose place in the index is wrong: %s', async (_name, n) => {
    await damage(33, 'id', { N: n });
    for (const args of [['--task', '2'], ['--live', '--task', '2'], ['--live'], []]) {
      const page = await dinghy('runs', '--limit', '50', ...args);
      const mine = args.includes('2') ? (id: number) => id % 2 === 1 : () => true;
      expect(shown(page)).toEqual(without(33).filter(mine));
      expect(named(page)).toEqual(['RUN#33, HEAD']);
      expect(page.err[0]).toContain('"id"');
      expect(page.code).toBe(1);
    }
  });

  it('names an item of an index that is no head', async () => {
    await putItem({ pk: { S: 'notes' }, sk: { S: 'of ada' }, taskId: { N: '1' }, id: { N: '25' } });
    const page = await dinghy('runs', '--task', '1', '--limit', '50');
    expect(shown(page)).toEqual(ALL.filter((id) => id % 2 === 0));
    expect(page.err).toEqual([expect.stringContaining('The item notes, of ada of the Jobs table')]);
  });

  it('says that there may be runs where none can be read', async () => {
    for (const id of [40, 39]) await damage(id, 'kind', { S: 'job ' });
    const page = await dinghy('runs', '--live', '--limit', '1', '--after', '41');
    expect(shown(page)).toEqual([38]);
    for (const id of ALL) await damage(id, 'events', { M: {} });
    const none = await dinghy('runs', '--limit', '50');
    expect(none).toMatchObject({ code: 1, out: ['There is no run that can be read.'] });
    expect(none.err).toHaveLength(RUNS);
  });

  it.each(['text', '-1', '1.5', '9007199254740991'])('says which item is wrong when the counter is %s', async (n) => {
    const value: AttributeValue = n === 'text' ? { S: n } : { N: n };
    await putItem({ pk: { S: 'COUNTER' }, sk: { S: 'RUN' }, n: value });
    const { code, out, err } = await dinghy('runs');
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(err).toEqual([
      expect.stringContaining('The item COUNTER, RUN of the Jobs table can\'t be read: its attribute "n"'),
    ]);
    expect(shown(await dinghy('runs', '--live', '--limit', '2'))).toEqual([40, 39]);
  });
});

describe('dinghy twins', () => {
  it('lists the others, and names what can not be read', async () => {
    const lost = { status: 'UNKNOWN', twinSince: START, givenUpFor: 90 } as const;
    for (const id of [50, 51, 52]) await store.putHead(headAt(START, { id, ...lost, active: watchIn(id) }));
    await damage(51, 'twinSince', { S: 'today' });
    const found = await dinghy('twins');
    expect(found.code).toBe(1);
    expect(shown(found)).toEqual([50, 52]);
    expect(named(found)).toEqual(['RUN#51, HEAD']);
    const json = await dinghy('twins', '--json');
    expect(JSON.parse(json.out.join('\n'))).toMatchObject([{ id: 50 }, { id: 52 }]);
    expect(named(json)).toEqual(['RUN#51, HEAD']);
  });

  it('does not say that there is none when there may be one', async () => {
    await store.putHead(headAt(START, { id: 50, status: 'UNKNOWN', active: watchIn(50) }));
    expect(await dinghy('twins')).toMatchObject({ code: 0, err: [] });
    await damage(50, 'jmId', { BOOL: true });
    const { code, out, err } = await dinghy('twins');
    expect({ code, out }).toEqual({ code: 1, out: ['There are no twins among the items that can be read.'] });
    expect(err).toHaveLength(1);
  });
});

/**
 * A law for every kind of item of the Jobs table, through the stores and the SDK's own conversion: whatever stands in the
 * place of an attribute, the reading fails with the name of the item and the attribute, or it is as good as before.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoItems } from '../../../lib/adapters/dynamo/items.ts';
import { toHeadItem, toResultItem } from '../../../lib/adapters/dynamo/job-items.ts';
import { dynamoJobStore } from '../../../lib/adapters/dynamo/job-store.ts';
import { dynamoRequestKeyStore } from '../../../lib/adapters/dynamo/request-key-store.ts';
import { dynamoSavepointStore } from '../../../lib/adapters/dynamo/savepoint-store.ts';
import { dynamoSweepStore } from '../../../lib/adapters/dynamo/sweep-store.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import type { JobStore, RequestKeyStore, SavepointStore, SweepStore } from '../../../lib/domain/ports.ts';
import type { StatementResult } from '../../../lib/domain/results/statement-result.ts';
import { headAt } from '../../builders/a-head.ts';
import { aBody } from '../../contracts/job-store.contract.ts';
import { aSavepoint } from '../../contracts/savepoint-store.contract.ts';
import { fakeDynamodb, Refused, type WireRequest } from '../../fakes/fake-dynamodb.ts';
import { fakeIds } from '../../fakes/fake-ids.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

type Raw = Record<string, AttributeValue>;
type Step = string | number;

interface Stores {
  readonly store: JobStore;
  readonly keys: RequestKeyStore;
  readonly savepoints: SavepointStore;
  readonly sweep: SweepStore;
}

/** A table that holds this one item, whatever is asked for. Every condition fails, but that of the notes, which are written at once. */
function storesOver(item: Raw): Stores {
  const answer = ({ operation }: WireRequest): object => {
    if (operation === 'GetItem') return { Item: item };
    if (operation === 'Query') return { Items: [item] };
    if (item['pk']?.S?.startsWith('CLUSTER#') === true) return {};
    throw new Refused('ConditionalCheckFailedException');
  };
  held = answer;
  return STORES;
}

/** One client for all tables: to make one takes longer than to ask it. */
let held: (request: WireRequest) => object;
const STORES = ((): Stores => {
  const items = dynamoItems(fakeDynamodb((request) => held(request)));
  const options = { items, table: 'jobs', clock: virtualClock(), ids: fakeIds() };
  return {
    store: dynamoJobStore(options),
    keys: dynamoRequestKeyStore(options),
    savepoints: dynamoSavepointStore(options),
    sweep: dynamoSweepStore(items, 'jobs'),
  };
})();

const SECRET = 'hunter2-hunter2';
const MOMENT = 1_769_860_800_000;

/** A body with something in every place. */
function fullBody(): RunBody {
  const body = aBody();
  const planned = { segments: [[0, 3], 'x'], start: 0, inserts: [1] } as const;
  const steps = [{ ...planned, via: 'known', rows: { columns: ['a'], rows: [['1']] } }] as const;
  const jar = { kind: 'jar', uri: 's3://b/a.jar', entryClass: 'A', args: ['x'], parallelism: 2 } as const;
  const job = { ...planned, ...jar, allowNonRestoredState: false, sha256: 'ab' } as const;
  const sources = [{ start: 0, envId: 3, map: [[1, 2]], hasVariables: true }] as const;
  const secrets = { password: 'ssm:/p' };
  const plan = { ...body.plan, steps, job, sources, savePointPath: 's3://b/sp', secrets, sensitive: [[1, 2]] as const };
  return { ...body, plan: { ...plan, properties: { 'parallelism.default': '2' } } };
}

const rows: StatementResult = {
  ...{ columns: ['a'], rowData: [{ a: '1' }], total: 1, limit: 10, truncated: true, truncatedBy: 'rows' },
  ...{ startedAt: MOMENT, endedAt: MOMENT, error: 'x' },
};

const answerer = { jmId: '/tmp/web-1', firstAt: MOMENT, aloneSince: MOMENT, lastAt: MOMENT };

interface Kind {
  readonly item: Readonly<Record<string, unknown>>;
  readonly read: (stores: Stores) => Promise<unknown>;
  /** Attributes that nothing is read from, or whose content may be anything of the right type. */
  readonly free?: RegExp;
  /** Attributes that must be there. */
  readonly required: readonly string[];
}

const filled = headAt(MOMENT, {
  ...{ deployment: { type: 'kubernetes-application', name: 'd', namespace: 'n', clusterId: 'c', jobManager: 'j' } },
  ...{ missedBy: { jmId: 'a', address: 'b' }, missedAt: MOMENT, lostAfterMs: 5, givenUpFor: 6, twinSince: MOMENT },
  ...{ triedAt: MOMENT, endSeenAt: MOMENT, unreachableSince: MOMENT, lastSeenAt: MOMENT, refreshedAt: MOMENT },
  ...{ answeredAt: MOMENT, finishedAt: MOMENT, cancelAskedAt: MOMENT, sqlRefusedSend: 1 },
});

const unreadableRow = async ({ sweep }: Stores): Promise<unknown> => {
  const { runs, unreadable } = await sweep.activeRuns('LIVE#5', null);
  if (unreadable?.[0] === undefined) return runs;
  throw new RowProblem(unreadable[0]);
};
class RowProblem extends Error {}

const KINDS: Readonly<Record<string, Kind>> = {
  'a head': {
    item: toHeadItem(filled),
    read: ({ store }) => store.readHead(21),
    required: ['id', 'v', 'taskId', 'fp', 'status', 'submitStatus', 'open', 'events', 'hosts', 'intentAt', 'sentAt'],
  },
  'a row of the index': {
    item: toHeadItem(filled),
    read: unreadableRow,
    free: /^(?!id$|hosts$|jobId$|status$|intentAt$|cancelAskedAt$|missedAt$|unreachableSince$|deployment)/,
    required: ['id', 'hosts', 'status', 'intentAt'],
  },
  'the claims of a task': {
    item: { pk: 'TASK#7', sk: 'TASK', claimSeq: 4, latestRunId: 21, 'c#fp': 21, schemaVersion: 1 },
    read: ({ store }) => store.readTask(7),
    required: [],
  },
  'a body': {
    item: { pk: 'RUN#21', sk: 'BODY#w1', schemaVersion: 1, ...fullBody() },
    read: ({ store }) => store.readBody(headAt(MOMENT)),
    free: /^jobConfig\.|\.segments\.\d+$|^plan\.properties\.|^plan\.secrets\./,
    required: ['statement', 'plan', 'jobConfig'],
  },
  'a result': {
    item: { pk: 'RUN#21', sk: 'RESULT', ...toResultItem({ preview: rows, results: [rows] }), previewAt: 0 },
    read: ({ store }) => store.readResult(21),
    free: /^results\.0\.rowData\.0\./,
    required: ['results'],
  },
  'a key': {
    item: { pk: 'KEY#c#h', sk: 'KEY', runId: 21, requestHash: 'rh', owner: 'o', expiresAt: 1_769_860_800 },
    read: ({ keys }) => keys.putKey({ caller: 'c', hash: 'h' }, { runId: 22, requestHash: 'rh', owner: 'p' }),
    required: ['runId', 'requestHash', 'expiresAt'],
  },
  'the marks of a caller': {
    item: {
      ...{ pk: 'REFUSED#c#7', sk: '-', refusals: new Set([`${MOMENT}#r`]), [`taken#${MOMENT}#r`]: 'call' },
      ...{ cancelRunId: 21, cancelAt: MOMENT, at: MOMENT, expiresAt: 1_769_864_400 },
    },
    read: ({ keys }) => keys.readMarks('c', 7),
    free: /^expiresAt$/,
    required: [],
  },
  'a savepoint': {
    item: {
      ...{ pk: 'TASK#7', sk: 'SAVEPOINT#fp#0001769860800000#0123456789abcdef', schemaVersion: 1 },
      ...aSavepoint({ taskId: 7, fp: 'fp', completedAt: MOMENT }),
    },
    read: ({ savepoints }) => savepoints.find(7, 'fp', 'LATEST'),
    required: ['taskId', 'fp', 'path', 'kind', 'completedAt', 'jobId', 'runId'],
  },
  'the cursor of the sweeps': {
    item: { pk: 'SWEEP', sk: 'CURSOR', places: { 'LIVE#3': 5 }, schemaVersion: 1 },
    read: ({ sweep }) => sweep.readCursor(),
    required: [],
  },
  'the notes of a cluster': {
    item: {
      ...{ pk: 'CLUSTER#jm:8081', sk: '-', v: 3, lastSeenAt: MOMENT, unreachableSince: MOMENT },
      ...{ answeringSince: MOMENT, answerers: [answerer] },
    },
    read: ({ sweep }) => sweep.noteCluster('jm:8081', MOMENT, '/tmp/web-1'),
    required: [],
  },
  'when a sweep last saw a cluster': {
    item: { pk: 'CLUSTER#jm:8081', sk: '-', schemaVersion: 1, sweptAt: MOMENT },
    read: ({ store }) => store.sweptAt('jm:8081'),
    required: [],
  },
  'the counter of the runs': {
    item: { pk: 'COUNTER', sk: 'RUN', n: 21 },
    read: ({ store }) => store.nextRunId(),
    required: [],
  },
};

const raw = (item: Kind['item']): Raw => marshall(item, { removeUndefinedValues: true });
const typeOf = (value: AttributeValue): string => Object.keys(value)[0] ?? '';

function pathsOf(value: AttributeValue, path: readonly Step[] = []): (readonly Step[])[] {
  const inner = value.M !== undefined ? Object.entries(value.M) : (value.L ?? []).map((one, i) => [i, one] as const);
  return [...(path.length === 0 ? [] : [path]), ...inner.flatMap(([step, one]) => pathsOf(one, [...path, step]))];
}

function at(value: AttributeValue, [step, ...rest]: readonly Step[]): AttributeValue {
  if (step === undefined) return value;
  return at((typeof step === 'number' ? value.L?.[step] : value.M?.[step])!, rest);
}

/** `to` undefined: it is taken away. */
function changed(
  value: AttributeValue,
  [step, ...rest]: readonly Step[],
  to: AttributeValue | undefined,
): AttributeValue {
  if (step === undefined) return to!;
  if (typeof step === 'number') return { L: value.L!.map((one, i) => (i === step ? changed(one, rest, to) : one)) };
  const { [step]: inner, ...others } = value.M!;
  if (rest.length === 0 && to === undefined) return { M: others };
  return { M: { ...others, [step]: changed(inner!, rest, to) } };
}

const STRANGE: Readonly<Record<string, AttributeValue>> = {
  'a text': { S: SECRET },
  'a number as text': { S: '1' },
  'an empty text': { S: '' },
  'NaN as text': { S: 'NaN' },
  'a number of 39 digits': { N: '9'.repeat(39) },
  'a number beyond what JavaScript knows': { N: `1${'0'.repeat(125)}` },
  'a negative number': { N: '-1' },
  'a fraction': { N: '1.5' },
  'a flag': { BOOL: true },
  null: { NULL: true },
  'a list': { L: [{ S: SECRET }] },
  'an empty list': { L: [] },
  'a map': { M: { x: { S: SECRET } } },
  'an empty map': { M: {} },
  'a map with a strange name': { M: { constructor: { S: SECRET }, __proto__x: { N: '1' } } },
  'a set of texts': { SS: [SECRET] },
  'a set of numbers': { NS: ['1'] },
  'a set of bytes': { BS: [new Uint8Array([1])] },
  bytes: { B: new Uint8Array(Buffer.from(SECRET)) },
};

/** What was thrown, or null when it was read. Anything but a clear error fails the test. */
async function problemOf(kind: Kind, item: Raw): Promise<string | null> {
  try {
    await kind.read(storesOver(item));
    return null;
  } catch (error) {
    if (error instanceof RowProblem) return error.message;
    if (!(error instanceof AppError)) throw error;
    // With its item in order, the counter is used up, and nothing else.
    if (error.code === 'run.numbersExhausted') return null;
    expect(error.code).toBe('store.invalid');
    return error.message;
  }
}

describe.each(Object.entries(KINDS))('%s', (_name, kind) => {
  const good = raw(kind.item);
  const { pk, sk } = kind.item as { readonly pk: string; readonly sk: string };
  const paths = pathsOf({ M: good }).filter(([first]) => first !== 'pk' && first !== 'sk');
  const isFree = (path: readonly Step[]): boolean => kind.free?.test(path.join('.')) === true;
  const isHidden = sk === 'RESULT' || sk.startsWith('BODY#');

  function checkProblem(message: string, path: readonly Step[]): void {
    expect(message).toContain(`The item ${pk}, ${sk} of the Jobs table can't be read`);
    expect(message).toContain(String(path[0]));
    expect(message.length).toBeLessThan(700);
    if (isHidden) expect(message).not.toContain(SECRET);
  }

  it('is read as it was written', async () => {
    expect(await problemOf(kind, good)).toBeNull();
  });

  it.each(kind.required)('lacks %s', async (name) => {
    const problem = await problemOf(kind, changed({ M: good }, [name], undefined).M!);
    checkProblem(problem ?? '', [name]);
  });

  it.each(Object.entries(STRANGE))('holds %s', async (_what, strange) => {
    for (const path of paths.filter((one) => !isFree(one) && one[0] !== 'schemaVersion')) {
      const before = at({ M: good }, path);
      const problem = await problemOf(kind, changed({ M: good }, path, strange).M!);
      if (problem !== null) checkProblem(problem, path);
      const isOther = typeOf(strange) !== typeOf(before) && typeOf(strange) !== 'NULL';
      // The number of what is no stored task is negative.
      const isTask = path.join('.') === 'taskId' && strange.N === '-1';
      const isBadNumber = typeOf(strange) === 'N' && path.join('.') !== 'previewAt' && !isTask;
      if (isOther || isBadNumber) expect({ path, problem }).toEqual({ path, problem: expect.any(String) });
    }
  });

  it('lacks something, or was written by a newer version: it is read, or named', async () => {
    for (const path of paths.filter((one) => !isFree(one))) {
      if (typeof path.at(-1) === 'number') continue;
      const problem = await problemOf(kind, changed({ M: good }, path, undefined).M!);
      if (problem !== null) checkProblem(problem, path);
    }
    const numbers = paths.filter((one) => !isFree(one) && typeOf(at({ M: good }, one)) === 'N');
    const first = numbers.find(([name]) => name !== 'schemaVersion');
    const newer = {
      ...changed({ M: good }, first ?? ['statement'], { B: new Uint8Array([1]) }).M,
      schemaVersion: { N: '2' },
    };
    expect(await problemOf(kind, newer)).toContain('A newer Dinghy wrote it (schemaVersion 2, this one reads 1)');
  });
});

/** What the items beside the head may hold: everything that a run can be is read again, and what earlier versions left out. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  countedSchema,
  counterSchema,
  cursorSchema,
  keySchema,
  savepointSchema,
  taskSchema,
  versionSchema,
} from '../../../lib/adapters/dynamo/item-schemas.ts';
import { fromBodyItem, fromResultItem } from '../../../lib/adapters/dynamo/job-items.ts';
import type { JarJob, PlanJob, PlanStep, RunPlan } from '../../../lib/domain/plan/plan.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import { aBody } from '../../contracts/job-store.contract.ts';
import { aSavepoint } from '../../contracts/savepoint-store.contract.ts';

const body = aBody();
const stored = (change: object): RunBody => fromBodyItem({ ...body, plan: { ...body.plan, ...change } });
const isRead = (change: object): boolean => {
  try {
    stored(change);
    return true;
  } catch {
    return false;
  }
};

describe('a body', () => {
  const planned = { segments: ['INSERT ', [3, 7]], start: 3 } as const;
  const jar: JarJob = {
    ...{ ...planned, kind: 'jar', uri: 's3://b/a.jar', entryClass: null, args: ['x'], parallelism: null },
    allowNonRestoredState: true,
  };

  it.each<[PlanJob]>([
    [{ ...planned, kind: 'job' }],
    [{ ...planned, kind: 'preview', inserts: [3, 9] }],
    [{ ...planned, kind: 'script', start: null }],
    [jar],
    [{ ...jar, entryClass: 'a.B', parallelism: 4, sha256: 'ab', wantedSha256: 'ab' }],
  ])('holds any kind of job: %j', (job) => expect(stored({ job }).plan.job).toEqual(job));

  it.each<PlanStep>([
    { ...planned, via: 'configure' },
    { ...planned, via: 'statement', inserts: [1] },
    { ...planned, via: 'rows' },
    { ...planned, via: 'known', rows: { columns: ['a', 'b'], rows: [['1', '2'], []] } },
  ])('holds any kind of step: %j', (step) => expect(stored({ steps: [step] }).plan.steps).toEqual([step]));

  it.each([
    ...[{ job: { ...planned, kind: 'other' } }, { job: { ...planned } }, { job: { kind: 'job' } }],
    ...[{ job: { ...jar, uri: 7 } }, { job: { ...jar, args: 'x' } }, { job: 'job' }],
    ...[{ steps: [{ ...planned, via: 'other' }] }, { steps: [{ via: 'rows' }] }],
    ...[{ steps: [{ ...planned, via: 'known', rows: { columns: [1], rows: [] } }] }],
  ])('holds nothing else: %j', (change) => expect(isRead(change)).toBe(false));

  const withSegment = (segment: unknown): boolean => isRead({ job: { ...planned, kind: 'job', segments: [segment] } });

  it.each([['x'], [''], [[0, 0]], [[3, 3]], [[3, 7]]])('has the segment %j', (segment) => {
    expect(withSegment(segment)).toBe(true);
  });

  it.each([
    [[7, 3]],
    [[3]],
    [[3, 7, 9]],
    [[]],
    [['3', 7]],
    [[3, '7']],
    [[-1, 7]],
    [[1.5, 7]],
    [7],
    [null],
    [{ 0: 3, 1: 7, length: 2 }],
  ])('has no segment %j', (segment) => {
    expect(withSegment(segment)).toBe(false);
    expect(isRead({ sensitive: [segment] })).toBe(false);
  });

  it('has places in several texts, by pairs of lines', () => {
    const sources: RunPlan['sources'] = [
      {
        start: 0,
        envId: 7,
        map: [
          [1, 2],
          [4, 4],
        ],
        hasVariables: true,
      },
      { start: 40, envId: null, map: [], hasVariables: false },
    ];
    expect(stored({ sources }).plan.sources).toEqual(sources);
    for (const map of [[[1]], [['1', 2]], ['x']]) {
      expect(isRead({ sources: [{ start: 0, envId: null, map }] })).toBe(false);
    }
  });

  it('knows where its options were written', () => {
    const origins = { 'customConfig of task 7': ['a', 'b.c'], 'config of cluster 3 (prod)': [] };
    expect(stored({ origins }).plan.origins).toEqual(origins);
    for (const wrong of [{ x: 'a' }, { x: [1] }, 'x']) expect(isRead({ origins: wrong })).toBe(false);
  });

  it('lacks what earlier versions did not keep', () => {
    const { secrets: _secrets, sensitive: _sensitive, warnings: _warnings, origins: _origins, ...before } = body.plan;
    const sources = [{ start: 0, envId: null, map: [] }];
    const read = fromBodyItem({ ...body, plan: { ...before, sources } }).plan;
    expect([read.secrets, read.sensitive, read.warnings, read.origins]).toEqual([{}, [], [], {}]);
    expect(read.sources).toEqual([{ ...sources[0], hasVariables: false }]);
  });
});

describe('a result', () => {
  const rows = {
    ...{ columns: ['a'], rowData: [{ a: '1' }, {}], total: 2, limit: 10, truncated: true, startedAt: 1, endedAt: 2 },
    ...{ truncatedBy: null, error: null },
  };

  it.each(['rows', 'size', 'time', null] as const)('was cut by %s', (truncatedBy) => {
    const result = { ...rows, truncatedBy };
    expect(fromResultItem({ results: [result], previewAt: 0 })).toEqual({ preview: result, results: [result] });
  });

  it.each([{ truncatedBy: 'other' }, { columns: 'a' }, { columns: [1] }, { rowData: [['1']] }, { total: -1 }])(
    'is none with %j',
    (change) => {
      expect(() => fromResultItem({ results: [{ ...rows, ...change }] })).toThrow(/"results\.0\./);
    },
  );

  it('has no preview, or one of its results', () => {
    expect(fromResultItem({ results: [rows], previewAt: -1 })).toEqual({ preview: null, results: [rows] });
    expect(() => fromResultItem({ results: [rows], previewAt: -2 })).toThrow(/"previewAt" must be -1 or more/);
    expect(() => fromResultItem({ results: [rows], previewAt: 1 })).toThrow(/names none of its results/);
  });
});

describe('a savepoint', () => {
  it.each(['savepoint', 'checkpoint'] as const)('is a %s', (kind) => {
    expect(v.parse(savepointSchema, aSavepoint({ kind }))).toEqual(aSavepoint({ kind }));
  });

  it.each([{ kind: 'other' }, { path: '' }, { taskId: 0 }, { completedAt: -1 }, { runId: undefined }])(
    'is none with %j',
    (change) => expect(v.is(savepointSchema, { ...aSavepoint(), ...change })).toBe(false),
  );
});

describe('small items', () => {
  it('of the sweep name partitions with places, or one partition in earlier versions', () => {
    const read = (item: object): unknown => v.parse(cursorSchema, item);
    expect(read({ places: { 'LIVE#1': 0, constructor: 5 } })).toMatchObject({
      places: { 'LIVE#1': 0, constructor: 5 },
    });
    expect(read({})).toEqual({ after: null });
    expect(read({ partition: 'LIVE#1', after: 5 })).toEqual({ partition: 'LIVE#1', after: 5 });
    for (const places of [{ a: 1, b: 'x' }, { a: -1 }, { a: null }, [1], 'x', null, new Set([1])]) {
      expect(v.is(cursorSchema, { places })).toBe(false);
    }
  });

  it('have counted nothing where nothing stands', () => {
    expect(v.parse(taskSchema, {})).toEqual({ claimSeq: 0, latestRunId: null });
    expect(v.parse(versionSchema, {})).toEqual({ v: 0 });
    expect(v.is(counterSchema, { n: 0 })).toBe(true);
    expect(v.is(countedSchema, { n: 0 })).toBe(false);
    for (const schema of [counterSchema, countedSchema]) {
      expect([1, 2_147_483_646, 2_147_483_647].map((n) => v.is(schema, { n }))).toEqual([true, true, false]);
      expect(v.is(schema, {})).toBe(false);
    }
  });

  it('of keys may have no owner, in earlier versions', () => {
    const key = { runId: 1, requestHash: 'h', expiresAt: 5 };
    expect(v.parse(keySchema, key)).toEqual(key);
    expect(v.parse(keySchema, { ...key, owner: 'o' })).toEqual({ ...key, owner: 'o' });
    for (const name of ['runId', 'requestHash', 'expiresAt']) {
      expect(v.is(keySchema, { ...key, [name]: undefined })).toBe(false);
    }
  });
});

/** The other items of the Jobs table: what is no number, text or list of its kind is an error that names the place. */
import { describe, expect, it } from 'vitest';
import { callerMarks, toMarks } from '../../../lib/adapters/dynamo/caller-marks.ts';
import { placeOf } from '../../../lib/adapters/dynamo/index-place.ts';
import type { Item, Items } from '../../../lib/adapters/dynamo/items.ts';
import { fromBodyItem, fromResultItem, toHeadItem, toTaskClaims } from '../../../lib/adapters/dynamo/job-items.ts';
import { savepointKey } from '../../../lib/adapters/dynamo/job-keys.ts';
import { dynamoSavepointStore } from '../../../lib/adapters/dynamo/savepoint-store.ts';
import { dynamoSweepStore } from '../../../lib/adapters/dynamo/sweep-store.ts';
import { headAt } from '../../builders/a-head.ts';
import { appErrorOf, thrownAppError } from '../../builders/app-error-of.ts';
import { aSavepoint } from '../../contracts/savepoint-store.contract.ts';
import { fakeIds } from '../../fakes/fake-ids.ts';

const NO_NUMBER = [NaN, '1', true, '', [1], { N: 1 }, 1e30, Infinity, -1, 1.5];
const SECRET = 'hunter2-hunter2';

function problemOf(read: (item: Item) => unknown, item: Item): string {
  const { code, message } = thrownAppError(() => read({ pk: 'P', sk: 'S', ...item }));
  expect(code).toBe('store.invalid');
  expect(message).toContain('The item P, S of the Jobs table');
  return message;
}

describe('an item that can not be read', () => {
  it('is of the claims of a task', () => {
    for (const value of NO_NUMBER) {
      for (const name of ['c#fp', 'claimSeq', 'latestRunId']) {
        expect(problemOf(toTaskClaims, { [name]: value })).toContain(`"${name}" must be `);
      }
    }
    expect(toTaskClaims({ 'c#fp': 3, newer: 'x' })).toEqual({ claims: { fp: 3 }, claimSeq: 0, latestRunId: null });
  });

  it('is of the marks of a caller', () => {
    for (const value of NO_NUMBER) {
      for (const name of ['cancelRunId', 'cancelAt', 'at', 'refusals']) problemOf(toMarks, { [name]: value });
    }
    const refusals = (value: unknown): string => problemOf(toMarks, { refusals: value });
    expect(refusals('x')).toContain('"refusals" must be a set of texts, not ');
    expect(refusals(new Set([1]))).toContain('must be text, not the number 1');
    for (const entry of ['no time', 'x1000#a', '1000', `${'1'.repeat(17)}#a`]) {
      expect(refusals(new Set([entry]))).toContain('must be a time and an id, not ');
    }
  });

  it('is of the marks of a caller, met when a refusal is added', async () => {
    const items = { update: () => Promise.resolve({ refusals: 'x' }) } as unknown as Items;
    const error = await appErrorOf(callerMarks(items, 'jobs').markRefusal('someone', 7, { at: 1, id: 'a' }));
    expect(error.code).toBe('store.invalid');
    expect(error.message).toContain('The item REFUSED#someone#7, - of the Jobs table');
  });

  it('has half of what a cancel is noted with', () => {
    expect(problemOf(toMarks, { cancelRunId: 5 })).toContain('"cancelAt" is missing');
    expect(problemOf(toMarks, { cancelAt: 1_000 })).toContain('"cancelRunId" is missing');
    expect(toMarks({ cancelRunId: 5, cancelAt: 1_000 }).cancel).toEqual({ runId: 5, at: 1_000 });
    expect(toMarks({}).cancel).toBeNull();
  });

  it('is a body or a result: its texts are not quoted', () => {
    for (const item of [
      { statement: [SECRET] },
      { statement: 'x', plan: SECRET },
      { statement: 'x', plan: [SECRET] },
    ]) {
      expect(problemOf(fromBodyItem, item)).not.toContain(SECRET);
    }
    for (const results of [
      SECRET,
      [SECRET],
      { 0: SECRET },
      [{ columns: SECRET }],
      [{ columns: [], rowData: [SECRET] }],
    ]) {
      expect(problemOf(fromResultItem, { results })).not.toContain(SECRET);
    }
    for (const previewAt of ['0', NaN, -2, 0.5]) problemOf(fromResultItem, { results: [], previewAt });
    for (const previewAt of [0, 7]) {
      expect(problemOf(fromResultItem, { results: [], previewAt })).toContain('"previewAt" names none of its results');
    }
  });

  it('is of the notes of a cluster: nothing is written over it, so that who answered by turns is not forgotten', async () => {
    let updates = 0;
    const whole = { pk: 'P', sk: 'S', v: 3, lastSeenAt: 4_000, answeringSince: 1_000 };
    const note = (item: Item): Promise<unknown> => {
      const get = (): Promise<Item> => Promise.resolve(item);
      const update = (): Promise<Item> => Promise.resolve({ updates: (updates += 1) });
      return dynamoSweepStore({ get, update } as unknown as Items, 'jobs').noteCluster('jm:8081', 5_000, '/tmp/b');
    };
    for (const wrong of [{ lastSeenAt: 'x' }, { unreachableSince: [] }, { answerers: [{ jmId: '/tmp/a' }] }]) {
      await expect(note({ ...whole, ...wrong })).rejects.toMatchObject({ code: 'store.invalid' });
    }
    expect(updates).toBe(0);
    expect(await note(whole)).toMatchObject({ lastSeenAt: 5_000, answeringSince: 1_000 });
    expect(updates).toBe(1);
  });

  it('is a savepoint that stands under the key of another one', async () => {
    const whole = { ...savepointKey(aSavepoint(), 'ab'), ...aSavepoint() };
    const find = (item: Item): Promise<unknown> => {
      const items = { query: () => Promise.resolve({ items: [item], after: undefined }) } as unknown as Items;
      return dynamoSavepointStore({ items, table: 'jobs', ids: fakeIds() }).find(7, 'fp', 'LATEST');
    };
    expect(await find(whole)).toEqual(aSavepoint());
    for (const wrong of [{ taskId: 8 }, { fp: 'other' }, { completedAt: 1_000 }]) {
      const { code, message } = await appErrorOf(find({ ...whole, ...wrong }));
      expect(code).toBe('store.invalid');
      expect(message).toContain('"taskId", "fp" and "completedAt" must be those of its key');
    }
  });

  it('is the cursor of an earlier version, which named one partition: only that one goes on', async () => {
    const cursorOf = (item: Item | undefined): Promise<unknown> =>
      dynamoSweepStore({ get: () => Promise.resolve(item) } as unknown as Items, 'jobs').readCursor();
    expect(await cursorOf({ partition: 'LIVE#3', after: 17 })).toEqual({ 'LIVE#3': 17 });
    expect(await cursorOf({ partition: 'LIVE#3', after: 17, places: { 'LIVE#4': 1 } })).toEqual({ 'LIVE#4': 1 });
    for (const item of [undefined, {}, { partition: 'LIVE#3', after: null }, { partition: 'LIVE#3' }, { after: 17 }]) {
      expect(await cursorOf(item)).toEqual({});
    }
  });

  it('is a row of the index: it is told, and the page goes on behind it', async () => {
    const row = (id: number, change: Item = {}): Item => ({ ...toHeadItem(headAt(1_000, { id })), ...change });
    const page = { items: [row(1), row(2, { status: 'x' }), row(3), row(4, { intentAt: '1' })], after: { id: 4 } };
    const items = { query: () => Promise.resolve(page) } as unknown as Items;
    const { runs, unreadable, after } = await dynamoSweepStore(items, 'jobs').activeRuns('LIVE#0', null);
    expect(runs.map(({ id }) => id)).toEqual([1, 3]);
    expect(unreadable).toEqual([expect.stringContaining('RUN#2, HEAD'), expect.stringContaining('RUN#4, HEAD')]);
    expect(after).toBe(4);
    // The place is kept in the cursor, which takes whole numbers alone.
    const odd = { query: () => Promise.resolve({ items: [row(3), row(4, { id: 4.5 })], after: { id: 4.5 } }) };
    expect((await dynamoSweepStore(odd as unknown as Items, 'jobs').activeRuns('LIVE#0', null)).after).toBe(4);
  });
});

describe('the place of a row in an index', () => {
  it.each([
    [1, 1],
    [2_147_483_647, 2_147_483_647],
    [2_147_483_648, 2_147_483_648],
    [1e30, 2_147_483_648],
    [4.5, 4.5],
    [0, 0],
    [-7, 0],
  ])('with the number %d is %d: what is no number of a run stands at an end', (id, place) => {
    expect(placeOf({ id })).toBe(place);
  });
});

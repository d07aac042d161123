/** The other items of the Jobs table: what is no number, text or list of its kind is an error that names the place. */
import { describe, expect, it } from 'vitest';
import type { Item, Items } from '../../lib/adapters/dynamo/items.ts';
import { toMarks } from '../../lib/adapters/dynamo/caller-marks.ts';
import { fromBodyItem, fromResultItem, toHeadItem, toTaskClaims } from '../../lib/adapters/dynamo/job-items.ts';
import { dynamoSweepStore } from '../../lib/adapters/dynamo/sweep-store.ts';
import { thrownAppError } from '../app-error-of.ts';
import { headAt } from '../domain/a-head.ts';

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
    problemOf(toMarks, { refusals: new Set(['no time']) });
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
    for (const previewAt of ['0', NaN, -2, 0.5, 7]) problemOf(fromResultItem, { results: [], previewAt });
  });

  it('is a row of the index: it is told, and the page goes on behind it', async () => {
    const row = (id: number, change: Item = {}): Item => ({ ...toHeadItem(headAt(1_000, { id })), ...change });
    const page = { items: [row(1), row(2, { status: 'x' }), row(3), row(4, { intentAt: '1' })], after: { id: 4 } };
    const items = { query: () => Promise.resolve(page) } as unknown as Items;
    const { runs, unreadable, after } = await dynamoSweepStore(items, 'jobs').activeRuns('LIVE#0', null);
    expect(runs.map(({ id }) => id)).toEqual([1, 3]);
    expect(unreadable).toEqual([expect.stringContaining('RUN#2, HEAD'), expect.stringContaining('RUN#4, HEAD')]);
    expect(after).toBe(4);
  });
});

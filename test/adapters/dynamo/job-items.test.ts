/** Items of the Jobs table that were written by earlier versions must still be readable. */
import { describe, expect, it } from 'vitest';
import { fromResultItem, toResultItem } from '../../../lib/adapters/dynamo/job-items.ts';

const rows = {
  ...{ columns: ['a'], rowData: [{ a: '1' }], total: 1, limit: 1, truncated: false, truncatedBy: null },
  ...{ startedAt: 1, endedAt: 2, error: null },
};
const shown = { ...rows, columns: ['table name'] };

describe('the item of a result', () => {
  it("holds a preview's rows once", () => {
    const item = toResultItem({ preview: rows, results: [shown, rows] });
    expect(JSON.stringify(item).split('"rowData"')).toHaveLength(3);
    expect(fromResultItem(item)).toEqual({ preview: rows, results: [shown, rows] });
  });

  it('is read as it was written when the rows of a preview were in it twice', () => {
    expect(fromResultItem({ schemaVersion: 1, preview: rows, results: [rows] })).toEqual({
      preview: rows,
      results: [rows],
    });
    expect(fromResultItem({ schemaVersion: 1, preview: null, results: [shown] })).toEqual({
      preview: null,
      results: [shown],
    });
  });
});

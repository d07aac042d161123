/** The costs are those that DynamoDB's guide gives for writes to a table with global secondary indexes. */
import { describe, expect, it } from 'vitest';
import { type IndexedTable, type Item, writeUnits } from '../../bench/write-units.ts';

const TABLE: IndexedTable = {
  key: ['pk'],
  indexes: [{ key: ['active'], projected: ['status'] }],
};
const PLAIN: Item = { pk: { S: 'a' }, note: { S: 'x' } };
const RUNNING: Item = { ...PLAIN, active: { S: 'LIVE' }, status: { S: 'RUNNING' } };
const text = (length: number): Item => ({ ...PLAIN, note: { S: 'x'.repeat(length) } });

describe('writes of an item', () => {
  it.each<[string, Item | null, Item | null, number]>([
    ['that is in no index, made', null, PLAIN, 1],
    ['that is in no index, changed', PLAIN, { ...PLAIN, note: { S: 'y' } }, 1],
    ['that is not there, deleted', null, null, 1],
    ['with an entry in an index, made', null, RUNNING, 2],
    ['with an entry in an index, deleted', RUNNING, null, 2],
    ['that comes into the index', PLAIN, RUNNING, 2],
    ['that leaves the index', RUNNING, PLAIN, 2],
    ['whose entry stays the same', RUNNING, { ...RUNNING, note: { S: 'y' } }, 1],
    ['whose entry changes', RUNNING, { ...RUNNING, status: { S: 'FAILED' } }, 2],
    ['whose entry moves', RUNNING, { ...RUNNING, active: { S: 'WATCH' } }, 3],
    ['of less than 1 KB', null, text(1_000), 1],
    ['of more than 1 KB', null, text(1_024), 2],
    ['that was larger before', text(3_000), PLAIN, 3],
  ])('%s', (_name, before, after, units) => {
    expect(writeUnits(TABLE, before, after)).toBe(units);
  });

  it('counts numbers, lists and maps by what they hold', () => {
    const filled = (value: Item[string]): number => writeUnits(TABLE, null, { ...PLAIN, value });
    expect(filled({ N: '1' })).toBe(1);
    expect(filled({ L: [{ S: 'x'.repeat(600) }, { S: 'x'.repeat(600) }] })).toBe(2);
    expect(filled({ M: { key: { M: { inner: { S: 'x'.repeat(2_100) } } } } })).toBe(3);
    expect(filled({ SS: ['x'.repeat(600), 'y'.repeat(600)] })).toBe(2);
  });
});

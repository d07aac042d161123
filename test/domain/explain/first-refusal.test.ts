/** Which error of an explain keeps a restart from its stop: one that a run would meet as well. */
import { describe, expect, it } from 'vitest';
import { type AskedStatement, firstRefusal } from '../../../lib/domain/explain/first-refusal.ts';

const ddl = (error: string | null = null): AskedStatement => ({ type: 'DDL', checked: true, error });
const job = (error: string | null = null): AskedStatement => ({ type: 'Modify DML', checked: true, error });
const LEFT: AskedStatement = { type: 'DDL', checked: false, error: null };

describe('the first refusal', () => {
  it.each<[string, readonly string[], readonly AskedStatement[], string | null]>([
    ['is none of a task without a mistake', [], [ddl(), job()], null],
    ['is none of a task of which nothing was asked', [], [LEFT, LEFT], null],
    ['is the first one of several', [], [ddl(), ddl('a'), job('b')], 'a'],
    ['is that of a function, which comes before all', ['f', 'g'], [ddl('a')], 'f'],
    ['is that of the job', [], [ddl(), job('b')], 'b'],
    ['is none behind a statement that was left out', [], [LEFT, ddl('a'), job('b')], null],
    ['is one before a statement that was left out', [], [ddl('a'), LEFT, job('b')], 'a'],
    ['is none of a job before it: what starts the job comes last', [], [job('b'), LEFT], null],
    [
      'is one of the parser behind it',
      [],
      [LEFT, job('line 2: SQL parse failed. Encountered "x".')],
      'line 2: SQL parse failed. Encountered "x".',
    ],
    ['is none that only speaks of a parser', [], [LEFT, job("Table 'SQL parser' not found")], null],
  ])('%s', (_what, problems, statements, refusal) => {
    expect(firstRefusal(problems, statements)).toBe(refusal);
  });
});

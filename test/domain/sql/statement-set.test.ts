import { describe, expect, it } from 'vitest';
import { classify } from '../../../lib/domain/sql/kind.ts';
import { placeInScript } from '../../../lib/domain/sql/sendable.ts';
import { splitScript } from '../../../lib/domain/sql/split.ts';
import { foldStatementSets, joinStatementSet, membersOf } from '../../../lib/domain/sql/statement-set.ts';

const SCRIPT = `SET 'a' = 'b';
BEGIN STATEMENT SET;
INSERT INTO a -- first
SELECT 1;;
  INSERT INTO b SELECT bad;
END;
SHOW TABLES;`;

describe('foldStatementSets', () => {
  const folded = foldStatementSets(SCRIPT, splitScript(SCRIPT));

  it('makes one statement of an authored block and leaves the others', () => {
    expect(folded.map(({ text, line, column }) => [line, column, text])).toEqual([
      [1, 1, "SET 'a' = 'b'"],
      [2, 1, 'EXECUTE STATEMENT SET\nBEGIN\nINSERT INTO a -- first\nSELECT 1;\nINSERT INTO b SELECT bad;\nEND'],
      [7, 1, 'SHOW TABLES'],
    ]);
  });

  it('gives what splitting its own text gives', () => {
    expect(splitScript(folded[1]!.text)).toHaveLength(1);
    expect(classify(folded[1]!).role).toBe('statementSet');
  });

  it('maps a place in the text that Flink was given to the script', () => {
    expect(placeInScript(SCRIPT, folded[1]!, { line: 5, column: 22 })).toEqual({ line: 5, column: 24 });
    expect(placeInScript(SCRIPT, folded[1]!, { line: 4, column: 1 })).toEqual({ line: 4, column: 1 });
    expect(placeInScript(SCRIPT, folded[1]!, { line: 2, column: 1 })).toEqual({ line: 2, column: 1 });
    expect(placeInScript(SCRIPT, folded[2]!, { line: 1, column: 6 })).toEqual({ line: 7, column: 6 });
    expect(placeInScript(SCRIPT, folded[2]!, { line: 99, column: 99 })).toEqual({ line: 7, column: 12 });
  });

  it('knows the members of every form', () => {
    expect(membersOf(SCRIPT, folded[1]!).map(({ line, text }) => [line, text])).toEqual([
      [3, 'INSERT INTO a -- first\nSELECT 1'],
      [5, 'INSERT INTO b SELECT bad'],
    ]);
    const compile = "COMPILE PLAN 'p' IF NOT EXISTS FOR STATEMENT SET BEGIN INSERT INTO a SELECT 1; END";
    expect(membersOf(compile, splitScript(compile)[0]!)).toHaveLength(1);
    expect(membersOf(SCRIPT, folded[0]!)).toEqual([]);
  });

  it('folds two blocks one after the other', () => {
    const two = 'BEGIN STATEMENT SET;INSERT INTO a SELECT 1;END;BEGIN STATEMENT SET;INSERT INTO b SELECT 1;END';
    expect(foldStatementSets(two, splitScript(two))).toHaveLength(2);
  });
});

describe('joinStatementSet', () => {
  it('joins INSERTs, and drops the EXECUTE that a set does not take', () => {
    const script = 'INSERT INTO a SELECT 1;\n\nEXECUTE INSERT INTO b SELECT x';
    const set = joinStatementSet(splitScript(script));
    expect(set.text).toBe('EXECUTE STATEMENT SET\nBEGIN\nINSERT INTO a SELECT 1;\nINSERT INTO b SELECT x;\nEND');
    expect(placeInScript(script, set, { line: 4, column: 22 })).toEqual({ line: 3, column: 30 });
    expect(membersOf(script, set).map(({ text }) => text)).toEqual([
      'INSERT INTO a SELECT 1',
      'INSERT INTO b SELECT x',
    ]);
  });
});

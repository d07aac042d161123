import { describe, expect, it } from 'vitest';
import { classify } from '../../../lib/domain/sql/kind.ts';
import { splitScript, type SqlStatement } from '../../../lib/domain/sql/split.ts';
import { foldStatementSets, joinStatementSet, membersOf } from '../../../lib/domain/sql/statement-set.ts';

const SCRIPT = `SET 'a' = 'b';
BEGIN STATEMENT SET;
INSERT INTO a -- first
SELECT 1;;
  INSERT INTO b SELECT bad;
END;
SHOW TABLES;`;

/** What stands at the beginning of each piece: in the text that is sent, and in the script. */
const piecesOf = (script: string, { text, pieces }: SqlStatement) =>
  pieces.map(([at, from]) => [text.slice(at, at + 13), script.slice(from, from + 13).replace(/;$/, '')]);

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

  it("knows where its text comes from, so that Flink's places can be told in the author's", () => {
    expect(piecesOf(SCRIPT, folded[1]!)).toEqual([
      ['INSERT INTO a', 'INSERT INTO a'],
      ['INSERT INTO b', 'INSERT INTO b'],
    ]);
    expect(piecesOf(SCRIPT, folded[2]!)).toEqual([['SHOW TABLES', 'SHOW TABLES']]);
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
    expect(piecesOf(script, set)).toEqual([
      ['INSERT INTO a', 'INSERT INTO a'],
      ['INSERT INTO b', 'INSERT INTO b'],
    ]);
  });
});

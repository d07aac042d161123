/** The script of a task that gets a cluster of its own: read by Flink's script executor, which is narrower than its parser. */
import { describe, expect, it } from 'vitest';
import { planRun } from '../../../lib/domain/plan/plan-run.ts';
import { readScript } from '../../../lib/domain/plan/read-script.ts';
import { joinSegments, offsetInText } from '../../../lib/domain/plan/text-segments.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

function plan(statement: string, type = 'kubernetes-application'): ReturnType<typeof planRun> {
  const task = aTask({ type, statement });
  return planRun([readScript(task, { globals: {}, databases: {}, request: {} }, false)], task);
}

function scriptOf(statement: string, type?: string): string {
  const { text, job } = plan(statement, type);
  if (job === null) throw new Error('no job');
  return joinSegments(job.segments, text);
}

describe('the script', () => {
  // Its executor takes // for a division: a quote behind it would open a string, a ; would end the statement.
  it('has blanks where the author has comments; hints, strings and line breaks stay', () => {
    const script = scriptOf(
      "SET 'a' = '--b'; -- c\nINSERT INTO t // don't; stop\nSELECT /*+ H('/*x*/') */ 1 /* \" */ + 2;",
    );
    expect(script).toBe("SET 'a' = '--b';\nINSERT INTO t               \nSELECT /*+ H('/*x*/') */ 1         + 2;\n");
  });

  it('has none in a statement set of INSERTs either', () => {
    const script = scriptOf("INSERT INTO a SELECT 1 -- it's\n+ 1; INSERT INTO b SELECT /* ' */ 2");
    expect(script).toBe(
      'EXECUTE STATEMENT SET\nBEGIN\nINSERT INTO a SELECT 1        \n+ 1;\nINSERT INTO b SELECT         2;\nEND;\n',
    );
  });

  it.each([
    ['SET a.b = c', "SET 'a.b' = 'c'"],
    ["SET a.b = don't", "SET 'a.b' = 'don''t'"],
    ['SET a.b = s3://x/y--z', "SET 'a.b' = 's3://x/y--z'"],
    ["SET a.b = 'it''s'", "SET 'a.b' = 'it''s'"],
    ['SET a.b = "c', "SET 'a.b' = '\"c'"],
    ['RESET a.b', "RESET 'a.b'"],
    ["INSERT INTO u SELECT E'it\\'s; \\n'", "INSERT INTO u SELECT 'it''s; \n'"],
    ["INSERT INTO u SELECT E'a\\n'", "INSERT INTO u SELECT E'a\\n'"],
  ])('has %s in a spelling that the executor can cut', (written, sent) => {
    const job = sent.startsWith('INSERT') ? '' : 'INSERT INTO t SELECT 1;\n';
    expect(scriptOf(`${written};\n${job}`)).toBe(`${sent};\n${job}`);
  });

  it('keeps the places of what stands behind a text that was written anew', () => {
    const statement = "INSERT INTO t SELECT E'\\'', wrong FROM s";
    const { text, job } = plan(statement);
    expect(offsetInText(job!.segments, joinSegments(job!.segments, text).indexOf('wrong'))).toBe(
      statement.indexOf('wrong'),
    );
  });

  it.each([
    "CREATE TABLE u (a INT) WITH ('a' = E'\\'\\x41;')",
    "CREATE VIEW v AS SELECT /*+ H('*/') */ 1",
    "INSERT INTO t SELECT /*+ H('*/;') */ 1",
  ])('is refused where there is no such spelling: %s', (statement) => {
    expect(() => scriptOf(`SHOW_NOTHING();\n${statement};\nINSERT INTO t SELECT 1;`)).toThrow(
      /^Line 2: Flink's script executor, which runs the tasks of this type, would split this statement\./,
    );
  });

  it('may end with what only the executor takes for an open quote, unless more follows', () => {
    const odd = "INSERT INTO t SELECT /*+ H('*/') */ 1";
    expect(scriptOf(`SET 'a' = 'b';\n${odd}`)).toBe(`SET 'a' = 'b';\n${odd};\n`);
    for (const two of [`${odd};\nINSERT INTO t SELECT 2`, `INSERT INTO t SELECT 2;\n${odd}`])
      expect(() => scriptOf(two)).toThrow(/would split this statement/);
  });

  it("begins where its author's first statement does, whatever functions the task has", () => {
    const statement = '\n\nINSERT INTO t SELECT f(1)';
    const configJson = { customConfig: {}, udfRefer: { f: 'a.F' } };
    const task = aTask({ type: 'kubernetes-application', statement, configJson });
    const { job } = planRun([readScript(task, { globals: {}, databases: {}, request: {} }, false)], task);
    expect(job?.segments[0]).toMatch(/^CREATE TEMPORARY SYSTEM FUNCTION/);
    expect(job?.start).toBe(2);
  });

  it.each(['EXECUTE STATEMENT SET BEGIN', 'BEGIN STATEMENT SET;'])(
    'is refused as well within a statement set, at whose own ; the executor reads on: %s',
    (begin) => {
      const set = (member: string): string => `${begin} INSERT INTO t SELECT 1; ${member}; END`;
      expect(() => scriptOf(set("INSERT INTO t SELECT 'a;b', 2"))).not.toThrow();
      expect(() => scriptOf(set("INSERT INTO t SELECT E'\\'\\x41;'"))).toThrow(/would split this statement/);
      expect(() => scriptOf(set("INSERT INTO t SELECT /*+ H('*/;') */ 1"))).toThrow(/would split this statement/);
    },
  );

  it('is only what is sent to a cluster of its own: elsewhere a statement is sent as it is written', () => {
    expect(scriptOf('INSERT INTO t SELECT 1 -- c\n+ 2', 'standalone')).toBe('INSERT INTO t SELECT 1 -- c\n+ 2');
  });
});

/** The script of a task that gets a cluster of its own: read by Flink's script executor, which is narrower than its parser. */
import { describe, expect, it } from 'vitest';
import { planRun } from '../../lib/domain/plan-run.ts';
import { readScript } from '../../lib/domain/read-script.ts';
import { joinSegments } from '../../lib/domain/segments.ts';
import { aTask } from '../fakes/memory-definitions.ts';

function scriptOf(statement: string, type = 'kubernetes-application'): string {
  const task = aTask({ type, statement });
  const { text, job } = planRun([readScript(task, { globals: {}, databases: {}, request: {} }, false)], task);
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

  it('is only what is sent to a cluster of its own: elsewhere a statement is sent as it is written', () => {
    expect(scriptOf('INSERT INTO t SELECT 1 -- c\n+ 2', 'standalone')).toBe('INSERT INTO t SELECT 1 -- c\n+ 2');
  });
});

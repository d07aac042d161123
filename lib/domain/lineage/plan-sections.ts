/** The parts of Flink's EXPLAIN. */
const TREES = '== Abstract Syntax Tree ==\n';
const OPTIMIZED = '\n== Optimized Physical Plan ==\n';
const EXECUTION = '\n== Optimized Execution Plan ==\n';

/** As Flink has understood the statement, before anything is moved or left out: one tree for each table that is written. */
export function syntaxTrees(explained: string): string {
  const start = explained.indexOf(TREES);
  const end = explained.indexOf(OPTIMIZED, start);
  return start < 0 ? '' : explained.slice(start + TREES.length, end < 0 ? undefined : end);
}

/** As it would run. */
export function optimizedTrees(explained: string): string {
  const start = explained.indexOf(OPTIMIZED);
  const end = explained.indexOf(EXECUTION, start);
  return start < 0 ? '' : explained.slice(start + OPTIMIZED.length, end < 0 ? undefined : end);
}

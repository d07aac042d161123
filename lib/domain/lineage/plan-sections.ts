/** The parts of Flink's EXPLAIN. */
const TREES = '== Abstract Syntax Tree ==\n';
const OPTIMIZED = '\n== Optimized Physical Plan ==\n';
const EXECUTION = '\n== Optimized Execution Plan ==\n';

/** The tree as Flink understood the statement, before any optimization: one for each table that is written. */
export function syntaxTrees(explained: string): string {
  return partBetween(explained, TREES, OPTIMIZED);
}

/** The tree as it would run. */
export function optimizedTrees(explained: string): string {
  return partBetween(explained, OPTIMIZED, EXECUTION);
}

function partBetween(explained: string, heading: string, next: string): string {
  const start = explained.indexOf(heading);
  if (start < 0) return '';
  const end = explained.indexOf(next, start);
  return explained.slice(start + heading.length, end < 0 ? undefined : end);
}

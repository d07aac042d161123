import { MAX_STATEMENT_BYTES } from '../limits.ts';

/** Null when the statement fits into its item; else its size and what to do. */
export function statementSizeProblem(statement: string): string | null {
  const bytes = new TextEncoder().encode(statement).length;
  if (bytes <= MAX_STATEMENT_BYTES) return null;
  return `the statement has ${bytes} bytes, and ${MAX_STATEMENT_BYTES} is the maximum: split the task, or move shared parts into a FlinkSqlEnv task.`;
}

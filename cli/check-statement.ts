/** The seam for the checks that need to understand a task's SQL. */
import type { TaskDefinition } from '../lib/domain/definitions.ts';

/** Line and column of the statement's own text, counted from 1. */
export interface StatementProblem {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** Everything wrong with the SQL of a task that is otherwise sound. Its ids are placeholders (0) at this point. */
export function checkStatement(_task: TaskDefinition): StatementProblem[] {
  return [];
}

/** What can be said of a task's SQL without Flink: the same reading and planning as a submit does. */
import { checkOptions } from '../lib/domain/config-layers.ts';
import type { TaskDefinition } from '../lib/domain/definitions.ts';
import { AppError } from '../lib/domain/errors.ts';
import { planRun } from '../lib/domain/plan-run.ts';
import { readScript } from '../lib/domain/read-script.ts';

/** Line and column of the statement's own text, counted from 1. */
export interface StatementProblem {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** Everything wrong with the SQL of a task that is otherwise sound. Its ids are placeholders (0) at this point. */
export function checkStatement(task: TaskDefinition): StatementProblem[] {
  return [
    ...problemsOf(() => checkOptions(task.configJson.customConfig, 'customConfig')),
    ...problemsOf(() => plan(task)),
  ];
}

function plan(task: TaskDefinition): void {
  const layers = { globals: {}, databases: {}, request: {} };
  planRun([readScript(task, layers, task.dialect === 'FlinkSqlEnv')], task);
}

function problemsOf(check: () => void): StatementProblem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Variables may come with the request, from the deployment or from the environment task.
    if (error.code === 'variable.missing') return [];
    return [{ severity: 'error', ...placeIn(error.message), text: error.message }];
  }
}

/** The first place that the message names. */
function placeIn(message: string): { line: number; column: number } {
  const found = /\bline (\d+)(?:, column (\d+))?/i.exec(message);
  return { line: Number(found?.[1] ?? 1), column: Number(found?.[2] ?? 1) };
}

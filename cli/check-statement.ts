/** Checks a task's SQL without Flink: it reads and plans as a submit does. */
import type { TaskDefinition } from '../lib/domain/definition/definitions.ts';
import { AppError } from '../lib/domain/errors.ts';
import { checkOptions } from '../lib/domain/options/refused.ts';
import { planRun } from '../lib/domain/plan/plan-run.ts';
import { readScript } from '../lib/domain/plan/read-script.ts';
import { findPlaceholders } from '../lib/domain/sql/placeholder.ts';
import { splitScript } from '../lib/domain/sql/split.ts';
import { splitOrNone } from '../lib/domain/sql/split-or-none.ts';
import { unknownStart } from '../lib/domain/sql/unknown-start.ts';
import { readAuthorText } from '../lib/domain/variables/author-text.ts';

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
    ...problemsOf(() => {
      checkOptions(task.configJson.customConfig, 'customConfig');
      return [];
    }),
    ...problemsOf(
      () => plan(task),
      () => planWithoutValues(task),
    ),
    ...unknownStarts(task.statement),
  ];
}

/** Only in the author's own text, not in the values of variables. */
function unknownStarts(text: string): StatementProblem[] {
  return splitOrNone(text).flatMap((statement): StatementProblem[] => {
    const { line, column } = statement;
    const problem = unknownStart(statement);
    return problem === null ? [] : [{ severity: 'error', line, column, text: problem }];
  });
}

/** Returns the warnings of a task that would run. */
function plan(task: TaskDefinition, globals: Readonly<Record<string, string>> = {}): readonly string[] {
  const layers = { globals, databases: {}, request: {} };
  return planRun([readScript(task, layers, task.dialect === 'FlinkSqlEnv')], task).warnings;
}

/**
 * Variables may come with the request, from the deployment or from the environment task: words stand in for their values, a
 * different one for each, so that no two of them seem to be the same table.
 */
function planWithoutValues(task: TaskDefinition): readonly string[] {
  const { definitions, references } = readAuthorText(task.statement);
  const inValues = definitions.flatMap(({ value }) => findPlaceholders(value));
  const names = [...references, ...inValues].map(({ name }) => name);
  try {
    return plan(task, Object.fromEntries(names.map((name, at) => [name, `value${at}`])));
  } catch (error) {
    // How a statement must be written depends on the values, and whole statements may be among them.
    const certain = error instanceof AppError && ['sql.refused', 'config.refused'].includes(error.code);
    if (!(error instanceof AppError) || (certain && !beginsWithVariable(task.statement))) throw error;
    return [];
  }
}

function beginsWithVariable(text: string): boolean {
  return splitScript(text).some(({ tokens }) => tokens[0]?.kind === 'placeholder');
}

/** Throws errors; returns warnings. */
type Check = () => readonly string[];

/** `withoutValues`: what to check instead where values of variables are missing. */
function problemsOf(check: Check, withoutValues: Check | null = null): StatementProblem[] {
  try {
    return check().map((text) => ({ severity: 'warning', ...placeIn(text), text }));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'variable.missing') return withoutValues === null ? [] : problemsOf(withoutValues);
    return [{ severity: 'error', ...placeIn(error.message), text: error.message }];
  }
}

/** The first place that the message names. */
function placeIn(message: string): { line: number; column: number } {
  const found = /\bline (\d+)(?:, column (\d+))?/i.exec(message);
  return { line: Number(found?.[1] ?? 1), column: Number(found?.[2] ?? 1) };
}

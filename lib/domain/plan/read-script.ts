/** One author's text, read: variables in place, split, classified. Errors name the author's lines and whose text it is. */
import type { TaskDefinition } from '../definition/definitions.ts';
import { AppError } from '../errors.ts';
import { MAX_STATEMENT_BYTES } from '../limits.ts';
import { classify, type StatementKind } from '../sql/kind.ts';
import { toSendable } from '../sql/sendable.ts';
import { splitScript, type SqlStatement } from '../sql/split.ts';
import { foldStatementSets } from '../sql/statement-set.ts';
import type { VariableLayers } from '../variables/expand.ts';
import { lineAt, withAuthorLines } from '../variables/line-map.ts';
import { type ResolvedText, resolveVariables } from '../variables/resolve.ts';
import { refuseUnresolved } from './refuse-statement.ts';

export interface ReadStatement {
  readonly statement: SqlStatement;
  readonly kind: StatementKind;
  /** The author's line. */
  readonly line: number;
}

export interface ReadScript {
  readonly task: TaskDefinition;
  readonly resolved: ResolvedText;
  readonly statements: readonly ReadStatement[];
}

/** All that a `${name}` in the run's text can mean: variable -> name of its secret. */
export function secretsOf(scripts: readonly ReadScript[]): Readonly<Record<string, string>> {
  return Object.fromEntries(scripts.flatMap(({ resolved }) => Object.entries(resolved.secrets)));
}

/** `prologue`: an environment task, which may hold nothing but definitions. */
export function readScript(task: TaskDefinition, layers: VariableLayers, prologue: boolean): ReadScript {
  checkSize(task.statement, `The statement of task ${task.id}`);
  try {
    const resolved = resolve(task.statement, layers);
    checkSize(resolved.text, `The statement of task ${task.id} with its variables in place`);
    return { task, resolved, statements: readStatements(resolved, prologue) };
  } catch (error) {
    if (!prologue || !(error instanceof AppError)) throw error;
    throw new AppError(error.code, `In environment task ${task.id} (${task.name}): ${error.message}`, { cause: error });
  }
}

/** Refusals come first: nobody should look for values of a statement that is refused anyway. */
function resolve(text: string, layers: VariableLayers): ResolvedText {
  try {
    return resolveVariables({ text, ...layers });
  } catch (error) {
    if (error instanceof AppError && error.code === 'variable.missing') refuseUnresolved(text);
    throw error;
  }
}

function readStatements(resolved: ResolvedText, prologue: boolean): ReadStatement[] {
  try {
    const split = foldStatementSets(resolved.text, splitScript(resolved.text, resolved.tokens));
    return split.map((statement) => ({
      statement: toSendable(statement),
      kind: classify(statement),
      line: lineAt(resolved.map, statement.line),
    }));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (prologue && error.code === 'sql.empty') return [];
    throw new AppError(error.code, withAuthorLines(error.message, resolved.map), { cause: error });
  }
}

export function checkSize(text: string, what: string): void {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= MAX_STATEMENT_BYTES) return;
  const hint = 'Split the task, or move what tasks share into an environment task (envId).';
  throw new AppError('sql.tooLarge', `${what} has ${bytes} bytes; at most ${MAX_STATEMENT_BYTES} fit. ${hint}`);
}

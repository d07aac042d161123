/** Where a job starts from (contract.md, "submitTask"). Pure: the caller looks up recorded savepoints. */
import { SAVEPOINT_STRATEGIES, type TaskDefinition } from '../definition/definitions.ts';
import { savepointPathProblem } from '../definition/savepoint-path.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { shownAddress } from '../secrets/shown-address.ts';

/** Which of the recorded ones. */
export type RecordedSavepoint = 'LATEST' | 'EARLIEST';

/** Words that a request may give instead of a path. */
export const ASKED_STARTS = ['NONE', 'LATEST', 'EARLIEST'] as const;
export type AskedStart = (typeof ASKED_STARTS)[number];

export type StartFrom =
  | { readonly kind: 'empty' }
  | { readonly kind: 'path'; readonly path: string }
  /** Look it up when no other run can add to it any more; empty if there is none. */
  | { readonly kind: 'recorded'; readonly which: RecordedSavepoint };

type Asking = Pick<TaskDefinition, 'id' | 'savePointStrategy' | 'savePointPath'>;

/** The request's path wins over that of EXECUTE JAR, and this over the task's strategy. */
export function startFrom(task: Asking, requestPath: string | null, statementPath: string | null = null): StartFrom {
  if (requestPath !== null) return path(requestPath, 'request.invalid', 'The parameter "savePointPath"');
  if (statementPath !== null) return path(statementPath, 'sql.syntax', "The 'savepoint-path' of EXECUTE JAR");
  const strategy = SAVEPOINT_STRATEGIES[task.savePointStrategy];
  switch (strategy) {
    case 'LATEST':
    case 'EARLIEST':
      return { kind: 'recorded', which: strategy };
    case 'CUSTOM':
      return path(ownPath(task), 'task.invalid', `The savePointPath of task ${task.id}`);
    default:
      return { kind: 'empty' };
  }
}

/** The task with the strategy that the request asks for. */
export function withAskedStart(task: TaskDefinition, asked: AskedStart | undefined): TaskDefinition {
  return asked === undefined ? task : { ...task, savePointStrategy: SAVEPOINT_STRATEGIES.indexOf(asked) };
}

function ownPath({ id, savePointPath }: Asking): string {
  if (savePointPath !== null) return savePointPath;
  throw new AppError('task.invalid', `Task ${id} has savePointStrategy 3 (CUSTOM), but no savePointPath. Set it.`);
}

function path(value: string, code: ErrorCode, what: string): StartFrom {
  const problem = savepointPathProblem(value);
  if (problem === null) return { kind: 'path', path: value };
  const hint = 'Give the complete path that Flink reported, such as s3://bucket/savepoints/savepoint-1a2b3c.';
  throw new AppError(code, `${what} is "${shownAddress(value).slice(0, SHOWN_LENGTH)}": ${problem}. ${hint}`);
}

const SHOWN_LENGTH = 100;

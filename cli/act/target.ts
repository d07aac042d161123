/** The target of a command: a task, by its id or name, or one run. */
import type { Api } from '../api/api.ts';
import type { Call } from '../command.ts';
import { readNumber } from '../read-number.ts';
import { UsageError } from '../usage-error.ts';
import { findTask } from './find-task.ts';

export type Target =
  { readonly kind: 'task'; readonly word: string } | { readonly kind: 'run'; readonly runId: number };

export function readTarget({ positionals: [word], run }: Pick<Call, 'positionals' | 'run'>): Target {
  if ((word === undefined) === (run === undefined)) throw new UsageError('give either a TASK or --run RUN.');
  return run === undefined ? { kind: 'task', word: word ?? '' } : { kind: 'run', runId: readNumber('--run', run) };
}

export interface Named {
  /** The parameters of a call that stops something. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The command that shows it. */
  readonly look: string;
}

/** `name`: that of the task's parameter. */
export async function named(api: Api, target: Target, name: 'id' | 'taskId'): Promise<Named> {
  if (target.kind === 'run')
    return { parameters: { runId: target.runId }, look: `dinghy status --run ${target.runId}` };
  const task = await findTask(api, target.word);
  return { parameters: { [name]: task }, look: `dinghy status ${task}` };
}

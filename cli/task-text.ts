import { shownTaskId } from '../lib/domain/definition/described-task.ts';

/** The task of a run, for people. There may be none: the statement came with the request. */
export function taskText(taskId: number | null): string {
  const shown = taskId === null ? null : shownTaskId(taskId);
  return shown === null ? 'no stored task' : `task ${shown}`;
}

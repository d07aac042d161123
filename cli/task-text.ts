import { shownTaskId } from '../lib/domain/definition/described-task.ts';

/** The task of a run for people. `taskId` null, or of what is not stored: the run is of a statement that a request brought. */
export function taskText(taskId: number | null): string {
  const shown = taskId === null ? null : shownTaskId(taskId);
  return shown === null ? 'no stored task' : `task ${shown}`;
}

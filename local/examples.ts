import { join } from 'node:path';
import { applyPath } from '../cli/apply.ts';
import type { DefinitionWriter } from '../lib/domain/ports.ts';
import { ROOT } from './paths.ts';

const FOLDER = join(ROOT, 'examples');
const BY_HAND = 'The line "Tasks" below shows how to apply them.';

/**
 * Applies the examples if no task is defined, and returns a line that says so. If there is a task, it writes nothing: the task
 * may be the user's own, or a changed example. An error here does not stop the start.
 */
export async function applyExamples(table: DefinitionWriter, folder = FOLDER): Promise<string> {
  try {
    const tasks = (await table.list()).filter(({ kind }) => kind === 'TASK').length;
    if (tasks > 0) return `Examples: unchanged, ${tasks} ${tasks === 1 ? 'task' : 'tasks'} defined`;
    return await apply(table, folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `Examples: not applied (${reason}). ${BY_HAND}`;
  }
}

async function apply(table: DefinitionWriter, folder: string): Promise<string> {
  const lines: string[] = [];
  const take = (line: string): void => void lines.push(line);
  const code = await applyPath(folder, table, { out: take, err: take });
  if (code === 0) return `Examples: ${lines.at(-1) ?? ''}`;
  return [`Examples: not applied. ${BY_HAND}`, ...lines].join('\n  ');
}

import { join } from 'node:path';
import { applyPath } from '../cli/apply.ts';
import type { DefinitionWriter } from '../lib/domain/ports.ts';
import { ROOT } from './paths.ts';

const FOLDER = join(ROOT, 'examples');
const BY_HAND = 'The line "Tasks" below says how to apply them by hand.';

/**
 * Fills a table in which no task is defined with the examples, and gives the line that says what was done. Where there
 * is a task nothing is written: it may be somebody's own, or an example that was changed. No trouble here stops a start.
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

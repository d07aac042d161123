/** The texts of a run, read: that of its environment task first, whose definitions the task's own text sees. */
import type { TaskDefinition } from './definitions.ts';
import { AppError } from './errors.ts';
import { type ReadScript, readScript } from './read-script.ts';
import type { VariableLayers } from './variables-expand.ts';
import { readAuthorText } from './variables-text.ts';

export function readTexts(task: TaskDefinition, envTask: TaskDefinition | null, layers: VariableLayers): ReadScript[] {
  if (envTask === null) return [readScript(task, layers, false)];
  const prologue = readPrologue(task, envTask, layers);
  const own = prologue.resolved.definitions.map(({ name, value }): [string, string] => [name, value]);
  return [prologue, readScript(task, withDefinitions(layers, own), false)];
}

/** What is missing in both texts is told at once. */
function readPrologue(task: TaskDefinition, envTask: TaskDefinition, layers: VariableLayers): ReadScript {
  try {
    return readScript(envTask, layers, true);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'variable.missing') throw error;
    // Stryker disable next-line StringLiteral: only the names of what is defined count here
    const names = readAuthorText(envTask.statement).definitions.map(({ name }): [string, string] => [name, '']);
    const too = missingIn(task, withDefinitions(layers, names));
    throw too === null ? error : new AppError(error.code, `${error.message} In task ${task.id}: ${too}`);
  }
}

function missingIn(task: TaskDefinition, layers: VariableLayers): string | null {
  try {
    readScript(task, layers, false);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code === 'variable.missing' ? error.message : null;
  }
}

function withDefinitions(layers: VariableLayers, definitions: readonly [string, string][]): VariableLayers {
  return { ...layers, databases: { ...layers.databases, ...Object.fromEntries(definitions) } };
}

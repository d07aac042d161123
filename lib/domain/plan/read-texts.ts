/** The texts of a run, read: that of its environment task first, whose definitions the task's own text sees. */
import type { TaskDefinition } from '../definition/definitions.ts';
import { AppError } from '../errors.ts';
import { readAuthorText } from '../variables/author-text.ts';
import type { VariableLayers } from '../variables/expand.ts';
import type { Piece } from '../variables/pieces.ts';
import { type ReadScript, readScript } from './read-script.ts';
import { spellsSecret } from './spelled-secrets.ts';

/** @throws AppError see readScript */
export function readTexts(task: TaskDefinition, envTask: TaskDefinition | null, layers: VariableLayers): ReadScript[] {
  const scripts = readBoth(task, envTask, layers);
  if (!spellsSecret(scripts)) return scripts;
  // Stryker disable next-line StringLiteral: any letter will do that is in none of them
  const texts = [task.statement, envTask?.statement, JSON.stringify(layers)].join('');
  return readBoth(task, envTask, { ...layers, secretMark: `.${unusedLetter(texts)}` });
}

function readBoth(task: TaskDefinition, envTask: TaskDefinition | null, layers: VariableLayers): ReadScript[] {
  if (envTask === null) return [readScript(task, layers, false)];
  const prologue = readPrologue(task, envTask, layers);
  const own = prologue.resolved.definitions.map(({ name, pieces }) => [name, pieces] as const);
  return [prologue, readScript(task, withDefinitions(layers, own), false)];
}

const FIRST_RARE_LETTER = 0x180;

/** The author of a value can't know it, and no two texts together can form it. */
function unusedLetter(texts: string): string {
  const used = new Set(texts);
  // Stryker disable next-line AssignmentOperator: in either direction
  for (let code = FIRST_RARE_LETTER; ; code += 1) {
    const letter = String.fromCodePoint(code);
    if (/\p{L}/u.test(letter) && !used.has(letter)) return letter;
  }
}

/** Missing values of both texts are reported together. */
function readPrologue(task: TaskDefinition, envTask: TaskDefinition, layers: VariableLayers): ReadScript {
  try {
    return readScript(envTask, layers, true);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'variable.missing') throw error;
    // Stryker disable next-line StringLiteral: only the names of what is defined count here
    const names = readAuthorText(envTask.statement).definitions.map(({ name }) => [name, []] as const);
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

function withDefinitions(
  layers: VariableLayers,
  definitions: readonly (readonly [string, readonly Piece[]])[],
): VariableLayers {
  return { ...layers, prologue: Object.fromEntries(definitions) };
}

/**
 * The variables of a restart (protocol.md section 13): those of the old run. Dinghy does not keep what may be a secret; such
 * values the caller gives again, and they may be others than before. Pure.
 */
import { AppError } from '../errors.ts';
import { MASK } from '../secrets/text-spans.ts';
import type { RunHead } from './run.ts';

type Values = Readonly<Record<string, string>>;
type RunName = Pick<RunHead, 'id' | 'taskId'>;

export interface KeptVariables {
  /** As they are stored, with `******` instead of values that are not kept. */
  readonly kept: Values;
  /** They have the fingerprint of the run: nothing is missing. */
  readonly isWhole: boolean;
}

export function restartVariables(run: RunName, { kept, isWhole }: KeptVariables, given: Values): Values {
  const hidden = Object.keys(kept).filter((name) => !isWhole && kept[name]?.includes(MASK) === true);
  // An answer shows a hidden value as a mask, which is no value.
  const told = Object.entries(given).filter(([name, value]) => !hidden.includes(name) || value !== kept[name]);
  for (const [name, value] of told) if (!hidden.includes(name)) refuseOther(run, kept, name, value);
  const missing = hidden.filter((name) => !told.some(([one]) => one === name));
  if (missing.length > 0) throw missingValues(run, missing);
  return { ...kept, ...Object.fromEntries(told) };
}

function refuseOther({ id, taskId }: RunName, kept: Values, name: string, value: string): void {
  const isKnown = Object.hasOwn(kept, name);
  if (isKnown && kept[name] === value) return;
  const what = isKnown ? `runs with another value of "${name}"` : `was given no variable "${name}"`;
  const why = `Run ${id} of task ${taskId} ${what}. A restart keeps the variables of the run`;
  throw new AppError('run.conflict', `${why}. To run with others, ${OTHERWISE}`);
}

const MAX_NAMED = 5;

function missingValues({ id, taskId }: RunName, names: readonly string[]): AppError {
  const named = names.slice(0, MAX_NAMED).map((name) => `"${name}"`);
  const all = names.length > MAX_NAMED ? `${named.join(', ')} …` : named.join(' and ');
  const what = `Run ${id} of task ${taskId} was given a value for ${all} that Dinghy does not keep`;
  const how = names.slice(0, MAX_NAMED).map((name) => `variables.${name}=…`);
  const text = `${what}. Give it with the restart (${how.join('&')})`;
  return new AppError('run.conflict', `${text}, or ${OTHERWISE}`);
}

const OTHERWISE =
  'stop it with a savepoint (savepointTask, type "stop") and submit it with its variables. Nothing was stopped.';

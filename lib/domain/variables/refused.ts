/** Whether a value of a request is allowed in its place in the text, and the error if it is not. */
import { AppError } from '../errors.ts';
import { maskSecrets } from '../secrets/mask-sql.ts';
import { isSensitiveName } from '../secrets/sensitive-name.ts';
import { MASK } from '../secrets/text-spans.ts';

/** `start`, `end`: of its `${name}` in the text. `line` is the author's. */
export interface PlacedSlot {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

export interface WrittenSlot extends PlacedSlot {
  /** The text that replaces the slot. */
  readonly written: string;
}

const MAX_SHOWN = 100;
const WAY_OUT =
  'To pass SQL, declare it in the task (parameters, type: sql), or make it a definition or a variable of the deployment.';

/** `where`: "outside of quotes". */
export function refusedValue({ name, value, line }: PlacedSlot, where: string, rule: string): AppError {
  const what = `The value of "${name}", ${shownValue(name, value)}, is ${where} (line ${line})`;
  return new AppError('variable.refused', `${what}. ${rule} ${WAY_OUT}`);
}

/** On one line, cut, and nothing of what its name says is a secret. */
export function shownValue(name: string, value: string): string {
  if (isSensitiveName(name)) return MASK;
  if (value === '') return 'which is empty';
  // Masked before it is cut: half a secret has no end that tells it.
  const shown = maskSecrets(value).replace(/[\s\p{Cc}]+/gu, ' ');
  return `"${shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown}"`;
}

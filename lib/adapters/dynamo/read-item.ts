/**
 * Items of the Jobs table are read by schema: what a person, a restore or another version has left there must not pass for
 * a run. An item that can't be read is an error with its place, which no repetition of the request mends.
 */
import * as v from 'valibot';
import { LEAST_TASK_ID } from '../../domain/definition/described-task.ts';
import { AppError } from '../../domain/errors.ts';
import { MAX_ID, MAX_TIME_MS } from '../../domain/limits.ts';
import type { Item } from './items.ts';
import { SCHEMA_VERSION } from './job-keys.ts';

export const between = (from: number, to: number) => {
  const message = `a whole number from ${from} to ${to}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(from, message), v.maxValue(to, message));
};

/** Building blocks. A message is a noun phrase: it is put behind "must be". */
export const idField = between(1, MAX_ID);
/** The number of a stored task; negative for other work. */
export const taskIdField = v.pipe(
  between(LEAST_TASK_ID, MAX_ID),
  v.check((id) => id !== 0, 'a number that is not 0'),
);
export const smallNumber = between(0, MAX_ID);
export const countField = between(0, Number.MAX_SAFE_INTEGER);
export const timeField = between(0, MAX_TIME_MS);
export const textField = v.string('text');
export const flagField = v.boolean('true or false');

/** Absent where it is null: both are stored. */
export const orNull = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema), null);

/** All names of a type of the domain, checked by the compiler to be complete. Only the names count. */
export function oneOf<K extends string>(names: Readonly<Record<K, null>>) {
  const list = Object.keys(names) as K[];
  return v.picklist(list, `one of ${list.join(', ')}`);
}

/** `v.record` would drop names like "constructor". */
export const mapField = v.custom<Readonly<Record<string, unknown>>>(isMap, 'a map');
export const textsField = v.custom<Readonly<Record<string, string>>>(
  (value) => isMap(value) && Object.values(value).every((inner) => typeof inner === 'string'),
  'a map of names to text',
);

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return !Array.isArray(value) && !(value instanceof Set) && !ArrayBuffer.isView(value);
}

/** `shown`: whether a message may quote the value that was seen. Statements, options and rows may hold secrets. */
export type Quoting = 'shown' | 'hidden';

// Stryker disable next-line StringLiteral: whatever is not hidden is shown
export function readItem<T>(schema: v.GenericSchema<unknown, T>, item: Item, quoting: Quoting = 'shown'): T {
  const parsed = v.safeParse(schema, item, FIRST_PROBLEM);
  if (parsed.success) return parsed.output;
  throw unreadable(item, problemOf(parsed.issues[0], quoting));
}

/** Each by itself: one that can't be read takes no other with it. */
export function readEach<T>(
  items: readonly Item[],
  read: (item: Item) => T,
): { read: T[]; unreadable: UnreadableItem[] } {
  const [found, problems]: [T[], UnreadableItem[]] = [[], []];
  for (const item of items) {
    try {
      found.push(read(item));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'store.invalid') throw error;
      problems.push({ item, problem: error.message });
    }
  }
  return { read: found, unreadable: problems };
}

export interface UnreadableItem {
  readonly item: Item;
  /** Which it is, and why. */
  readonly problem: string;
}

/** @param problem what is wrong with it: "its attribute ... must be ..." */
export function unreadable(item: Item, problem: string): AppError {
  const hint = newerHint(item) ?? 'Correct the item or restore it from a backup';
  const where = `${placeOf(item)} of the Jobs table can't be read`;
  return new AppError(
    'store.invalid',
    `${where}: ${problem}. ${hint} (docs/operate/troubleshooting.md, "Items that can't be read").`,
  );
}

/** Valibot's own messages quote what was found, whatever it is. */
const ownMessage = ({ type, expected }: v.BaseIssue<unknown>): string =>
  type === 'object' ? 'a map' : (expected ?? 'of another kind');
// Stryker disable next-line BooleanLiteral: the first problem is the same; to look for others would only take time
const FIRST_PROBLEM = { abortEarly: true, abortPipeEarly: true, message: ownMessage } as const;
const MAX_SHOWN = 60;
const MAX_PLACE = 150;

function problemOf(issue: v.BaseIssue<unknown>, quoting: Quoting): string {
  // An entry of a set has no name.
  // Stryker disable next-line ArrayDeclaration: what has no key is left out
  const names = (issue.path ?? [])
    .map(({ key }) => key)
    .filter((key) => typeof key === 'string' || typeof key === 'number');
  const path = cut(names.join('.'), MAX_PLACE);
  const what = path === '' ? 'it' : `its attribute "${path}"`;
  return `${what} ${issue.input === undefined ? 'is missing' : `must be ${issue.message}, not ${seen(issue.input, quoting)}`}`;
}

/** The item RUN#21, HEAD */
function placeOf({ pk, sk }: Item): string {
  const shown = (key: unknown): string => (typeof key === 'string' ? cut(key, MAX_PLACE) : '?');
  return `The item ${shown(pk)}, ${shown(sk)}`;
}

function newerHint({ schemaVersion }: Item): string | null {
  if (typeof schemaVersion !== 'number' || schemaVersion <= SCHEMA_VERSION) return null;
  return `A newer Dinghy wrote it (schemaVersion ${schemaVersion}, this one reads ${SCHEMA_VERSION}): deploy that version`;
}

function seen(value: unknown, quoting: Quoting): string {
  if (typeof value === 'string') {
    if (value === '') return 'an empty text';
    return quoting === 'hidden' ? 'a text' : `the text ${JSON.stringify(cut(value, MAX_SHOWN))}`;
  }
  if (typeof value === 'number') return quoting === 'hidden' ? 'a number' : `the number ${value}`;
  if (typeof value === 'boolean') return quoting === 'hidden' ? 'true or false' : String(value);
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return isMap(value) ? 'a map' : 'a set or bytes';
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

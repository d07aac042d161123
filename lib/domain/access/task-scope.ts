/** Which tasks a caller may use: "*", or ids and ranges of ids such as "1,2,10-20". It is stored as that text. */
import { AppError } from '../errors.ts';
import { MAX_ID } from '../limits.ts';

export const ALL_TASKS = '*';
const MAX_LENGTH = 1_000;
const PART = /^(\d{1,10})(?:-(\d{1,10}))?$/;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Null: it is valid. Else what is wrong with it. */
export function taskScopeProblem(text: string): string | null {
  if (text.length > MAX_LENGTH)
    return `the list of tasks has ${text.length} characters; at most ${MAX_LENGTH} are allowed`;
  if (text.trim() === ALL_TASKS) return null;
  for (const part of partsOf(text)) {
    const range = rangeOf(part);
    if (range === null) return `"${part}" is no task. ${WANTED}`;
    if (range.from > range.to) return `"${part}" ends before it begins. Write it as ${range.to}-${range.from}`;
  }
  return null;
}

const WANTED = `Give ids from 1 to ${MAX_ID} and ranges of them, such as 1,2,10-20, or * for all tasks`;

/** The shortest form: sorted, and without overlaps. @throws AppError request.invalid */
export function readTaskScope(text: string): string {
  const problem = taskScopeProblem(text);
  if (problem !== null) throw new AppError('request.invalid', `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`);
  if (text.trim() === ALL_TASKS) return ALL_TASKS;
  return joined(rangesOf(text))
    .map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`))
    .join(',');
}

/** A scope that can't be read lets nothing through. */
export function isInScope(scope: string, taskId: number): boolean {
  if (scope === ALL_TASKS) return true;
  return rangesOf(scope).some(({ from, to }) => from <= taskId && taskId <= to);
}

function partsOf(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

function rangesOf(text: string): Range[] {
  return partsOf(text)
    .map(rangeOf)
    .filter((range) => range !== null);
}

function rangeOf(part: string): Range | null {
  const ends = PART.exec(part.replace(/\s*-\s*/, '-'));
  if (ends === null) return null;
  const from = Number(ends[1]);
  const to = Number(ends[2] ?? ends[1]);
  const isId = (id: number): boolean => id >= 1 && id <= MAX_ID;
  return isId(from) && isId(to) ? { from, to } : null;
}

function joined(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((one, two) => one.from - two.from);
  return sorted.reduce<Range[]>((done, next) => {
    const last = done.at(-1);
    if (last === undefined || next.from > last.to + 1) return [...done, next];
    return [...done.slice(0, -1), { from: last.from, to: Math.max(last.to, next.to) }];
  }, []);
}

/**
 * Flink's texts cut to what is looked at. A message may quote a record, a whole statement or another process's trace, so a
 * reply may be megabytes long, of one line or of a million. What is wrong stands in the last cause: the end is kept too.
 */

import { CUT_MARK } from '../../domain/secrets/mask-values.ts';

/** In characters. Shown texts are far shorter (MAX_ERROR_LENGTH), so none ends at the place of a cut. */
const MAX_LINE_LENGTH = 8_000;
const KEPT_AT_START = 64_000;
const KEPT_AT_END = 192_000;

/** Before blanks are taken together. */
const MAX_READ_OF_LINE = 100_000;

/** The text with long lines shortened, and without the lines in its middle where it is long. */
export function cutTrace(text: string): string {
  return cutLines(shortened(text));
}

function shortened(text: string): string {
  // Stryker disable next-line ConditionalExpression,EqualityOperator: it only saves time
  if (text.length <= MAX_LINE_LENGTH) return text;
  return text
    .split('\n')
    .map((line) => (line.length <= MAX_LINE_LENGTH ? line : cutLine(line)))
    .join('\n');
}

/** Blanks first: a line must not be blank for its first 8,000 characters and end, cut, within the next. */
function cutLine(line: string): string {
  const read = line.slice(0, MAX_READ_OF_LINE);
  const clean = read.replace(/\s+/g, ' ').slice(0, MAX_LINE_LENGTH);
  return read.length < line.length || clean.length === MAX_LINE_LENGTH ? `${clean}${CUT_MARK}` : clean;
}

/** Whole lines only: no part of a line is ever without its beginning. */
function cutLines(text: string): string {
  if (text.length <= KEPT_AT_START + KEPT_AT_END) return text;
  const start = text.lastIndexOf('\n', KEPT_AT_START);
  const end = text.indexOf('\n', text.length - KEPT_AT_END);
  return `${text.slice(0, start)}\n${CUT_MARK}${text.slice(end)}`;
}

/** The text after `start` and before the next `end`, which must stand on the same line; null if there is none. */
export function between(text: string, start: string, end: string): string | null {
  const at = text.indexOf(start);
  if (at < 0) return null;
  const from = at + start.length;
  const lineEnd = text.indexOf('\n', from);
  const to = text.indexOf(end, from);
  // Stryker disable next-line EqualityOperator: neither stands at the beginning of the text
  if (to < 0 || (lineEnd >= 0 && to > lineEnd)) return null;
  return text.slice(from, to);
}

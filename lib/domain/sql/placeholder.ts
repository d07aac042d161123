import { nth } from './nth.ts';

// Letters of any script: Dinky's users name variables in Chinese. `$` and `.` are allowed there as well.
const NAME = String.raw`[\p{L}\p{N}_.$-]+`;

const AT = new RegExp(String.raw`\$\{[ \t]*(${NAME})[ \t]*\}`, 'uy');
const ANYWHERE = new RegExp(AT.source, 'gu');
const MARK = /\$\{/g;
const MARK_ENDS = /[}\r\n]/g;
// A line that begins with `--` is a comment, also where it hides a definition.
const DEFINITION = new RegExp(String.raw`((?:[\p{L}\p{N}_.$]|-(?!-))+)[ \t\r\n\f]*:=`, 'uy');

/** A `${name}` in a text; offsets are in that text, `end` exclusive. */
export interface Placeholder {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The end of the placeholder that starts at `at`, or null if there is none. */
export function placeholderEnd(text: string, at: number): number | null {
  AT.lastIndex = at;
  return AT.test(text) ? AT.lastIndex : null;
}

/** Finds out for parts of a text, in order, whether a `${` begins in them: a search in each token takes long. */
export function markFinder(text: string): (start: number, end: number) => boolean {
  let mark = text.indexOf('${');
  return (start, end) => {
    if (mark >= 0 && mark < start) mark = text.indexOf('${', start);
    return mark >= 0 && mark < end;
  };
}

/** Every `${name}` in a text. A `${…}` that holds no variable name is not among them. */
export function findPlaceholders(text: string): Placeholder[] {
  const found: Placeholder[] = [];
  if (!text.includes('${')) return found;
  for (const match of text.matchAll(ANYWHERE)) {
    found.push({ name: nth(match, 1), start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/**
 * Where the first `${…}` stands that holds something else than a name, on one line: Dinky would calculate it, or find no such
 * variable. Null when there is none; an empty or open one is text.
 */
export function unreadablePlaceholder(text: string): number | null {
  if (!text.includes('${')) return null;
  let end = -1;
  for (const { index } of text.matchAll(MARK)) {
    // A mark within another one is a part of it. Each end is looked for once, however many marks stand before it.
    if (index < end) {
      if (text[end] === '}') continue;
    } else end = nextEnd(text, index + 2);
    if (end === text.length) return null;
    const isEmpty = end === index + 2;
    if (text[end] === '}' && !isEmpty && placeholderEnd(text, index) === null) return index;
  }
  return null;
}

/** Where the next `}` or line break stands; the length of the text if there is none. */
function nextEnd(text: string, from: number): number {
  MARK_ENDS.lastIndex = from;
  return MARK_ENDS.exec(text)?.index ?? text.length;
}

/** The length of the name, if a definition `name :=` starts at `at`; else null. */
export function definitionNameLength(text: string, at: number): number | null {
  DEFINITION.lastIndex = at;
  return DEFINITION.exec(text)?.[1]?.length ?? null;
}

/**
 * Values behind a sensitive key where something else than `=` or `:` leads from one to the other: `password is x`,
 * `MAP['password', 'x']`, `(password,x)`, `password -> x`, `IDENTIFIED BY 'x'`, `password%3Dx`, `setPassword("x")`.
 */
import { allMatches } from '../sql/match-at.ts';
import { isOrdinary, isRandom, joinsPassword } from './ordinary-words.ts';
import { isKeyCharacter, isSecret, type Key, PREFIX, TOKEN } from './secret-pairs.ts';
import { quotedEnd } from './secret-values.ts';
import { isSensitiveName } from './sensitive-name.ts';
import type { Span } from './text-spans.ts';

export function linkSpans(text: string): Span[] {
  const spans: Span[] = [];
  // A part of a value is no key: each part of the text is read once.
  let from = 0;
  for (const { index } of allMatches(HINT, text)) {
    if (index < from) continue;
    const key = keyAround(text, index);
    from = key.behind;
    const value = isSecret(text, key) ? valueOf(text, key) : null;
    if (value === null) continue;
    spans.push(value);
    from = value.end;
  }
  return [...spans, ...identifiedBy(text)];
}

/** Every sensitive name has one of these in it. */
const HINT = /pass|pwd|secret|token|auth|key|cred|jaas|sas|cookie/gi;
const MAX_LENGTH = 200;
const CLOSING = /\\{0,7}['"`]/y;

interface FoundKey extends Key {
  /** What follows it and its closing quote. */
  readonly behind: number;
}

function keyAround(text: string, at: number): FoundKey {
  let start = at;
  let end = at;
  // Stryker disable next-line ConditionalExpression,LogicalOperator,EqualityOperator,ArithmeticOperator: the limit spares time alone
  while (at - start < MAX_LENGTH && isKeyCharacter(text.charCodeAt(start - 1))) start -= 1;
  // Stryker disable next-line ConditionalExpression,LogicalOperator,EqualityOperator,ArithmeticOperator: the limit spares time alone
  while (end - at < MAX_LENGTH && isKeyCharacter(text.charCodeAt(end))) end += 1;
  const name = decoded(text, start, end);
  const quote = text.charAt(start - 1);
  CLOSING.lastIndex = end;
  const isQuoted = CLOSING.test(text) && text[CLOSING.lastIndex - 1] === quote;
  return isQuoted
    ? { name, quote, start: start - 1, behind: CLOSING.lastIndex }
    : { name, quote: '', start, behind: end };
}

/** The digits of `%26` and `\u0026` before a key do not belong to it, nor the `-` of an arrow behind it. */
function decoded(text: string, start: number, end: number): string {
  const code = { '%': /^[0-9a-f]{2}/i, '\\': /^u[0-9a-f]{4}/i }[text.charAt(start - 1)];
  const name = text.slice(start, end);
  // Stryker disable next-line ConditionalExpression: in a name is no text that nobody looks for
  return code === undefined ? name : name.replace(code, '');
}

function valueOf(text: string, key: FoundKey): Span | null {
  return (
    arrow(text, key) ?? word(text, key) ?? list(text, key) ?? comma(text, key) ?? call(text, key) ?? bare(text, key)
  );
}

/** The value at `at`, if it is quoted. */
function quotedAt(text: string, at: number): Span | null {
  PREFIX.lastIndex = at;
  const start = PREFIX.test(text) ? PREFIX.lastIndex : at;
  return quotedEnd({ text, at: start, limit: text.length });
}

function matchAt(pattern: RegExp, text: string, at: number): Span | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? { start: at, end: pattern.lastIndex } : null;
}

/** `=` as URLs and Gson write it, and the arrow of Scala's maps. */
const ARROW = /[ \t]{0,9}(?:->|→)[ \t]{0,9}|%3D|\\u003d/iy;
const UNTIL = {
  '-': /[^\s,;'"()[\]{}]+/y,
  '→': /[^\s,;'"()[\]{}]+/y,
  '%': /(?:(?!%26|%3B)[^\s&;'"<>`])+/iy,
  '\\': /(?:(?!\\u0026)[^\s&;'"<>`])+/iy,
} as const;

function arrow(text: string, { name, behind }: FoundKey): Span | null {
  // The `-` of an arrow without blanks was read as a part of the name.
  const found = matchAt(ARROW, text, name.endsWith('-') ? behind - 1 : behind);
  if (found === null) return null;
  const sign = text.slice(found.start, found.end).trim().charAt(0) as keyof typeof UNTIL;
  return quotedAt(text, found.end) ?? matchAt(UNTIL[sign], text, found.end);
}

/** Words, or nothing but a blank, between a key and a value in quotes. Behind `is` it may have none. */
const WORD =
  /[ \t]{1,9}(?:(?:to|value|with[ \t](?:the[ \t])?value|not like|like|ilike|rlike)[ \t]{1,9})?(?=['"\\]|[uU]&'|_)|[ \t]{1,9}(?:(?:is|was)(?:[ \t]set[ \t]to)?|has[ \t](?:the[ \t])?value)[ \t]{1,9}/iy;
// Stryker disable next-line Regex: what else may be said has none of these words
const UNQUOTED_AFTER = /^(?:is|was|has)\b/i;
const SAID = /[^\s,;'"`()]+/y;
function word(text: string, { name, quote, behind }: FoundKey): Span | null {
  const found = matchAt(WORD, text, behind);
  if (found === null) return null;
  const said = text.slice(found.start, found.end).trim();
  // Two literals in a row are no pair.
  if (said === '' && quote !== '') return null;
  const quoted = quotedAt(text, found.end);
  // A parser says: unexpected token "x".
  if (said === '' && TOKEN.test(name))
    return quoted !== null && isRandom(text.slice(quoted.start, quoted.end)) ? quoted : null;
  if (quoted !== null || !UNQUOTED_AFTER.test(said)) return quoted;
  const value = matchAt(SAID, text, found.end);
  return value === null || isOrdinary(text.slice(value.start, value.end)) ? null : value;
}

/** `password IN ('x', 'y')`: all of it. */
const LIST = /[ \t]{1,9}(?:not[ \t]{1,9})?in[ \t]{0,9}\([ \t]{0,9}(?=['"_])/iy;
const REST_OF_LIST = /[^)]{1,2000}/y;

function list(text: string, { behind }: FoundKey): Span | null {
  const found = matchAt(LIST, text, behind);
  return found === null ? null : matchAt(REST_OF_LIST, text, found.end);
}

/** A key and its value with a comma between them are a pair in a map, or alone in parentheses. */
const COMMA = /[ \t]{0,5},[ \t]{0,5}/y;
const ELEMENT = /[^\s,'"`()[\]{}]+(?=\))/y;
const MAX_BACK = 500;

function comma(text: string, { start, quote, behind }: FoundKey): Span | null {
  const found = matchAt(COMMA, text, behind);
  if (found === null) return null;
  if (quote === '')
    return found.end - found.start === 1 && isTuple(text, start) ? matchAt(ELEMENT, text, found.end) : null;
  const value = quotedAt(text, found.end);
  if (value === null || isSensitiveName(text.slice(value.start, value.end))) return null;
  const opens = /\([ \t]{0,5}\\{0,7}$/.test(text.slice(Math.max(0, start - 14), start));
  const closes = /^\\{0,7}['"][ \t]{0,5}\)/.test(text.slice(value.end, value.end + 20));
  return (opens && closes) || isInMap(text, start) ? value : null;
}

/** `(password,x)` alone or in a list of such; not the columns of `INSERT INTO t (password,token)`. */
function isTuple(text: string, start: number): boolean {
  return /(?:^|[[({,=:][ \t]{0,5})\($/.test(text.slice(Math.max(0, start - 7), start));
}

function isInMap(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - MAX_BACK), at);
  const open = Math.max(before.lastIndexOf('['), before.lastIndexOf('('));
  return (
    open > Math.max(before.lastIndexOf(']'), before.lastIndexOf(')')) && /map[ \t]{0,5}$/i.test(before.slice(0, open))
  );
}

/** `setPassword("x")`, `PASSWORD('x')` */
const CALL = /\([ \t]{0,5}(?=\\{0,7}["'])/y;

function call(text: string, { quote, behind }: FoundKey): Span | null {
  const found = quote === '' ? matchAt(CALL, text, behind) : null;
  return found === null ? null : quotedAt(text, found.end);
}

/** `PASSWORD x`, `api_key x`: a word that nothing goes on with. What may be a sentence has a digit in its value. */
const BARE = /[ \t]{1,9}(?=[\w$#@!])/y;
const IDENTIFIER = /^(?:[A-Z]{4,}|[a-z]\w{0,40}(?:Key|Token|Secret|Password)|\w{0,100}_\w{1,100})$/;
const KEYWORD = /^[A-Z_]+[.:!?\])}>]{0,9}(?:<.*)?$/;
const PASSWORD = /^(?:.{1,100}\.)?(?:pass(?:word|wd|phrase|code)|pwd|(?:api|access|secret|private|auth)key)$/i;

function bare(text: string, { name, quote, behind }: FoundKey): Span | null {
  if (quote !== '' || TOKEN.test(name) || name === 'JAAS') return null;
  const isIdentifier = IDENTIFIER.test(name);
  if (!isIdentifier && !PASSWORD.test(name)) return null;
  const gap = matchAt(BARE, text, behind);
  const value = gap === null ? null : matchAt(SAID, text, gap.end);
  if (value === null) return null;
  const said = text.slice(value.start, value.end);
  if (isOrdinary(said) || joinsPassword(said) || KEYWORD.test(said)) return null;
  return /^\d{0,2}$/.test(said) || !(isIdentifier || /\d/.test(said)) ? null : value;
}

const IDENTIFIED =
  /\b(?:identified\s{1,9}(?:with\s{1,9}\S{1,60}\s{1,9})?(?:by|as)\s{1,9}(?:password\s{1,9})?|set\s{1,9}password\s{1,9}for\s{1,9}[^\s=]{1,100}\s{0,9}=\s{0,9}(?:(?:old_)?password\s{0,9}\(\s{0,9})?)/gi;

function identifiedBy(text: string): Span[] {
  return allMatches(IDENTIFIED, text).flatMap(({ index, 0: found }) => {
    const at = index + found.length;
    const quoted = text[at] === '`' ? null : quotedAt(text, at);
    return quoted ?? (isOfUser(text, index) ? saidAt(text, at) : null) ?? [];
  });
}

const VERB = /\b(?:is|are|be|been|was|were)\s$/i;

/** "Each row is identified by an id" speaks of no user. */
function isOfUser(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - MAX_BACK), start);
  return !VERB.test(before) || /\b(?:user|role|account)\b/i.test(before);
}

function saidAt(text: string, at: number): Span | null {
  const value = matchAt(SAID, text, at);
  return value === null || isOrdinary(text.slice(value.start, value.end)) ? null : value;
}

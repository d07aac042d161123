/** Finds the end of the value after a sensitive key. In doubt, later rather than earlier. */
import { placeholderEnd } from '../sql/placeholder.ts';
import type { Span } from './text-spans.ts';

/** A place of a text: nothing is read behind `limit`. */
export interface Found {
  readonly text: string;
  readonly at: number;
  readonly limit: number;
  /** The text is one value: blanks end nothing in it. */
  readonly isValue: boolean;
}

const OPENING = /\\{0,7}['"`]/y;
const WORD = /[\p{L}\p{N}_]/u;

/** The inside of a quoted value; null: it is not quoted. One that is cut goes to the limit. */
export function quotedEnd({ text, at, limit }: Pick<Found, 'text' | 'at' | 'limit'>): Span | null {
  OPENING.lastIndex = at;
  const opening = OPENING.exec(text)?.[0];
  if (opening === undefined) return null;
  const start = at + opening.length;
  if (opening === "'" && text[start] === "'" && isInside(text, start + 1)) {
    // A literal within a literal: ''value''.
    return { start: start + 1, end: Math.min(limit, quoteFrom(text, "''", start + 1)) };
  }
  const end = opening === "'" ? closeOfDoubled(text, start, limit) : closeOfEscaped(text, start, opening, limit);
  return end === null ? { start, end: limit, close: opening } : { start, end };
}

/** Where the next one stands; behind everything, if there is none. */
function quoteFrom(text: string, quote: string, from: number): number {
  const at = text.indexOf(quote, from);
  return at === -1 ? Infinity : at;
}

/** What follows an empty pair of quotes is no end of a value. */
function isInside(text: string, at: number): boolean {
  return /[^\s,;)\]}'^&|]/.test(text.charAt(at));
}

/**
 * `''` stands for a quote. A quote before a letter is no end either: not all that Flink quotes has its quotes doubled. Where
 * all of them are such, the last of any kind.
 */
function closeOfDoubled(text: string, from: number, limit: number): number | null {
  let last: number | null = null;
  for (let at = quoteFrom(text, "'", from); at < limit; at = quoteFrom(text, "'", at + 1)) {
    const isDoubled = text[at + 1] === "'";
    if (!isDoubled && !WORD.test(text.charAt(at + 1))) return at;
    if (isDoubled) at += 1;
    last = at;
  }
  return last;
}

/** Behind as many backslashes as the quote that opened it; more of them escape one that is inside. */
function closeOfEscaped(text: string, from: number, opening: string, limit: number): number | null {
  const quote = opening.charAt(opening.length - 1);
  const unit = opening.length;
  for (let at = quoteFrom(text, quote, from); at < limit; at = quoteFrom(text, quote, at + 1)) {
    let slashes = 0;
    while (text[at - slashes - 1] === '\\') slashes += 1;
    if (slashes % (2 * unit) === unit - 1) return at - unit + 1;
  }
  return null;
}

/** In an address and in a list with semicolons a literal ends where the list goes on; a text for people at a blank as well. */
const QUERY = { value: /[^&]*/y, words: /[^&;\s"'<>`]*/y };
const ATTRIBUTE = { value: /[^;]*/y, words: /[^;\r\n"']*(?=;)|[^;\s"']*/y };
/** `password=<x>`; a parser's `token=<EOF>` is in capitals. */
const ANGLED = /<(?![A-Z_]{1,40}>)[^<>\s]{1,500}>/y;
const LINE = /[^\r\n]*/y;
/** Up to a blank, a sign that ends a sentence, or the next key. */
const SAID =
  /(?:(?:Bearer|Basic|Digest|Token|ApiKey)[ \t]{1,9})?(?:(?![,;.)\]}](?:\s|$)|[,;&][\w.$-]{1,100}[=:])[^\s"'<>`])*/iy;
/** A map of Java: nothing tells a bracket of a value from the one that closes the map, but what follows it. */
const MAP_END = /,\s{0,20}[\w.$'"`\\-]{1,200}\s{0,5}[=:]|[}\])](?=[\s\])},.;:'"|/@?]|$)/g;

/** A column of a plan has such a name, as `password=[$0]` or `password=[UPPER($1)]`; it is no value. */
const COLUMN = /^\[(?:\w{1,40}\()*\$\d+[\])(,:]/;

/** `opener`: the sign before the key. */
export function unquotedEnd(found: Found, opener: string): number {
  // The brace of `${name}` closes nothing.
  const rest = { ...found, at: placeholderEnd(found.text, found.at) ?? found.at };
  const { text, at, limit, isValue } = rest;
  if (COLUMN.test(text.slice(at, at + 60))) return at;
  const balanced = '{['.includes(text.charAt(at)) ? balancedEnd(rest) : null;
  if (balanced !== null) return balanced;
  const angled = endOf(ANGLED, rest);
  if (angled > at) return angled;
  const pattern = listPattern(opener, isValue);
  if (pattern !== null) return endOf(pattern, rest);
  MAP_END.lastIndex = at;
  return isInMap(opener, text, at) ? Math.min(limit, MAP_END.exec(text)?.index ?? limit) : endOf(SAID, rest);
}

function listPattern(opener: string, isValue: boolean): RegExp | null {
  const how = isValue ? 'value' : 'words';
  if (opener === '?' || opener === '&') return QUERY[how];
  if (opener === ';') return ATTRIBUTE[how];
  return opener === '\n' || (opener === '' && isValue) ? LINE : null;
}

function isInMap(opener: string, text: string, at: number): boolean {
  return opener === ',' ? isInBrackets(text, at) : ['{', '[', '('].includes(opener);
}

function endOf(pattern: RegExp, { text, at, limit }: Found): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? Math.min(limit, pattern.lastIndex) : at;
}

/** As far as is looked for the other bracket of a pair. */
const MAX_BRACKETED = 2_000;
const MAX_LOOKED_BACK = 500;

/** Behind the bracket that closes the one at `at`; null: there is none near. */
function balancedEnd({ text, at, limit }: Found): number | null {
  const open = text.charAt(at);
  const close = open === '{' ? '}' : ']';
  let depth = 0;
  for (let here = at; here < Math.min(limit, at + MAX_BRACKETED); here += 1) {
    if (text[here] === open) depth += 1;
    if (text[here] === close) depth -= 1;
    if (depth === 0) return here + 1;
  }
  return null;
}

function isInBrackets(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - MAX_LOOKED_BACK), at);
  const last = (...signs: string[]): number => Math.max(...signs.map((sign) => before.lastIndexOf(sign)));
  return last('{', '[', '(') > last('}', ']', ')');
}

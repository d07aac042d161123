/**
 * Values of keys with sensitive names, in every notation that Flink, Java, JSON, SQL and addresses have for a key and its
 * value: `'key' = 'value'`, `key=value`, `"key":"value"`, `{a=b, key=value}`, `?key=value&`, `;key=value;`, `key="value";`. It goes
 * from one `=` or `:` to the next, so that nothing before a pair can hide it: no open quote, no comment, no other grammar.
 */
import { isOrdinary } from './ordinary-words.ts';
import { type Found, quotedEnd, unquotedEnd } from './secret-values.ts';
import { FOREIGN_HINT, isSensitiveName } from './sensitive-name.ts';
import type { Span } from './text-spans.ts';

const SIGN = /[=:：]/g;
const MAX_KEY_LENGTH = 200;

export interface Key {
  readonly name: string;
  readonly start: number;
  readonly quote: string;
}

/** `isValue`: the text is one value, as a literal of SQL holds it: blanks end nothing in it. */
export function pairSpans(text: string, isValue: boolean): Span[] {
  const spans: Span[] = [];
  const limit = messageEnds(text);
  SIGN.lastIndex = 0;
  for (let found = SIGN.exec(text); found !== null; found = SIGN.exec(text)) {
    const at = found.index;
    const key = keyBefore(text, at);
    if (key === null || !isSecret(text, key)) continue;
    const value = valueAfter({ text, at, limit: limit(at), isValue }, key);
    if (value === null) continue;
    spans.push(value);
    SIGN.lastIndex = value.end;
  }
  return spans;
}

/** In a trace no value goes on behind the line that ends its message. */
function messageEnds(text: string): (at: number) => number {
  const END = /\n(?:[ \t]{0,20}at [\w.$/@-]{1,2000}\(|Caused by: )/g;
  let end = 0;
  return (at) => {
    // Stryker disable next-line ConditionalExpression,EqualityOperator: looked for once more it is the same place
    if (end < at) {
      END.lastIndex = at;
      end = END.exec(text)?.index ?? text.length;
    }
    return end;
  };
}

function keyBefore(text: string, sign: number): Key | null {
  let end = skipBack(text, text[sign - 1] === ':' ? sign - 1 : sign);
  if (text[end - 1] === ']') end -= 1;
  return /['"`]/.test(text.charAt(end - 1)) ? quotedKey(text, end) : plainKey(text, end);
}

function quotedKey(text: string, end: number): Key | null {
  let close = end - 1;
  // Stryker disable next-line ConditionalExpression,EqualityOperator,ArithmeticOperator: the limit spares time alone
  while (text[close - 1] === '\\' && end - close < 10) close -= 1;
  // A literal within a literal: ''key''.
  if (text.startsWith("''", close - 1)) close -= 1;
  const quote = text.slice(close, end);
  const from = Math.max(0, close - MAX_KEY_LENGTH);
  const open = text.slice(from, close).lastIndexOf(quote);
  if (open < 0) return null;
  const name = text.slice(from + open + quote.length, close);
  return /[\r\n=]/.test(name) ? null : { name, start: from + open, quote };
}

function plainKey(text: string, end: number): Key {
  let start = end;
  // Stryker disable next-line EqualityOperator: one sign more or less makes no other key
  while (end - start < MAX_KEY_LENGTH && isKeyCharacter(text.charCodeAt(start - 1))) start -= 1;
  return { name: text.slice(start, end), start, quote: '' };
}

/** Letters, digits and `_ . $ -`, and all non-ASCII characters. */
export function isKeyCharacter(code: number): boolean {
  const lower = code | 32;
  if ((lower > 96 && lower < 123) || (code > 47 && code < 58)) return true;
  return code === 95 || code === 46 || code === 36 || code === 45 || code > 127;
}

const HINTS = /pass|pwd|secret|token|auth|key|cred|jaas|sas|sig|cookie/i;
/** Classes of Java: what follows is a message. */
const EXCEPTION = /(?:Exception|Error|Failure|[a-z](?:Provider|Manager|Factory|Handler))$/;
/** Drivers of MySQL: "Access denied for user 'u'@'h' (using password: YES)". */
const USING = /\busing $/;

export function isSecret(text: string, { name, start }: Key): boolean {
  // In the query of an address, or in a list with semicolons.
  if (SHORT.test(name) && /[?&;]/.test(text.charAt(start - 1))) return true;
  if (isUserOfJaas(text, name, start)) return true;
  // Stryker disable next-line ConditionalExpression: the name is looked at below as well, but slowly
  if (!HINTS.test(name) && !FOREIGN_HINT.test(name)) return false;
  if (EXCEPTION.test(name)) return false;
  const before = text.slice(Math.max(0, start - MAX_BEFORE), start);
  if (TOKEN.test(name) && OF_PARSER.test(before)) return false;
  if (USING.test(before) && /^password: (?:YES|NO)\)/.test(text.slice(start, start + MAX_BEFORE))) return false;
  // `API key: x` has its first word before a blank; `-Dtoken=x` is an option of Java.
  // Stryker disable next-line StringLiteral: other words before a key change nothing
  const kind = /^keys?$/i.test(name) ? (KIND_OF_KEY.exec(before)?.[0] ?? '') : '';
  // Stryker disable next-line StringLiteral: nor does one in place of -D
  return isSensitiveName(kind + name.replace(/^-D/, ''));
}

/** `PlainLoginModule required user_alice="x"`: the names of a server's users are parts of the keys. */
function isUserOfJaas(text: string, name: string, start: number): boolean {
  return name.startsWith('user_') && /LoginModule\b[^;]*$/.test(text.slice(Math.max(0, start - MAX_BACK), start));
}

const SHORT = /^(?:sig|pw?)$|signature$/i;
const KIND_OF_KEY = /\b(?:api|access|secret|private|account)[ \t]$/i;
export const TOKEN = /^tokens?$/i;
/** A parser calls a word so. */
const OF_PARSER = /\b(?:unexpected|mismatched|unrecognized|illegal|offending)[ \t]$/i;
const MAX_BEFORE = 16;

/** Letters before a literal belong to it. */
export const PREFIX = /(?:_[\w-]{1,20}|[uU]&|[a-zA-Z])(?=')/y;

/** `Query schema: [password: STRING NOT NULL, n: INT]` */
const TYPE =
  / (?:[A-Z]{0,5}(?:CHAR|INT|BINARY)|STRING|BOOLEAN|BYTES|DECIMAL|FLOAT|DOUBLE|DATE|TIME(?:STAMP\w*)?|INTERVAL|ARRAY|MAP|MULTISET|R[AO]W)(?=[(<,\] ]|$)/y;

function isColumn({ text, at }: Found, { quote }: Key): boolean {
  TYPE.lastIndex = at + 1;
  return quote === '' && TYPE.test(text);
}

function valueAfter(sign: Found, key: Key): Span | null {
  const { text, at } = sign;
  const isColon = text[at] !== '=';
  const next = text.charAt(at + 1);
  if (isColon && (next === '=' || !isColonOf(sign, key) || isColumn(sign, key))) return null;
  const isDouble = next === '>' || (!isColon && /^==[ \t]{0,9}['"]/.test(text.slice(at, at + 12)));
  let start = skipForward(text, isDouble ? at + 2 : at + 1, sign.limit, key.quote !== '');
  PREFIX.lastIndex = start;
  if (key.quote !== '' && PREFIX.test(text)) start = PREFIX.lastIndex;
  return quotedEnd({ ...sign, at: start }) ?? plainValue(sign, key, start);
}

function plainValue(sign: Found, key: Key, start: number): Span | null {
  const { text, at } = sign;
  const isColon = text[at] !== '=';
  if (isColon && key.quote !== '' && !key.quote.endsWith('"')) return null;
  if (text[at] === '：' && PROSE.test(text.charAt(start))) return null;
  const end = unquotedEnd({ ...sign, at: start }, opener(text, key));
  return end > start && !isSaid(text.slice(start, end), text.slice(end, end + 9), isColon) ? { start, end } : null;
}

/** No secret is called so; and `credentials: only one may exist` goes on with its sentence. */
function isSaid(value: string, behind: string, isColon: boolean): boolean {
  if (/^(?:true|false|null)$/i.test(value)) return true;
  return isColon && /^[a-z]+$/.test(value) && isOrdinary(value) && /^[ \t][a-z]/i.test(behind);
}

/** People write passwords in other letters. */
const PROSE = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Kana}]/u;

/** A `:` is a sign behind a quoted key, before a blank or a quote, and at the beginning of a value, a line or a map. */
function isColonOf({ text, at }: Found, { name, quote, start }: Key): boolean {
  if (text[at] === '：') return true;
  if (/(?:option|configuration|key|property) $/i.test(text.slice(Math.max(0, start - 16), start))) return false;
  if (quote !== '' || /[\s"'\\[{]/.test(text.charAt(at + 1))) return true;
  if (start === 0 || /[{\n]/.test(text.charAt(start - 1))) return true;
  return PASSWORD.test(name) && /[\s,;(]/.test(text.charAt(start - 1)) && !NO_PASSWORD.test(text.slice(at + 1, at + 9));
}

const PASSWORD = /^(?:password|passwd|passphrase|pwd|secret)$/i;
/** The number of a line, and a type. */
const NO_PASSWORD = /^(?:\d{1,5}(?!\w)|[A-Z]{3,})/;

const BLANKS = ' \t\r\n\f^';
const BLANK = /[ \t\r\n\f^]/;

/** Over blanks, the marks that Flink puts into quoted SQL, and comments. */
function skipForward(text: string, from: number, limit: number, overLines: boolean): number {
  const blanks = overLines ? BLANKS : ' \t^';
  let at = from;
  for (;;) {
    // Stryker disable next-line EqualityOperator: at the limit stands no value
    while (at < limit && blanks.includes(text.charAt(at))) at += 1;
    if (!overLines) return at;
    const end = commentEnd(text, at);
    // Stryker disable next-line EqualityOperator: it is never 0, and at the limit stands no value
    if (end < 0 || end > limit) return at;
    at = end;
  }
}

function commentEnd(text: string, at: number): number {
  if (text.startsWith('/*', at)) {
    const close = text.indexOf('*/', at + 2);
    // Stryker disable next-line EqualityOperator: it is never 0
    return close < 0 ? -1 : close + 2;
  }
  return text.startsWith('--', at) ? text.indexOf('\n', at) : -1;
}

const MAX_BACK = 400;

function skipBack(text: string, from: number): number {
  let at = from;
  // Stryker disable next-line ConditionalExpression,LogicalOperator,EqualityOperator,ArithmeticOperator: the limit spares time alone
  while (from - at < MAX_BACK && BLANK.test(text.charAt(at - 1))) at -= 1;
  if (!text.endsWith('*/', at)) return withoutLineComment(text, at, from);
  const open = text.slice(Math.max(0, at - MAX_BACK), at).lastIndexOf('/*');
  // Stryker disable next-line ConditionalExpression,EqualityOperator: without a beginning it is no comment, and no key ends there
  return open < 0 ? at : skipBack(text, Math.max(0, at - MAX_BACK) + open);
}

/** `'key' -- why` on the line before. */
function withoutLineComment(text: string, at: number, from: number): number {
  if (!text.slice(at, from).includes('\n')) return at;
  const start = Math.max(0, at - MAX_BACK);
  const line = text.slice(start, at);
  const dashes = line.indexOf('--', line.lastIndexOf('\n'));
  return dashes < 0 ? at : skipBack(text, start + dashes);
}

/** The sign before a key shows the notation: `{`, `,`, `?`, `;`, a line break; '' at the beginning of the text. */
function opener(text: string, { name, start }: Key): string {
  if (name.startsWith('-')) return ' ';
  const at = skipBack(text, start);
  const sign = text.charAt(at - 1);
  if (at === start || '{[(,;'.includes(sign)) return sign;
  return text.slice(at, start).includes('\n') ? '\n' : ' ';
}

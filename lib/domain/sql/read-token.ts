import { AppError } from '../errors.ts';
import { isDigit, isLetter, wordEnd } from './characters.ts';
import { matchEnd } from './match-at.ts';
import { nth } from './nth.ts';
import { placeholderEnd } from './placeholder.ts';
import { placeOf } from './positions.ts';
import type { Token, TokenKind } from './token.ts';

const MAX_NAME_LENGTH = 256;

const NUMBER = /(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const ESCAPED_STRING = /[eE]'(?:[^'\\]|\\[^]|'')*'/y;

/** Signs that can begin a sign of two characters, with the possible second characters. */
const SECOND: Readonly<Record<string, string>> = {
  ':': '=',
  '<': '>=',
  '>': '=',
  '!': '=',
  '|': '|',
  '=': '>',
  '-': '>',
  '.': '.',
};

/** Reads the one token that starts at `at`, which is not white space. Throws sql.syntax. */
export function readToken(text: string, at: number): Token {
  const code = text.charCodeAt(at);
  if (isLetter(code)) return readFromLetter(text, at);
  if (isDigit(code)) return token('number', text, at, numberEnd(text, at));
  const sign = text.charAt(at);
  if (sign === '-' || sign === '/' || sign === '*') {
    const read = readMark(text, at, sign + text.charAt(at + 1));
    if (read !== null) return read;
  }
  return readFromSign(text, at, sign);
}

function readFromLetter(text: string, at: number): Token {
  const next = text.charAt(at + 1);
  if (next === "'" && (text[at] === 'E' || text[at] === 'e')) return readEscapedString(text, at);
  if (next === '{' && text[at] === '$') return readPlaceholder(text, at);
  return token('word', text, at, wordEnd(text, at + 1));
}

/** A comment, or an end of a hint; null: the signs are something else. */
function readMark(text: string, at: number, signs: string): Token | null {
  switch (signs) {
    case '--':
    case '//':
      return token('comment', text, at, lineEnd(text, at));
    case '/*':
      return text[at + 2] === '+' ? token('hintStart', text, at, at + 3) : readBlockComment(text, at);
    case '*/':
      return token('hintEnd', text, at, at + 2);
    default:
      return null;
  }
}

function readFromSign(text: string, at: number, sign: string): Token {
  switch (sign) {
    case "'":
      return readString(text, at);
    case '`':
      return readName(text, at);
    case ';':
      return token('semicolon', text, at, at + 1);
    case '#':
      throw syntax(text, at, 'A #', 'Flink does not accept it outside quotes: begin a comment with --.');
    case '"':
      throw syntax(text, at, `A double quote`, "Flink uses single quotes for 'text' and backquotes for `names`.");
    default:
      return readNumberOrSign(text, at, sign);
  }
}

function readNumberOrSign(text: string, at: number, sign: string): Token {
  if (sign === '.' && isDigit(text.charCodeAt(at + 1))) return token('number', text, at, numberEnd(text, at));
  const next = text.charAt(at + 1);
  if (next !== '' && SECOND[sign]?.includes(next) === true)
    return token(sign === ':' ? 'assign' : 'punctuation', text, at, at + 2);
  refuseStrangeCharacter(text, at);
  return token('punctuation', text, at, at + 1);
}

function numberEnd(text: string, at: number): number {
  return matchEnd(NUMBER, text, at) ?? at;
}

/** A string from its opening quote to its closing one; `''` means a quote, and a backslash is plain text. */
export function readString(text: string, at: number): Token {
  return token('string', text, at, closeOfDoubled(text, at, "'", 'The string'));
}

function readEscapedString(text: string, at: number): Token {
  const end = matchEnd(ESCAPED_STRING, text, at);
  if (end === null) throw unclosed(text, at, "The string E'", "Add the closing ', and write \\\\ for a backslash.");
  return token('string', text, at, end);
}

function readName(text: string, at: number): Token {
  const end = closeOfDoubled(text, at, '`', 'The backquoted name');
  const inside = text.slice(at + 1, end - 1);
  if (inside === '') throw syntax(text, at, 'An empty backquoted name', 'Write the name between the backquotes.');
  if (/[\r\n]/.test(inside)) {
    throw unclosed(text, at, 'The backquoted name', 'Close it with ` on the same line.');
  }
  if (inside.replaceAll('``', '`').length > MAX_NAME_LENGTH) {
    const size = `A backquoted name of more than ${MAX_NAME_LENGTH} characters`;
    throw syntax(
      text,
      at,
      size,
      'Flink does not accept longer ones. Check whether a backquote is missing before this place.',
    );
  }
  return token('name', text, at, end);
}

function closeOfDoubled(text: string, at: number, quote: string, what: string): number {
  let close = text.indexOf(quote, at + 1);
  while (close !== -1 && text[close + 1] === quote) close = text.indexOf(quote, close + 2);
  if (close === -1)
    throw unclosed(text, at, what, `Add the closing ${quote}, or write ${quote}${quote} for a ${quote} in the text.`);
  return close + 1;
}

/**
 * A block comment. It does not nest, and the star that opens it does not close it. Flink's tokens take one character
 * more after a second star, so that `/***\/` stays open.
 */
export function readBlockComment(text: string, at: number): Token {
  const opening = text[at + 2] === '*' && text[at + 3] !== '/' ? 4 : 2;
  const close = text.indexOf('*/', at + opening);
  if (close === -1) throw unclosed(text, at, 'The comment', 'Add the closing */.');
  return token('comment', text, at, close + 2);
}

function readPlaceholder(text: string, at: number): Token {
  const end = placeholderEnd(text, at);
  if (end !== null) return token('placeholder', text, at, end);
  throw unreadableVariable(text, at);
}

const MAX_SEEN = 60;

/** An error about the `${` at a place, which no name and closing brace follow. */
export function unreadableVariable(text: string, at: number): AppError {
  const seen = nth(/^[^}\r\n]*\}?/.exec(text.slice(at, at + MAX_SEEN)) ?? [], 0);
  const calculated = seen.endsWith('}') ? ` ${NOT_CALCULATED}` : '';
  const advice = `Write \${name}: letters, digits, _ - . $ only.${calculated}`;
  return syntax(text, at, `A variable that cannot be read, "${seen}"`, advice);
}

// Dinky has functions (dateUtil.now()) and dates (_CURRENT_DATE_ - 1) there.
const NOT_CALCULATED = 'Dinghy does not evaluate expressions: give the value with the request, variables.NAME=value.';

// The error names characters unknown to Flink's lexer, because in most editors they look like blanks or valid signs.
function refuseStrangeCharacter(text: string, at: number): void {
  const code = text.codePointAt(at) ?? 0;
  if (code >= 0x20 && code < 0x7f) return;
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const known = STRANGE[hex];
  const what = known ? `The character ${hex} (${known})` : `The character ${hex}`;
  throw syntax(
    text,
    at,
    what,
    'Flink does not accept it outside quotes: delete it, type the plain one, or put the name in `backquotes`.',
  );
}

const STRANGE: Readonly<Record<string, string>> = {
  'U+FEFF': 'byte-order mark',
  'U+00A0': 'no-break space',
  'U+3000': 'full-width space',
  'U+200B': 'zero-width space',
  'U+FF1B': 'full-width semicolon',
  'U+FF0C': 'full-width comma',
  'U+FF08': 'full-width parenthesis',
  'U+FF09': 'full-width parenthesis',
  'U+2018': 'curly quote',
  'U+2019': 'curly quote',
  'U+201C': 'curly double quote',
  'U+201D': 'curly double quote',
};

/** The offset of the line's end, before its break. */
export function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== LINE_FEED && text.charCodeAt(at) !== CARRIAGE_RETURN) at += 1;
  return at;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Makes a token of a stretch of text. */
export function token(kind: TokenKind, text: string, start: number, end: number): Token {
  return { kind, text: text.slice(start, end), start, end };
}

/** An error about something at a place. */
export function syntax(text: string, at: number, what: string, advice: string): AppError {
  return new AppError('sql.syntax', `${what} at ${placeOf(text, at)}. ${advice}`);
}

/** An error about something that opened at a place and never ends. */
export function unclosed(text: string, at: number, what: string, advice: string): AppError {
  return new AppError('sql.syntax', `${what} opened at ${placeOf(text, at)} is never closed. ${advice}`);
}

import { AppError } from '../errors.ts';
import { matchEnd } from './match-at.ts';
import { nth } from './nth.ts';
import { placeholderEnd } from './placeholder.ts';
import { placeOf } from './positions.ts';
import type { Token, TokenKind } from './token.ts';

const MAX_NAME_LENGTH = 256;

// The letters and digits of Flink's own tokens, found by asking its lexer for each character. They leave out letters that
// Unicode has (Hangul, for one): such names need backquotes.
const LETTER = String.raw`A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2d00-\u2d25\u3040-\u318f\u3300-\u337f\u3400-\u3d2d\u4e00-\u9fff\uf900-\ufaff`;
const WORD = new RegExp(`[${LETTER}$](?:[${LETTER}0-9]|\\$(?!\\{))*`, 'y');
const NUMBER = /(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const OPERATOR = /:=|\*\/|<>|<=|>=|!=|\|\||=>|->|\.\./y;
const LINE_END = /[\r\n]|$/g;
const ESCAPED_STRING = /[eE]'(?:[^'\\]|\\[^]|'')*'/y;

/** Reads the one token that starts at `at`, which is not white space. Throws sql.syntax. */
export function readToken(text: string, at: number): Token {
  const two = text.slice(at, at + 2);
  if (two === '--' || two === '//') return token('comment', text, at, lineEnd(text, at));
  if (two === '/*') return text[at + 2] === '+' ? token('hintStart', text, at, at + 3) : readBlockComment(text, at);
  if (two === '*/') return token('hintEnd', text, at, at + 2);
  if (two === '${') return readPlaceholder(text, at);
  if (two === "E'" || two === "e'") return readEscapedString(text, at);
  return readByFirstCharacter(text, at);
}

function readByFirstCharacter(text: string, at: number): Token {
  switch (text[at]) {
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
      return readPlain(text, at);
  }
}

function readPlain(text: string, at: number): Token {
  const word = matchEnd(WORD, text, at);
  if (word !== null) return token('word', text, at, word);
  const number = matchEnd(NUMBER, text, at);
  if (number !== null) return token('number', text, at, number);
  const operator = matchEnd(OPERATOR, text, at);
  if (operator !== null) return token(text[at] === ':' ? 'assign' : 'punctuation', text, at, operator);
  refuseStrangeCharacter(text, at);
  return token('punctuation', text, at, at + 1);
}

/** A string from its opening quote to its closing one; `''` stands for a quote, a backslash for itself. */
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

// What Flink's tokens do not know is named here, because in most editors it looks like a blank or like the right sign.
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
export function lineEnd(text: string, at: number): number {
  LINE_END.lastIndex = at;
  return LINE_END.exec(text)?.index ?? text.length;
}

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

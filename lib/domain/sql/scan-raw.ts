import { BLANKS, skipBlanks } from './characters.ts';
import { placeholderEnd } from './placeholder.ts';
import { lineEnd, readBlockComment, readString, readToken, token, unclosed, unreadableVariable } from './read-token.ts';
import type { Token } from './token.ts';

/**
 * The texts that the grammar never sees: what follows an unquoted SET or RESET (Flink recognises those by a pattern
 * over the whole statement) and the value of a `name := value` definition. `//` and `/*` can be part of such a text,
 * as in `s3://bucket/*`: they open a comment only after a blank.
 *
 * Each function appends tokens and returns the offset where ordinary scanning goes on.
 */

/** After the word SET: nothing to do for `SET` and `SET 'k' = 'v'`, which are grammar; else key, `=` and value. */
export function scanSet(text: string, at: number, tokens: Token[]): number {
  const start = skipGap(text, at, tokens);
  if (start >= text.length || text[start] === ';' || text[start] === "'") return start;
  const end = runEnd(text, start, /[\s';]/);
  const equals = lastEquals(text, start, end);
  if (equals === -1) return scanEquals(text, end, pushed(tokens, text, start, end));
  pushed(tokens, text, start, equals).push(token('punctuation', text, equals, equals + 1));
  const valueAt = equals + 1;
  return valueAt === end ? scanValue(text, end, tokens) : scanValue(text, valueAt, tokens);
}

/** After the word RESET: nothing to do for `RESET` and `RESET 'k'`; else the key. */
export function scanReset(text: string, at: number, tokens: Token[]): number {
  const start = skipGap(text, at, tokens);
  if (start >= text.length || text[start] === ';' || text[start] === "'") return start;
  const end = runEnd(text, start, /[\s;]/);
  pushed(tokens, text, start, end);
  return end;
}

/** After the `:=` of a definition: everything up to its `;`, comments apart. */
export function scanDefinitionValue(text: string, at: number, tokens: Token[]): number {
  let start = skipBlanks(text, at);
  let here = start;
  while (here < text.length && text[here] !== ';') {
    const comment = definitionComment(text, here);
    if (comment === null) {
      here = afterUnit(text, here);
      continue;
    }
    pushTrimmed(text, start, here, tokens).push(comment);
    start = here = skipBlanks(text, comment.end);
  }
  pushTrimmed(text, start, here, tokens);
  return here;
}

function scanEquals(text: string, at: number, tokens: Token[]): number {
  const here = skipGap(text, at, tokens);
  if (text[here] !== '=') return here;
  tokens.push(token('punctuation', text, here, here + 1));
  return scanValue(text, here + 1, tokens);
}

function scanValue(text: string, at: number, tokens: Token[]): number {
  const start = skipValueGap(text, at, tokens);
  if (text[start] === "'") {
    const value = readString(text, start);
    tokens.push(value);
    return value.end;
  }
  const end = runEnd(text, start, /[\s;]/);
  pushed(tokens, text, start, end);
  return end;
}

// A value may begin with `--` (Java options), `//` or `/*`: here only those followed by a blank or nothing are comments.
function skipValueGap(text: string, at: number, tokens: Token[]): number {
  let here = skipBlanks(text, at);
  while (/^(?:--|\/\*)(?:[\s;]|$)/.test(text.slice(here, here + 3))) {
    const comment = readToken(text, here);
    tokens.push(comment);
    here = skipBlanks(text, comment.end);
  }
  return here;
}

function skipGap(text: string, at: number, tokens: Token[]): number {
  let here = skipBlanks(text, at);
  while (text.startsWith('--', here) || text.startsWith('/*', here) || text.startsWith('//', here)) {
    const comment = readToken(text, here);
    if (comment.kind !== 'comment') return here;
    tokens.push(comment);
    here = skipBlanks(text, comment.end);
  }
  return here;
}

function definitionComment(text: string, at: number): Token | null {
  if (text.startsWith('--', at)) return token('comment', text, at, lineEnd(text, at));
  if (at > 0 && !BLANKS.includes(text.charAt(at - 1)) && !text.startsWith(':=', at - 2)) return null;
  if (text.startsWith('//', at)) return token('comment', text, at, lineEnd(text, at));
  return text.startsWith('/*', at) && text[at + 2] !== '+' ? readBlockComment(text, at) : null;
}

// Quotes of all three kinds hide a `;` in the value of a definition.
function afterUnit(text: string, at: number): number {
  const character = text.charAt(at);
  if (character === "'") return readString(text, at).end;
  // In E'…' a backslash hides a quote sign; what ends in an e before a quote sign is none.
  if (/^[eE]'/.test(text.slice(at, at + 2)) && !/[\p{L}\p{N}_]/u.test(text.charAt(at - 1)))
    return readToken(text, at).end;
  if (character === '"' || character === '`') {
    const close = text.indexOf(character, at + 1);
    if (close === -1) throw unclosed(text, at, `The quote ${character}`, `Add the closing ${character}.`);
    return close + 1;
  }
  return character === '$' ? (placeholderEnd(text, at) ?? at + 1) : at + 1;
}

function runEnd(text: string, at: number, stop: RegExp): number {
  let here = at;
  while (here < text.length && !stop.test(text.charAt(here))) here = afterPlaceholder(text, here);
  return here;
}

function afterPlaceholder(text: string, at: number): number {
  if (!text.startsWith('${', at)) return at + 1;
  const end = placeholderEnd(text, at);
  if (end === null) throw unreadableVariable(text, at);
  return end;
}

// Flink's pattern is greedy: the last `=` before the value's end divides key and value. A key is never empty.
function lastEquals(text: string, start: number, end: number): number {
  const beforeValue = text[end - 1] === '=' && text[end] !== "'" ? valueFollows(text, end) : true;
  const equals = text.lastIndexOf('=', beforeValue ? end - 1 : end - 2);
  return equals > start ? equals : -1;
}

function valueFollows(text: string, at: number): boolean {
  const next = skipBlanks(text, at);
  return next < text.length && text[next] !== ';';
}

function pushTrimmed(text: string, start: number, end: number, tokens: Token[]): Token[] {
  let last = end;
  while (last > start && BLANKS.includes(text.charAt(last - 1))) last--;
  return pushed(tokens, text, start, last);
}

function pushed(tokens: Token[], text: string, start: number, end: number): Token[] {
  if (end > start) tokens.push(token('raw', text, start, end));
  return tokens;
}

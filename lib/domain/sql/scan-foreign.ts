import { BLANKS } from './characters.ts';
import { matchEnd } from './match-at.ts';
import { readToken, token } from './read-token.ts';
import type { Token } from './token.ts';

/**
 * What Dinky runs and is no SQL: the YAML of an EXECUTE PIPELINE, and source code. Dinghy refuses both by name. Read as
 * SQL they would fail at their first double quote, with an error about the quote.
 */
const BLANK = `[${BLANKS}]+`;
const PIPELINE = new RegExp(`EXECUTE${BLANK}PIPELINE(?![\\w$])`, 'iy');
const SOURCE_CODE = new RegExp(`(?:PACKAGE|IMPORT|PUBLIC(?:${BLANK}(?:FINAL|ABSTRACT))?${BLANK}CLASS)${BLANK}`, 'iy');

// As Dinky separates statements: YAML may hold a `;` within a line.
const SEMICOLONS = /;[; \t\f]*/g;
const LINE_END = /(?:[\r\n]|--|$)/y;

/** At the start of a statement: appends its tokens and returns where to go on; null when it is nothing foreign. */
export function scanForeign(text: string, at: number, tokens: Token[]): number | null {
  const pipeline = matchEnd(PIPELINE, text, at);
  const head = pipeline ?? matchEnd(SOURCE_CODE, text, at);
  if (head === null) return null;
  for (const found of text.slice(at, head).matchAll(/\S+/g)) tokens.push(readToken(text, at + found.index));
  const end = pipeline === null ? text.length : pipelineEnd(text, head);
  let last = end;
  while (last > head && BLANKS.includes(text.charAt(last - 1))) last--;
  if (last > head) tokens.push(token('foreign', text, head, last));
  return end;
}

function pipelineEnd(text: string, from: number): number {
  SEMICOLONS.lastIndex = from;
  for (let found = SEMICOLONS.exec(text); found !== null; found = SEMICOLONS.exec(text)) {
    if (matchEnd(LINE_END, text, SEMICOLONS.lastIndex) !== null) return found.index;
  }
  return text.length;
}

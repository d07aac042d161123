import { AppError } from '../errors.ts';
import { skipBlanks } from './characters.ts';
import { definitionNameLength } from './placeholder.ts';
import { readToken, syntax, token, unclosed } from './read-token.ts';
import { scanForeign } from './scan-foreign.ts';
import { scanDefinitionValue, scanReset, scanSet } from './scan-raw.ts';
import type { Token } from './token.ts';

/**
 * Cuts SQL text into tokens as Flink does, in one pass. Comments are tokens too; between tokens there is only white
 * space, so tokens and gaps together are the text. A bare `SET key = value`, `RESET key` or `name := value` at the
 * start of a statement gives `raw` tokens; what is no SQL at all, see scanForeign, one `foreign` token.
 *
 * @throws AppError sql.syntax for an unclosed quote, name, comment or hint, a double quote, a `;` inside a hint, a
 * `${` that cannot be read, and a character that Flink does not take, each with its line and column
 */
export function scan(text: string): Token[] {
  const tokens: Token[] = [];
  let at = skipBlanks(text, 0);
  let atStart = true;
  let hint: Token | null = null;
  while (at < text.length) {
    const special = atStart ? scanStatementStart(text, at, tokens) : null;
    if (special !== null) {
      atStart = false;
      at = skipBlanks(text, special);
      continue;
    }
    const next = readToken(text, at);
    hint = hintAfter(text, next, hint);
    tokens.push(next);
    if (next.kind !== 'comment') atStart = next.kind === 'semicolon';
    at = skipBlanks(text, next.end);
  }
  if (hint !== null) throw unclosed(text, hint.start, 'The hint', 'Add the closing */.');
  return tokens;
}

/** Null for a text that `scan` refuses. */
export function scanOrNull(text: string): Token[] | null {
  try {
    return scan(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}

/** Handles what only the start of a statement can be; returns where to go on, or null if it is nothing special. */
function scanStatementStart(text: string, at: number, tokens: Token[]): number | null {
  const nameLength = definitionNameLength(text, at);
  if (nameLength !== null) {
    tokens.push(token('word', text, at, at + nameLength));
    const assign = text.indexOf(':=', at + nameLength);
    tokens.push(token('assign', text, assign, assign + 2));
    return scanDefinitionValue(text, assign + 2, tokens);
  }
  if (/[epi]/i.test(text.charAt(at))) return scanForeign(text, at, tokens);
  if (!/[sr]/i.test(text.charAt(at))) return null;
  const word = readToken(text, at);
  const keyword = word.text.toUpperCase();
  if (keyword !== 'SET' && keyword !== 'RESET') return null;
  tokens.push(word);
  return keyword === 'SET' ? scanSet(text, word.end, tokens) : scanReset(text, word.end, tokens);
}

function hintAfter(text: string, next: Token, hint: Token | null): Token | null {
  if (next.kind === 'hintStart') return hint ?? next;
  if (next.kind === 'hintEnd') return null;
  if (next.kind === 'semicolon' && hint !== null) {
    throw syntax(text, next.start, 'A ; inside a hint', 'Close the hint with */ first, or put the ; in quotes.');
  }
  return hint;
}

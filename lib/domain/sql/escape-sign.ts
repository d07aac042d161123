/**
 * What takes the meaning from the sign behind it in a literal: in E'…' a backslash, in U&'…' that or what UESCAPE says. Null: in
 * `'…'` nothing does.
 */
import { nth } from './nth.ts';
import { isPunctuation, isWord, type Token, valueOf } from './token.ts';

/** `tokens`: without comments; `index`: of the literal. */
export function escapeSign(tokens: readonly Token[], index: number): string | null {
  const token = nth(tokens, index);
  if (!token.text.startsWith("'")) return '\\';
  const [u, and] = [tokens[index - 2], tokens[index - 1]];
  if (!isWord(u, 'U') || !isPunctuation(and, '&') || u?.end !== and?.start || and?.end !== token.start) return null;
  const escape = isWord(tokens[index + 1], 'UESCAPE') ? tokens[index + 2] : undefined;
  return escape?.kind === 'string' ? valueOf(escape) : '\\';
}

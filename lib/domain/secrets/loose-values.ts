/**
 * Values in a list of options that are written wrong: `'password' = x` without quotes, `'password' 'x'` and `'password' : 'x'`. Flink's
 * parser refuses them, and quotes what it met.
 */
import { keywords } from '../sql/keywords.ts';
import { nth } from '../sql/nth.ts';
import { isAnyWord, isPunctuation, type Token, valueOf } from '../sql/token.ts';
import { isSensitiveName } from './sensitive-name.ts';

const BEFORE_OPTIONS = keywords('WITH OPTIONS SET');
const SIGNS = new Set(['=', ':', '=>']);

/** `tokens`: without comments. */
export function looseValues(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token, at) =>
    // Stryker disable next-line ArithmeticOperator: neither the word before nor the bracket is a key
    isPunctuation(token, '(') && isAnyWord(tokens[at - 1], BEFORE_OPTIONS) ? valuesFrom(tokens, at + 1) : [],
  );
}

function valuesFrom(tokens: readonly Token[], from: number): Token[] {
  const values: Token[] = [];
  let isSecret = false;
  let isBehindKey = false;
  for (let at = from; at < tokens.length && !isPunctuation(tokens[at], ')'); at += 1) {
    const token = nth(tokens, at);
    const ends = isPunctuation(token, ',');
    const isSign = SIGNS.has(token.text);
    if (isBehindKey && isSecret && !ends && !isSign && !isPrefix(tokens, at)) values.push(token);
    if (!isBehindKey) isSecret = isSensitiveName(valueOf(token)) || (isSecret && !ends);
    isBehindKey = !ends && (isBehindKey || isSign || token.kind === 'string');
    if (ends) isSecret = false;
  }
  return values;
}

/** `_UTF8'…'`, `U&'…'`: the letters before a literal say how it is read. */
function isPrefix(tokens: readonly Token[], at: number): boolean {
  const token = nth(tokens, at);
  const next = tokens[at + 1];
  if (token.kind === 'string' || next?.start !== token.end) return false;
  return next.kind === 'string' || (isPunctuation(next, '&') && isPrefix(tokens, at + 1));
}

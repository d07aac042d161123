import { nth } from './nth.ts';
import type { SqlStatement } from './split.ts';
import { isPunctuation, isWord, valueOf, type Token } from './token.ts';

/** Reads the first `WITH ('key' = 'value', …)` of a statement, as of EXECUTE JAR; {} when it has none. */
export function readWithOptions(statement: SqlStatement): Record<string, string> {
  const { tokens } = statement;
  const at = tokens.findIndex((token, index) => isWord(token, 'WITH') && isPunctuation(tokens[index + 1], '('));
  if (at === -1) return {};
  const options: [string, string][] = [];
  for (let index = at + 2; index < tokens.length && !isPunctuation(tokens[index], ')'); index++) {
    if (isOption(tokens, index)) options.push([valueOf(nth(tokens, index)), valueOf(nth(tokens, index + 2))]);
  }
  return Object.fromEntries(options);
}

/** Whether `'key' = 'value'` starts at this token. */
export function isOption(tokens: readonly Token[], index: number): boolean {
  return (
    tokens[index]?.kind === 'string' && isPunctuation(tokens[index + 1], '=') && tokens[index + 2]?.kind === 'string'
  );
}

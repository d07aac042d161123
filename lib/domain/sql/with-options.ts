import type { SqlStatement } from './split.ts';
import { isPunctuation, isWord, type Token, valueOf } from './token.ts';

/** One `'key' = 'value'` of a WITH list, its quotes undone. */
export interface WithOption {
  readonly key: string;
  readonly value: string;
}

/** `unreadable`: what stands where an option, a comma or the end of the list should be. */
export type WithOptions =
  | { readonly kind: 'options'; readonly options: readonly WithOption[] }
  | { readonly kind: 'unreadable'; readonly found: string };

/**
 * Reads `WITH ('key' = 'value', …)` at the end of a statement, as of EXECUTE JAR: in the author's order, repeated keys
 * included, nothing passed over.
 */
export function readWithOptions({ tokens }: SqlStatement): WithOptions {
  const start = tokens.findIndex((token, index) => isWord(token, 'WITH') && isPunctuation(tokens[index + 1], '('));
  if (start === -1) return { kind: 'unreadable', found: END };
  const options: WithOption[] = [];
  let at = start + 1;
  do {
    const option = optionAt(tokens, at + 1);
    if (option === null) return unreadable(tokens[at + 1]);
    options.push(option);
    at += 4;
    // A comma behind the last one, as Dinky takes it, says nothing.
    if (isPunctuation(tokens[at], ',') && isPunctuation(tokens[at + 1], ')')) at += 1;
  } while (isPunctuation(tokens[at], ','));
  if (!isPunctuation(tokens[at], ')')) return unreadable(tokens[at]);
  const rest = tokens[at + 1];
  return rest === undefined ? { kind: 'options', options } : unreadable(rest);
}

/** The value of one option; undefined when there is none, or when the list cannot be read. */
export function withOption(statement: SqlStatement, key: string): string | undefined {
  const read = readWithOptions(statement);
  return read.kind === 'options' ? read.options.findLast((option) => option.key === key)?.value : undefined;
}

const END = 'the end of the statement';

function optionAt(tokens: readonly Token[], at: number): WithOption | null {
  const [key, equals, value] = tokens.slice(at, at + 3);
  const isOption = key?.kind === 'string' && isPunctuation(equals, '=') && value?.kind === 'string';
  return isOption ? { key: valueOf(key), value: valueOf(value) } : null;
}

/** A literal stays out of it: it may be the value of a secret. */
function unreadable(token: Token | undefined): WithOptions {
  if (token === undefined) return { kind: 'unreadable', found: END };
  return { kind: 'unreadable', found: token.kind === 'string' ? 'a literal' : token.text };
}

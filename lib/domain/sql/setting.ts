import { AppError } from '../errors.ts';
import { nth } from './nth.ts';
import type { SqlStatement } from './split.ts';
import { isPunctuation, isWord, type Token, valueOf } from './token.ts';

/** The content of a SET or RESET. Bare `SET` lists the settings, bare `RESET` resets all of them. */
export type Setting =
  | { readonly action: 'set'; readonly key: string; readonly value: string }
  | { readonly action: 'list' }
  | { readonly action: 'reset'; readonly key: string }
  | { readonly action: 'resetAll' };

/**
 * Reads `SET 'k' = 'v'`, `SET k = v`, `SET`, `RESET 'k'`, `RESET k`, `RESET`; null for any other statement. `where` is its place
 * for messages, "line 3, column 1".
 *
 * @throws AppError sql.syntax when it is a SET or RESET that Flink would not take
 */
export function readSetting(statement: SqlStatement, where?: string): Setting | null {
  const { tokens } = statement;
  if (isWord(tokens[0], 'SET')) return tokens.length === 1 ? { action: 'list' } : readSet(statement, where);
  if (isWord(tokens[0], 'RESET')) return tokens.length === 1 ? { action: 'resetAll' } : readReset(statement, where);
  return null;
}

function readSet(statement: SqlStatement, where: string | undefined): Setting {
  const { tokens } = statement;
  const [, key, equals, value] = tokens;
  if (tokens.length === 4 && isKey(key) && isPunctuation(equals, '=') && isText(value)) {
    return { action: 'set', key: valueOf(key), value: valueOf(value) };
  }
  throw unreadable('SET', statement, where, "Write SET 'key' = 'value'; a value with blanks needs the quotes.");
}

function readReset(statement: SqlStatement, where: string | undefined): Setting {
  const { tokens } = statement;
  const [, key] = tokens;
  if (tokens.length === 2 && isKey(key)) return { action: 'reset', key: valueOf(key) };
  throw unreadable('RESET', statement, where, "Write RESET 'key', or RESET alone for all settings.");
}

/** To Flink other quotes than '…' are a part of the key, which is then that of no option. */
function isKey(token: Token | undefined): token is Token {
  return isText(token) && !/^["`]/.test(token.text);
}

function isText(token: Token | undefined): token is Token {
  return token?.kind === 'string' || token?.kind === 'raw';
}

// The value stays out of the message: it may be a secret. It may stand within the quotes of the key.
function unreadable(word: string, { tokens, line, column }: SqlStatement, where: string | undefined, advice: string) {
  const at = where ?? `line ${line}, column ${column}`;
  const shown = nth((tokens[1]?.text ?? '').split('=', 1), 0).trim();
  return new AppError('sql.syntax', `The ${word} of ${shown} at ${at} cannot be read. ${advice}`);
}

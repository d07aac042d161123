import { AppError } from '../errors.ts';
import { nth } from './nth.ts';
import type { SqlStatement } from './split.ts';
import { isPunctuation, isWord, type Token, valueOf } from './token.ts';

/** What a SET or RESET says. Bare `SET` lists the settings, bare `RESET` takes all of them back. */
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
export function readSetting(
  statement: SqlStatement,
  where = `line ${statement.line}, column ${statement.column}`,
): Setting | null {
  const [word, ...rest] = statement.tokens;
  if (isWord(word, 'SET')) return rest.length === 0 ? { action: 'list' } : readSet(rest, where);
  if (isWord(word, 'RESET')) return rest.length === 0 ? { action: 'resetAll' } : readReset(rest, where);
  return null;
}

function readSet(rest: readonly Token[], where: string): Setting {
  const [key, equals, value] = rest;
  if (rest.length === 3 && isKey(key) && isPunctuation(equals, '=') && isText(value)) {
    return { action: 'set', key: valueOf(key), value: valueOf(value) };
  }
  throw unreadable('SET', key, where, "Write SET 'key' = 'value'; a value with blanks needs the quotes.");
}

function readReset(rest: readonly Token[], where: string): Setting {
  const [key] = rest;
  if (rest.length === 1 && isKey(key)) return { action: 'reset', key: valueOf(key) };
  throw unreadable('RESET', key, where, "Write RESET 'key', or RESET alone for all settings.");
}

/** To Flink other quotes than '…' are a part of the key, which is then that of no option. */
function isKey(token: Token | undefined): token is Token {
  return isText(token) && !/^["`]/.test(token.text);
}

function isText(token: Token | undefined): token is Token {
  return token?.kind === 'string' || token?.kind === 'raw';
}

// The value stays out of the message: it may be a secret. It may stand within the quotes of the key.
function unreadable(word: string, key: Token | undefined, where: string, advice: string): AppError {
  const shown = nth((key?.text ?? '').split('=', 1), 0).trim();
  return new AppError('sql.syntax', `The ${word} of ${shown} at ${where} cannot be read. ${advice}`);
}

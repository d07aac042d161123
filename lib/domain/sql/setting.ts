import { AppError } from '../errors.ts';
import { nth } from './nth.ts';
import type { SqlStatement } from './split.ts';
import { isPunctuation, isWord, valueOf, type Token } from './token.ts';

/** What a SET or RESET says. Bare `SET` lists the settings, bare `RESET` takes all of them back. */
export type Setting =
  | { readonly action: 'set'; readonly key: string; readonly value: string }
  | { readonly action: 'list' }
  | { readonly action: 'reset'; readonly key: string }
  | { readonly action: 'resetAll' };

/**
 * Reads `SET 'k' = 'v'`, `SET k = v`, `SET`, `RESET 'k'`, `RESET k`, `RESET`; null for any other statement.
 *
 * @throws AppError sql.syntax when it is a SET or RESET that Flink would not take
 */
export function readSetting(statement: SqlStatement): Setting | null {
  const [word, ...rest] = statement.tokens;
  if (isWord(word, 'SET')) return rest.length === 0 ? { action: 'list' } : readSet(statement, rest);
  if (isWord(word, 'RESET')) return rest.length === 0 ? { action: 'resetAll' } : readReset(statement, rest);
  return null;
}

function readSet(statement: SqlStatement, rest: readonly Token[]): Setting {
  const [key, equals, value] = rest;
  if (rest.length === 3 && isText(key) && isPunctuation(equals, '=') && isText(value)) {
    return { action: 'set', key: valueOf(key), value: valueOf(value) };
  }
  throw unreadable(statement, key, "Write SET 'key' = 'value'; a value with blanks needs the quotes.");
}

function readReset(statement: SqlStatement, rest: readonly Token[]): Setting {
  const [key] = rest;
  if (rest.length === 1 && isText(key)) return { action: 'reset', key: valueOf(key) };
  throw unreadable(statement, key, "Write RESET 'key', or RESET alone for all settings.");
}

function isText(token: Token | undefined): token is Token {
  return token?.kind === 'string' || token?.kind === 'raw';
}

// The value stays out of the message: it may be a secret.
function unreadable(statement: SqlStatement, key: Token | undefined, advice: string): AppError {
  const word = nth(statement.tokens, 0).text.toUpperCase();
  const place = `line ${statement.line}, column ${statement.column}`;
  return new AppError('sql.syntax', `The ${word} of ${key?.text ?? ''} at ${place} cannot be read. ${advice}`);
}

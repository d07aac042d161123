import { AppError } from '../errors.ts';
import { classify } from './kind.ts';
import { nth } from './nth.ts';
import { offsetOf } from './positions.ts';
import { splitScript, type SqlStatement } from './split.ts';
import { isWord } from './token.ts';

/** What newer Flinks have statements about: an older one stumbles over this word, or before it. */
const OBJECTS = ['MATERIALIZED', 'MODEL', 'CONNECTION', 'CATALOG', 'TABLE', 'CALL'];
const PLACE = /\bline (\d+), column (\d+)/;

/**
 * Flink's message about one statement, and which Flink knows that statement, if this one does not. An old parser says
 * only that it met a word it did not expect; a newer planner says "Unsupported query" and repeats the statement.
 */
export function withNeeds(message: string, sql: string): string {
  const unsupported = message.startsWith('Unsupported query');
  const place = PLACE.exec(message);
  if (!unsupported && place === null) return message;
  const statement = readOrNull(sql);
  if (statement === null) return message;
  const { needs } = classify(statement);
  if (needs === null) return message;
  if (unsupported) return `${message}. ${needs}`;
  const object = statement.tokens.find((token) => OBJECTS.some((word) => isWord(token, word)));
  const at = offsetOf(sql, { line: Number(place?.[1]), column: Number(place?.[2]) });
  return object !== undefined && at <= object.start ? `${message} ${needs}` : message;
}

// An error must not be hidden by another one: a secret in place may hold what cannot be scanned.
function readOrNull(sql: string): SqlStatement | null {
  try {
    return nth(splitScript(sql), 0);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}

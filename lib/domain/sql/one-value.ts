/** The SQL that a request may insert outside of quotes: values that can't change the statement. */
import { AppError } from '../errors.ts';
import { skipBlanks } from './characters.ts';
import { readToken } from './read-token.ts';
import { isPunctuation, isWord, type Token } from './token.ts';

/** Reserved words that join, order or begin parts of a statement. TRUE, types, units and CURRENT_DATE are not among them. */
const STRUCTURE = new Set(
  (
    'ALL ALTER AND ANY AS BEGIN BETWEEN BY CALL CASE CREATE CROSS DELETE DESCRIBE DISTINCT DROP ELSE END ESCAPE EXCEPT EXECUTE ' +
    'EXISTS EXPLAIN FETCH FOR FROM FULL GROUP HAVING ILIKE IN INNER INSERT INTERSECT INTO IS JOIN LATERAL LEFT LIKE LIMIT ' +
    'MATCH_RECOGNIZE MERGE MINUS NATURAL NOT OFFSET ON OR ORDER OUTER OVER PARTITION PIVOT QUALIFY RESET RIGHT RLIKE SELECT SET ' +
    'SHOW SIMILAR SOME TABLE TABLESAMPLE THEN TRUNCATE UNION UNNEST UNPIVOT UPDATE UPSERT USE USING VALUES WHEN WHERE WINDOW WITH'
  ).split(' '),
);

const UNITS = ['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];

/**
 * Whether a text is a number, a name (a path of names, parts in backquotes too), TRUE, FALSE, NULL, a literal (`'x'`,
 * `DATE '2026-01-31'`, `INTERVAL '1' DAY`), or a list of these.
 */
export function isOneValue(text: string): boolean {
  const tokens = tokensOf(text);
  if (tokens === null) return false;
  let at = itemEnd(tokens, 0);
  while (at !== null && isPunctuation(tokens[at], ',')) at = itemEnd(tokens, at + 1);
  return at === tokens.length;
}

/** A name, or a path of names. */
export function isNamePath(text: string): boolean {
  const tokens = tokensOf(text);
  return tokens !== null && tokens.length > 0 && pathEnd(tokens, 0) === tokens.length;
}

export function isNumber(text: string): boolean {
  const tokens = tokensOf(text);
  return tokens !== null && tokens.length > 0 && !/\s/.test(text) && numberEnd(tokens, 0) === tokens.length;
}

/** Null: it can't be read as SQL. */
function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = [];
  try {
    for (let at = skipBlanks(text, 0); at < text.length;) {
      const token = readToken(text, at);
      tokens.push(token);
      at = skipBlanks(text, token.end);
    }
    return tokens;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}

/** Where the value that starts at a token ends; null when there is none. */
function itemEnd(tokens: readonly Token[], at: number): number | null {
  return numberEnd(tokens, at) ?? literalEnd(tokens, at) ?? intervalEnd(tokens, at) ?? pathEnd(tokens, at);
}

function numberEnd(tokens: readonly Token[], at: number): number | null {
  const end = afterSign(tokens, at);
  return tokens[end]?.kind === 'number' ? end + 1 : null;
}

function afterSign(tokens: readonly Token[], at: number): number {
  return isPunctuation(tokens[at], '-') || isPunctuation(tokens[at], '+') ? at + 1 : at;
}

function literalEnd(tokens: readonly Token[], at: number): number | null {
  const [first, second] = [tokens[at], tokens[at + 1]];
  if (first?.kind === 'string') return at + 1;
  if (second?.kind !== 'string' || !second.text.startsWith("'")) return null;
  if (['DATE', 'TIME', 'TIMESTAMP'].some((word) => isWord(first, word))) return at + 2;
  const isPrefix = isWord(first, 'N') || isWord(first, 'X');
  return isPrefix && first?.end === second.start ? at + 2 : null;
}

function intervalEnd(tokens: readonly Token[], at: number): number | null {
  if (!isWord(tokens[at], 'INTERVAL')) return null;
  const value = afterSign(tokens, at + 1);
  if (tokens[value]?.kind !== 'string') return null;
  const unit = unitEnd(tokens, value + 1);
  if (unit === null || !isWord(tokens[unit], 'TO')) return unit;
  return unitEnd(tokens, unit + 1);
}

/** `DAY`, `DAYS`, `DAY(3)`, `SECOND(2, 6)`. */
function unitEnd(tokens: readonly Token[], at: number): number | null {
  if (!UNITS.some((unit) => isWord(tokens[at], unit) || isWord(tokens[at], `${unit}S`))) return null;
  if (!isPunctuation(tokens[at + 1], '(')) return at + 1;
  const more = isPunctuation(tokens[at + 3], ',') ? 2 : 0;
  const isPrecision = tokens[at + 2]?.kind === 'number' && (more === 0 || tokens[at + 4]?.kind === 'number');
  return isPrecision && isPunctuation(tokens[at + 3 + more], ')') ? at + 4 + more : null;
}

function pathEnd(tokens: readonly Token[], at: number): number | null {
  if (!isName(tokens[at])) return null;
  let end = at + 1;
  while (isPunctuation(tokens[end], '.') && isName(tokens[end + 1])) end += 2;
  return end;
}

function isName(token: Token | undefined): boolean {
  return token?.kind === 'name' || (token?.kind === 'word' && !STRUCTURE.has(token.text.toUpperCase()));
}

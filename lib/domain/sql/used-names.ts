/**
 * The names that a statement refers to, as far as its tokens show them: relations where the grammar wants one (behind FROM,
 * JOIN, INTO ...), functions and models. A column or an alias is not among them.
 */
import { nth } from './nth.ts';
import { isAnyWord, isPunctuation, isWord, type Token, valueOf } from './token.ts';

/** A qualified name in parts: `["catalog", "database", "table"]`, or the last of them. */
export type NamePath = readonly string[];

export interface UsedNames {
  readonly relations: readonly NamePath[];
  /** Those of the relations whose rows it adds, changes or deletes. */
  readonly written: readonly NamePath[];
  readonly functions: readonly NamePath[];
  readonly models: readonly NamePath[];
}

/** Behind these stands a relation, or a list of its columns. */
const BEFORE_TARGET = ['INTO', 'OVERWRITE'];
/** Behind these stands a relation, a call that gives one, or an open parenthesis. */
const BEFORE_RELATION = ['JOIN', 'TABLE', 'USING'];
/** These end the list of a FROM, in which a comma brings the next relation. */
const AFTER_FROM = [
  ...['SELECT', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH', 'QUALIFY'],
  ...['UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'SET'],
];
/** In their parentheses FROM is a part of the call: EXTRACT(DAY FROM ts). */
const CALLS_WITH_FROM = ['EXTRACT', 'TRIM', 'SUBSTRING', 'OVERLAY', 'POSITION'];
/** Words before an open parenthesis that call nothing. */
const NO_CALLS = new Set(
  (
    'AND ANY ARRAY AS BETWEEN BY CASE CUBE DISTINCT ELSE EXCEPT EXISTS FILTER FROM GROUPING HAVING IN INTERSECT INTO JOIN ' +
    'KEY LATERAL LIKE LIMIT MAP MATCH_RECOGNIZE MINUS MULTISET NOT ON OR OVER OVERWRITE PARTITION PERIOD ROLLUP ROW SELECT ' +
    'SET SETS SOME TABLE THEN UNION UNNEST USING VALUES WHEN WHERE WITH WITHIN'
  ).split(' '),
);

/** One pair of parentheses, or the statement itself. */
interface Level {
  /** Between FROM and what ends its list. */
  inFrom: boolean;
  /** A call whose FROM brings no relation. */
  readonly fromOfCall: boolean;
}

export function usedNames(tokens: readonly Token[]): UsedNames {
  const members = cutAtSemicolons(tokens).map(namesOfOne);
  return {
    relations: members.flatMap(({ relations }) => relations),
    written: members.flatMap(({ written }) => written),
    functions: members.flatMap(({ functions }) => functions),
    models: members.flatMap(({ models }) => models),
  };
}

/** The statements of a statement set, or the one that there is. */
function cutAtSemicolons(tokens: readonly Token[]): Token[][] {
  const members: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'semicolon') members.push([]);
    else nth(members, -1).push(token);
  }
  return members;
}

function namesOfOne(tokens: readonly Token[]): UsedNames {
  const relations = relationsAt(tokens).map((at) => ({ at, path: pathAt(tokens, at) }));
  const ends = commonTables(tokens);
  const isTable = ({ at, path }: { at: number; path: NamePath }): boolean =>
    path.length > 1 || at < (ends.get(nth(path, 0)) ?? Infinity);
  return {
    relations: relations.filter(isTable).map(({ path }) => path),
    written: relations.filter(({ at }) => isWritten(tokens, at)).map(({ path }) => path),
    functions: tokens.flatMap((_, at) => calledBefore(tokens, at) ?? []),
    models: tokens.flatMap((token, at) =>
      isWord(token, 'MODEL') && isNamePart(tokens[at + 1]) ? [pathAt(tokens, at + 1)] : [],
    ),
  };
}

/** Where the names of relations begin. */
function relationsAt(tokens: readonly Token[]): number[] {
  const levels: Level[] = [newLevel(undefined)];
  return tokens.flatMap((token, at) => {
    const level = nth(levels, -1);
    if (isPunctuation(token, '(')) levels.push(newLevel(tokens[at - 1]));
    if (isPunctuation(token, ')') && levels.length > 1) levels.pop();
    if (isAnyWord(token, AFTER_FROM)) level.inFrom = false;
    const begins = beginsList(tokens, at, level);
    if (begins) level.inFrom = true;
    const isNext = begins || (isPunctuation(token, ',') && level.inFrom) || isAnyWord(token, BEFORE_RELATION);
    const isTarget = isAnyWord(token, BEFORE_TARGET) || (at === 0 && isWord(token, 'UPDATE'));
    if (!isNamePart(tokens[at + 1]) || !(isTarget || (isNext && !isCall(tokens, at + 1)))) return [];
    return [at + 1];
  });
}

/** `INSERT INTO t`, `INSERT INTO TABLE t`, `UPDATE t`, `DELETE FROM t`. */
function isWritten(tokens: readonly Token[], at: number): boolean {
  const before = isWord(tokens[at - 1], 'TABLE') ? at - 2 : at - 1;
  return (
    isAnyWord(tokens[before], BEFORE_TARGET) ||
    isWord(tokens[at - 1], 'UPDATE') ||
    (at === 2 && isWord(tokens[0], 'DELETE'))
  );
}

function beginsList(tokens: readonly Token[], at: number, { fromOfCall }: Level): boolean {
  return isWord(tokens[at], 'FROM') && !fromOfCall && !isDistinctFrom(tokens, at);
}

/** LATERAL stands before a call or a query, and is no name. */
function isCall(tokens: readonly Token[], from: number): boolean {
  return isWord(tokens[from], 'LATERAL') || isPunctuation(tokens[from + 2 * pathAt(tokens, from).length - 1], '(');
}

function newLevel(before: Token | undefined): Level {
  return { inFrom: false, fromOfCall: isAnyWord(before, CALLS_WITH_FROM) };
}

/** IS [NOT] DISTINCT FROM compares two values. */
function isDistinctFrom(tokens: readonly Token[], at: number): boolean {
  return isWord(tokens[at - 1], 'DISTINCT') && (isWord(tokens[at - 2], 'IS') || isWord(tokens[at - 2], 'NOT'));
}

/** `WITH a AS (…), b AS (…)` -> where each ends: a use behind that means it and no table. */
function commonTables(tokens: readonly Token[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (isPunctuation(token, '(')) depth += 1;
    if (isPunctuation(token, ')')) depth -= 1;
    if (depth > 0 || !isWord(token, 'AS') || !isPunctuation(tokens[at + 1], '(')) continue;
    const name = nameBefore(tokens, at);
    if (name !== null) ends.set(name, closeOf(tokens, at + 1));
  }
  return ends;
}

/** The name of `name AS (` or `name (a, b) AS (`. */
function nameBefore(tokens: readonly Token[], as: number): string | null {
  let at = as - 1;
  if (isPunctuation(tokens[at], ')')) {
    while (at > 0 && !isPunctuation(tokens[at], '(')) at -= 1;
    at -= 1;
  }
  const token = tokens[at];
  return token?.kind === 'word' || token?.kind === 'name' ? valueOf(token) : null;
}

function closeOf(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (isPunctuation(tokens[at], '(')) depth += 1;
    if (isPunctuation(tokens[at], ')')) depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

/** The path of a function whose open parenthesis stands at `open`; null: there is none, or it is no call. */
function calledBefore(tokens: readonly Token[], open: number): [NamePath] | null {
  if (!isPunctuation(tokens[open], '(')) return null;
  let from = open - 1;
  const last = tokens[from];
  if (!isNamePart(last) || (last.kind === 'word' && NO_CALLS.has(last.text.toUpperCase()))) return null;
  while (isPunctuation(tokens[from - 1], '.') && isNamePart(tokens[from - 2])) from -= 2;
  return [pathAt(tokens, from)];
}

export function pathAt(tokens: readonly Token[], from: number): NamePath {
  const path: string[] = [];
  for (let at = from; isNamePart(tokens[at]); at += 2) {
    path.push(valueOf(nth(tokens, at)));
    if (!isPunctuation(tokens[at + 1], '.')) break;
  }
  return path;
}

function isNamePart(token: Token | undefined): token is Token {
  return token?.kind === 'word' || token?.kind === 'name' || token?.kind === 'placeholder';
}

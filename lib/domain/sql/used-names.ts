/**
 * The names that a statement refers to, as far as its tokens show them: relations where the grammar wants one (behind FROM,
 * JOIN, INTO ...), functions and models. A column or an alias is not among them.
 */
import { Keywords, keywords } from './keywords.ts';
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
export const BEFORE_TARGET = keywords('INTO OVERWRITE');
/** The role of a word for the relations after it. */
const MEANINGS = new Keywords([
  ['target', 'INTO OVERWRITE'],
  // Behind these stands a relation, a call that gives one, or an open parenthesis.
  ['relation', 'JOIN TABLE USING'],
  ['from', 'FROM'],
  ['update', 'UPDATE'],
  // These end the list of a FROM, in which a comma brings the next relation.
  ['endOfFrom', 'SELECT WHERE GROUP HAVING WINDOW ORDER LIMIT OFFSET FETCH QUALIFY UNION INTERSECT EXCEPT MINUS SET'],
]);
/** In their parentheses FROM is a part of the call: EXTRACT(DAY FROM ts). */
const CALLS_WITH_FROM = keywords('EXTRACT TRIM SUBSTRING OVERLAY POSITION');
/** Words before an open parenthesis that call nothing. */
const NO_CALLS = keywords(
  'AND ANY ARRAY AS BETWEEN BY CASE CUBE DISTINCT ELSE EXCEPT EXISTS FILTER FROM GROUPING HAVING IN INTERSECT INTO JOIN ' +
    'KEY LATERAL LIKE LIMIT MAP MATCH_RECOGNIZE MINUS MULTISET NOT ON OR OVER OVERWRITE PARTITION PERIOD ROLLUP ROW SELECT ' +
    'SET SETS SOME TABLE THEN UNION UNNEST USING VALUES WHEN WHERE WITH WITHIN',
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
function cutAtSemicolons(tokens: readonly Token[]): (readonly Token[])[] {
  if (!tokens.some(({ kind }) => kind === 'semicolon')) return [tokens];
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
    functions: calledIn(tokens),
    models: modelsIn(tokens),
  };
}

/** Where the names of relations begin. */
function relationsAt(tokens: readonly Token[]): number[] {
  const levels: Level[] = [newLevel(undefined)];
  const found: number[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = nth(tokens, at);
    if (token.kind === 'punctuation') follow(levels, token, tokens[at - 1]);
    const before = beforeRelation(tokens, at, nth(levels, -1));
    if (before === null || !isNamePart(tokens[at + 1])) continue;
    if (before === 'target' || !isCall(tokens, at + 1)) found.push(at + 1);
  }
  return found;
}

function follow(levels: Level[], { text }: Token, before: Token | undefined): void {
  if (text === '(') levels.push(newLevel(before));
  if (text === ')' && levels.length > 1) levels.pop();
}

/** Whether a relation, or the target of a statement, follows a token; null: neither. */
function beforeRelation(tokens: readonly Token[], at: number, level: Level): 'relation' | 'target' | null {
  const { kind, text } = nth(tokens, at);
  if (kind === 'punctuation') return text === ',' && level.inFrom ? 'relation' : null;
  switch (kind === 'word' ? MEANINGS.find(text) : undefined) {
    case 'target':
      return 'target';
    case 'relation':
      return 'relation';
    case 'update':
      return at === 0 ? 'target' : null;
    case 'endOfFrom':
      level.inFrom = false;
      return null;
    case 'from':
      if (level.fromOfCall || isDistinctFrom(tokens, at)) return null;
      level.inFrom = true;
      return 'relation';
    default:
      return null;
  }
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

/** LATERAL comes before a call or a query, and is no name. */
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
  const opened: (readonly [name: string, open: number])[] = [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = nth(tokens, at);
    if (token.kind === 'punctuation') depth += DEPTH[token.text] ?? 0;
    if (depth > 0 || !isWord(token, 'AS') || !isPunctuation(tokens[at + 1], '(')) continue;
    const name = nameBefore(tokens, at);
    if (name !== null) opened.push([name, at + 1]);
  }
  if (opened.length === 0) return NONE;
  const closes = closesOf(tokens);
  return new Map(opened.map(([name, open]) => [name, closes.get(open) ?? tokens.length]));
}

const DEPTH: Readonly<Record<string, number>> = { '(': 1, ')': -1 };
const NONE: ReadonlyMap<string, number> = new Map();

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

/** Where each open parenthesis is closed. */
function closesOf(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const closes = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    if (isPunctuation(tokens[at], '(')) open.push(at);
    const opened = isPunctuation(tokens[at], ')') ? open.pop() : undefined;
    if (opened !== undefined) closes.set(opened, at);
  }
  return closes;
}

/** Paths of the functions that are called. */
function calledIn(tokens: readonly Token[]): NamePath[] {
  const called: NamePath[] = [];
  for (let at = 1; at < tokens.length; at += 1) {
    const before = tokens[at - 1];
    if (!isPunctuation(tokens[at], '(') || !isNamePart(before)) continue;
    if (isAnyWord(before, NO_CALLS)) continue;
    let from = at - 1;
    while (isPunctuation(tokens[from - 1], '.') && isNamePart(tokens[from - 2])) from -= 2;
    called.push(pathAt(tokens, from));
  }
  return called;
}

function modelsIn(tokens: readonly Token[]): NamePath[] {
  const models: NamePath[] = [];
  for (let at = 1; at < tokens.length; at += 1)
    if (isWord(tokens[at - 1], 'MODEL') && isNamePart(tokens[at])) models.push(pathAt(tokens, at));
  return models;
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

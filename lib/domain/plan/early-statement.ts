/**
 * What a statement itself would do otherwise because it is run before a job that its author wrote above it: it acts on what the
 * job has done, or names what only the job makes.
 */
import { ddlTarget } from '../sql/ddl-target.ts';
import { keywords } from '../sql/keywords.ts';
import { nth } from '../sql/nth.ts';
import type { SqlStatement } from '../sql/split.ts';
import { isAnyWord, isPunctuation, isWord, type Token, valueOf } from '../sql/token.ts';
import { type NamePath, pathAt, usedNames } from '../sql/used-names.ts';
import type { PlacedStatement as Placed } from './placed-statement.ts';
import type { Starter, Starters } from './starters.ts';

/** `of`: the later statement; `why`: what it does; `lacks`: what is missing from the rows. */
export type Early =
  | { readonly verdict: 'refused'; readonly of: Starter; readonly why: string; readonly advice: string }
  | { readonly verdict: 'warned'; readonly of: Starter; readonly lacks: string };

export const MOVE = 'Move it above that statement, or make two tasks.';
const MAKE = 'Make two tasks, or make the table by a CREATE TABLE above and fill it by INSERT INTO.';

/** Null: it does the same. `before`: at least one statement starts the job. */
export function runTooEarly(one: Placed, before: Starters): Early | null {
  const first = nth(before.all, 0);
  // Above a jar it would have no effect either, and is refused for that (plan-jar.ts).
  if (first.placed.kind.kind === 'EXECUTE JAR') return null;
  const made = before.maker === undefined ? undefined : firstOf(namesOf(one.statement), before.made);
  if (made !== undefined) return refused(made, ', which makes the table that it names', MAKE);
  if (actsOnAnything(one)) return refused(first, '', MOVE);
  const read =
    one.kind.touches === 'rows' ? firstOf(usedNames(one.statement.tokens).relations, before.written) : undefined;
  if (read !== undefined) return refused(read, ', which writes the table that it reads', MOVE);
  const plan = before.plan;
  if (plan !== undefined && one.kind.touches === 'rows')
    return refused(plan, ', which may write the table that it reads', MOVE);
  if (plan !== undefined && one.kind.kind === 'COMPILE PLAN' && fileOf(one) === fileOf(plan.placed))
    return refused(plan, ', which runs the plan of that file', MOVE);
  return lackingRows(one, before);
}

function refused(of: Starter, why: string, advice: string): Early {
  return { verdict: 'refused', of, why, advice };
}

function firstOf(names: readonly NamePath[], index: Starters['made']): Starter | undefined {
  return names.map((path) => index.first(path)).find((found) => found !== undefined);
}

/** CALL, STOP JOB, statements of a newer Flink: their text does not show what they read and change. */
function actsOnAnything({ kind: { kind, role, touches }, statement: { tokens } }: Placed): boolean {
  if (role !== 'statement') return false;
  // Runs the query of the table at once.
  const refreshes = kind === 'ALTER MATERIALIZED TABLE' && isWord(tokens[2 + 2 * pathAt(tokens, 3).length], 'REFRESH');
  return touches === null || refreshes;
}

/** Relations that it refers to, also by DESCRIBE, SHOW and LIKE. */
function namesOf(statement: SqlStatement): readonly NamePath[] {
  const { tokens } = statement;
  if (isWord(tokens[0], 'SHOW')) return shownBy(tokens);
  const { relations } = usedNames(tokens);
  if (isWord(tokens[0], 'DESCRIBE') || isWord(tokens[0], 'DESC')) return [...relations, ...describedBy(tokens)];
  const target = ddlTarget(statement);
  if (target?.action !== 'CREATE' || target.object !== 'TABLE') return relations;
  return [...relations, pathAt(tokens, tokens.findIndex((token) => isWord(token, 'LIKE')) + 1)];
}

/** SHOW CREATE TABLE x, SHOW COLUMNS FROM x, SHOW PARTITIONS x; SHOW TABLES FROM x names a database. */
function shownBy(tokens: readonly Token[]): readonly NamePath[] {
  if (isWord(tokens[1], 'PARTITIONS')) return [pathAt(tokens, 2)];
  if (isWord(tokens[1], 'COLUMNS')) return [pathAt(tokens, 3)];
  if (!isWord(tokens[1], 'CREATE')) return [];
  const at = isWord(tokens[2], 'MATERIALIZED') ? 3 : 2;
  return isWord(tokens[at], 'TABLE') || isWord(tokens[at], 'VIEW') ? [pathAt(tokens, at + 1)] : [];
}

const NO_RELATIONS = keywords('CATALOG DATABASE FUNCTION MODEL JOB');

/** DESCRIBE x, DESCRIBE EXTENDED x; DESCRIBE CATALOG x names a catalog. */
function describedBy(tokens: readonly Token[]): readonly NamePath[] {
  const namesAnother = isAnyWord(tokens[1], NO_RELATIONS) && tokens[2] !== undefined && !isPunctuation(tokens[2], '.');
  return namesAnother ? [] : [pathAt(tokens, 1), pathAt(tokens, 2)];
}

function fileOf({ statement: { tokens } }: Placed): string | null {
  const file = tokens.find(({ kind }: Token) => kind === 'string');
  return file === undefined ? null : valueOf(file);
}

/** SHOW JOBS and SHOW TABLES list the state at that moment. */
function lackingRows({ statement: { tokens } }: Placed, before: Starters): Early | null {
  if (!isWord(tokens[0], 'SHOW')) return null;
  const { maker } = before;
  if (maker !== undefined && isWord(tokens[1], 'TABLES')) return { verdict: 'warned', of: maker, lacks: 'the table' };
  return isWord(tokens[1], 'JOBS') ? { verdict: 'warned', of: nth(before.all, 0), lacks: 'the job' } : null;
}

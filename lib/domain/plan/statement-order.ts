/**
 * The job of a task comes last, and all its INSERTs are one job (protocol.md section 3). A statement that stands behind one
 * of them therefore comes before it, and may give it another meaning than its author's: then it is refused.
 */
import { atPlace } from '../sql/at-place.ts';
import { type DdlTarget, ddlTarget } from '../sql/ddl-target.ts';
import { nth } from '../sql/nth.ts';
import { readSetting, type Setting } from '../sql/setting.ts';
import type { SqlStatement } from '../sql/split.ts';
import { isPunctuation, isWord } from '../sql/token.ts';
import { pathAt } from '../sql/used-names.ts';
import { type Early, MOVE, runTooEarly } from './early-statement.ts';
import { usedCatalog } from './lasting-changes.ts';
import { type PlacedStatement as Placed, placeOf } from './placed-statement.ts';
import { lower, SessionNames } from './session-names.ts';
import { type Starter, Starters } from './starters.ts';

export interface OrderProblem {
  readonly placed: Placed;
  /** A sentence with its place, the reason and the way out. */
  readonly text: string;
}

export interface StatementOrder {
  readonly refused: readonly OrderProblem[];
  /** Allowed, but with another meaning than its place suggests. */
  readonly warnings: readonly OrderProblem[];
}

/** @param startsJob which of them start the task's job. `placed`: in the author's order */
export function checkOrder(placed: readonly Placed[], startsJob: (placed: Placed) => boolean): StatementOrder {
  const refused: OrderProblem[] = [];
  const warnings: OrderProblem[] = [];
  const lastStarter = placed.findLastIndex(startsJob);
  const before = new Starters();
  const session = new SessionNames();
  for (const [at, one] of placed.entries()) {
    if (startsJob(one)) before.add(one, session);
    else if (before.all.length > 0) {
      const setting = changedSetting(one, session);
      if (setting !== null && at < lastStarter) warnings.push({ placed: one, text: sharedSetting(one, setting) });
      else if (setting !== null) refused.push({ placed: one, text: lateSetting(one, setting, nth(before.all, -1)) });
      else {
        const changed = changedMeaning(one, before, session);
        const early = changed === null ? runTooEarly(one, before) : null;
        if (changed !== null) refused.push(changed);
        else if (early?.verdict === 'refused') refused.push(tooEarly(one, early));
        else if (early !== null) warnings.push(lacking(one, early));
      }
    }
    session.take(one);
  }
  return { refused, warnings };
}

/** Null: it changes no option of the job. */
function changedSetting({ statement }: Placed, session: SessionNames): Setting | null {
  const setting = readSetting(statement);
  if (setting === null || setting.action === 'list') return null;
  if (setting.action === 'resetAll') return setting;
  // An option of Flink's SQL client, which nothing else reads.
  if (setting.key.startsWith('sql-client.')) return null;
  return setting.action === 'set' && session.hasSetting(setting) ? null : setting;
}

function changedMeaning(one: Placed, before: Starters, session: SessionNames): OrderProblem | null {
  const change = changeBy(one, before, session);
  if (change?.of === undefined) return null;
  const what = `${one.kind.kind} would change what ${named(change.of)} means, because the job runs last`;
  return { placed: one, text: atPlace(placeOf(one), `${what}. ${change.advice}`) };
}

function tooEarly(one: Placed, { of, why, advice }: Early & { readonly verdict: 'refused' }): OrderProblem {
  const what = `${one.kind.kind} would run before ${named(of)}${why}, because the job runs last`;
  return { placed: one, text: atPlace(placeOf(one), `${what}. ${advice}`) };
}

function lacking(one: Placed, { of, lacks }: Early & { readonly verdict: 'warned' }): OrderProblem {
  const what = `${one.kind.kind} runs before ${named(of)}, because the job runs last`;
  return { placed: one, text: atPlace(placeOf(one), `${what}: ${lacks} is not among its rows.`) };
}

interface Change {
  /** The first statement that would mean something else; undefined: none would. */
  readonly of: Starter | undefined;
  readonly advice: string;
}

const IN_FULL = 'Write the names in that statement in full (catalog.database.name), or make two tasks.';

/** Null: it changes no name. */
function changeBy({ statement, kind }: Placed, before: Starters, session: SessionNames): Change | null {
  const { tokens } = statement;
  const modules = ['LOAD MODULE', 'UNLOAD MODULE', 'USE MODULES'].includes(kind.kind);
  if (modules) return { advice: MOVE, of: before.all.find(({ callsFunctions }) => callsFunctions) ?? before.plan };
  if (isWord(tokens[0], 'USE')) return { advice: IN_FULL, of: turnedByUse(statement, before, session) };
  if (isWord(tokens[0], 'TRUNCATE'))
    return { advice: MOVE, of: before.relations.first(pathAt(tokens, 2)) ?? before.plan };
  const target = ddlTarget(statement);
  return target === null ? null : { advice: MOVE, of: usedBy(target, before) ?? before.plan };
}

function turnedByUse(statement: SqlStatement, before: Starters, session: SessionNames): Starter | undefined {
  const { tokens } = statement;
  const isCatalog = isWord(tokens[1], 'CATALOG');
  if (isCatalog && usedCatalog(statement) === session.catalog) return undefined;
  const fullParts = isCatalog || isPunctuation(tokens[2], '.') ? 3 : 2;
  return before.all.find((one) => one.shortestName < fullParts || one.callsCatalogFunctions);
}

function usedBy({ object, name }: DdlTarget, before: Starters): Starter | undefined {
  switch (object) {
    case 'FUNCTION':
      return before.functions.first(lower(name));
    case 'MODEL':
      return before.models.first(name);
    case 'CATALOG':
      return before.catalogs.get(name[0] ?? '');
    case 'DATABASE':
      return before.databases.first(name);
    default:
      return before.relations.first(name);
  }
}

function sharedSetting(one: Placed, setting: Setting): string {
  const what = 'is between INSERTs, but applies to all of them: they are one job.';
  return atPlace(placeOf(one), `${shown(setting)} ${what}`);
}

function lateSetting(one: Placed, setting: Setting, last: Starter): string {
  const what = `${shown(setting)} comes after ${named(last)} and would change its job, because the job runs last`;
  return atPlace(placeOf(one), `${what}. Move it above that statement, or delete it.`);
}

/** Without the value: it may be a secret. */
function shown(setting: Setting): string {
  if (setting.action === 'resetAll' || setting.action === 'list') return 'RESET';
  return `${setting.action === 'set' ? 'SET' : 'RESET'} '${setting.key}'`;
}

function named({ placed }: Starter): string {
  return `${placed.kind.kind} (${placeOf(placed)})`;
}

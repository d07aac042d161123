/**
 * The job of a task comes last, and all its INSERTs are one job (protocol.md section 3). A statement that stands behind one
 * of them therefore comes before it, and may give it another meaning than its author's: then it is refused.
 */
import { usedCatalog } from './lasting-changes.ts';
import { type PlacedStatement as Placed, placeOf } from './placed-statement.ts';
import { type DdlTarget, ddlTarget } from './sql/ddl-target.ts';
import { nth } from './sql/nth.ts';
import { type Setting, readSetting } from './sql/setting.ts';
import { isPunctuation, isWord } from './sql/token.ts';
import { type NamePath, type UsedNames, pathAt, usedNames } from './sql/used-names.ts';

export interface OrderProblem {
  readonly placed: Placed;
  /** A sentence with its place, the reason and the way out. */
  readonly text: string;
}

export interface StatementOrder {
  readonly refused: readonly OrderProblem[];
  /** What is allowed, and still not what its place says. */
  readonly warnings: readonly OrderProblem[];
}

/** A statement that starts the job, with all that it refers to. */
interface Starter {
  readonly placed: Placed;
  readonly names: UsedNames;
}

/** @param startsJob which of them start the task's job. `placed`: in the author's order */
export function checkOrder(placed: readonly Placed[], startsJob: (placed: Placed) => boolean): StatementOrder {
  const refused: OrderProblem[] = [];
  const warnings: OrderProblem[] = [];
  const lastStarter = placed.findLastIndex(startsJob);
  const before: Starter[] = [];
  const session = new Session();
  for (const [at, one] of placed.entries()) {
    if (startsJob(one)) before.push({ placed: one, names: session.allNames(one) });
    else if (before.length > 0) {
      const setting = changedSetting(one, session);
      if (setting !== null && at < lastStarter) warnings.push({ placed: one, text: sharedSetting(one, setting) });
      else if (setting !== null) refused.push({ placed: one, text: lateSetting(one, setting, nth(before, -1)) });
      else refused.push(...changedMeaning(one, before, session));
    }
    session.take(one);
  }
  return { refused, warnings };
}

/** What the statements so far have left in the session, as far as their text shows it. */
class Session {
  #catalog: string | null = null;
  readonly #settings = new Map<string, string>();
  /** Views and functions of the text, and what they refer to. */
  readonly #made: { readonly name: NamePath; readonly names: UsedNames }[] = [];
  readonly #functions: { readonly name: NamePath; readonly system: boolean }[] = [];

  take({ statement }: Placed): void {
    this.#catalog = usedCatalog(statement) ?? this.#catalog;
    const setting = readSetting(statement);
    if (setting?.action === 'set') this.#settings.set(setting.key, setting.value);
    if (setting?.action === 'reset') this.#settings.delete(setting.key);
    if (setting?.action === 'resetAll') this.#settings.clear();
    const target = ddlTarget(statement);
    if (target?.action !== 'CREATE') return;
    if (target.object === 'VIEW') this.#made.push({ name: target.name, names: usedNames(statement.tokens) });
    const system = isWord(statement.tokens[1], 'TEMPORARY') && isWord(statement.tokens[2], 'SYSTEM');
    if (target.object === 'FUNCTION') this.#functions.push({ name: target.name, system });
  }

  /** Also what the views among them refer to. */
  allNames({ statement }: Placed): UsedNames {
    const own = usedNames(statement.tokens);
    const target = ddlTarget(statement);
    const relations = [...own.relations, ...(target === null ? [] : [target.name])];
    const [functions, models] = [[...own.functions], [...own.models]];
    const seen = new Set<UsedNames>();
    for (const path of relations) {
      for (const { name, names } of this.#made) {
        if (seen.has(names) || !maySame(name, path)) continue;
        seen.add(names);
        relations.push(...names.relations);
        functions.push(...names.functions);
        models.push(...names.models);
      }
    }
    return { relations, functions, models };
  }

  hasSetting({ key, value }: { readonly key: string; readonly value: string }): boolean {
    return this.#settings.get(key) === value;
  }

  get catalog(): string | null {
    return this.#catalog;
  }

  /** Of a catalog: then a USE changes what its bare name means. System functions are in none. */
  isCatalogFunction(called: NamePath): boolean {
    return (
      called.length < 3 && this.#functions.some(({ name, system }) => !system && maySame(lower(name), lower(called)))
    );
  }
}

/** Null: it changes no option of the job. */
function changedSetting({ statement }: Placed, session: Session): Setting | null {
  const setting = readSetting(statement);
  if (setting === null || setting.action === 'list') return null;
  if (setting.action === 'resetAll') return setting;
  // An option of Flink's SQL client, which nothing else reads.
  if (setting.key.startsWith('sql-client.')) return null;
  return setting.action === 'set' && session.hasSetting(setting) ? null : setting;
}

function changedMeaning(one: Placed, before: readonly Starter[], session: Session): OrderProblem[] {
  const meets = meaningOf(one, session);
  const changed = meets === null ? undefined : before.find((starter) => meets.changes(starter));
  if (meets === null || changed === undefined) return [];
  const what = `${sentenceCase(placeOf(one))}: ${one.kind.kind} would change what ${named(changed)} means`;
  return [{ placed: one, text: `${what}, because the job comes last. ${meets.advice}` }];
}

interface Meaning {
  readonly advice: string;
  changes(starter: Starter): boolean;
}

const MOVE = 'Move it above that statement, or make two tasks.';
const IN_FULL = 'Write the names in that statement in full (catalog.database.name), or make two tasks.';

/** Null: it changes no name. */
function meaningOf({ statement, kind }: Placed, session: Session): Meaning | null {
  const { tokens } = statement;
  const modules = ['LOAD MODULE', 'UNLOAD MODULE', 'USE MODULES'].includes(kind.kind);
  if (modules) return { advice: MOVE, changes: ({ names }) => names.functions.length > 0 };
  if (isWord(tokens[0], 'USE')) {
    if (isWord(tokens[1], 'CATALOG') && usedCatalog(statement) === session.catalog) return null;
    const fullParts = isWord(tokens[1], 'CATALOG') || isPunctuation(tokens[2], '.') ? 3 : 2;
    return { advice: IN_FULL, changes: (starter) => hasShortName(starter, fullParts, session) };
  }
  if (isWord(tokens[0], 'TRUNCATE')) return { advice: MOVE, changes: usesRelation(pathAt(tokens, 2)) };
  const target = ddlTarget(statement);
  return target === null ? null : { advice: MOVE, changes: (starter) => touches(target, starter, session) };
}

function hasShortName({ names }: Starter, fullParts: number, session: Session): boolean {
  const isShort = ({ length }: NamePath): boolean => length < fullParts;
  return (
    names.relations.some(isShort) ||
    names.models.some(isShort) ||
    names.functions.some((path) => session.isCatalogFunction(path))
  );
}

function usesRelation(name: NamePath): (starter: Starter) => boolean {
  return ({ names }) => names.relations.some((path) => maySame(path, name));
}

function touches({ object, name }: DdlTarget, starter: Starter, session: Session): boolean {
  const { relations, functions, models } = starter.names;
  switch (object) {
    case 'FUNCTION':
      return functions.some((path) => maySame(lower(path), lower(name)));
    case 'MODEL':
      return models.some((path) => maySame(path, name));
    case 'CATALOG':
      return [...relations, ...models].some((path) => (path.length > 2 ? path[0] : session.catalog) === name[0]);
    case 'DATABASE':
      return [...relations, ...models].some((path) => path.length > 1 && maySame(path.slice(0, -1), name));
    default:
      return usesRelation(name)(starter);
  }
}

/** Whether both can be the same thing: the catalog and the database that a short name leaves out may be any. */
function maySame(one: NamePath, other: NamePath): boolean {
  if (one.length === 0 || other.length === 0) return false;
  const parts = Math.min(one.length, other.length);
  return one.slice(-parts).every((part, at) => part === other.slice(-parts)[at]);
}

/** Names of functions are the same in any case. */
function lower(path: NamePath): NamePath {
  return path.map((part) => part.toLowerCase());
}

function sharedSetting(one: Placed, setting: Setting): string {
  return `${sentenceCase(placeOf(one))}: ${shown(setting)} stands between INSERTs, and holds for all of them: they are one job.`;
}

function lateSetting(one: Placed, setting: Setting, last: Starter): string {
  const what = `${sentenceCase(placeOf(one))}: ${shown(setting)} stands behind ${named(last)} and would change its job`;
  return `${what}, because the job comes last. Move it above that statement, or delete it.`;
}

/** Without the value: it may be a secret. */
function shown(setting: Setting): string {
  if (setting.action === 'resetAll' || setting.action === 'list') return 'RESET';
  return `${setting.action === 'set' ? 'SET' : 'RESET'} '${setting.key}'`;
}

function named({ placed }: Starter): string {
  return `${placed.kind.kind} (${placeOf(placed)})`;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

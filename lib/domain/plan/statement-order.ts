/**
 * The job of a task comes last, and all its INSERTs are one job (protocol.md section 3). A statement that stands behind one
 * of them therefore comes before it, and may give it another meaning than its author's: then it is refused.
 */
import { atPlace } from '../sql/at-place.ts';
import { type DdlTarget, ddlTarget } from '../sql/ddl-target.ts';
import { NameIndex } from '../sql/name-index.ts';
import { nth } from '../sql/nth.ts';
import { readSetting, type Setting } from '../sql/setting.ts';
import type { SqlStatement } from '../sql/split.ts';
import { isPunctuation, isWord } from '../sql/token.ts';
import { type NamePath, pathAt, type UsedNames, usedNames } from '../sql/used-names.ts';
import { usedCatalog } from './lasting-changes.ts';
import { type PlacedStatement as Placed, placeOf } from './placed-statement.ts';

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

/** A statement that starts the job, or a part of it. */
interface Starter {
  readonly placed: Placed;
  /** Parts of its shortest name of a relation or model. */
  readonly shortestName: number;
  readonly callsFunctions: boolean;
  /** By a name that depends on the current catalog. */
  readonly callsCatalogFunctions: boolean;
}

/** @param startsJob which of them start the task's job. `placed`: in the author's order */
export function checkOrder(placed: readonly Placed[], startsJob: (placed: Placed) => boolean): StatementOrder {
  const refused: OrderProblem[] = [];
  const warnings: OrderProblem[] = [];
  const lastStarter = placed.findLastIndex(startsJob);
  const before = new Starters();
  const session = new Session();
  for (const [at, one] of placed.entries()) {
    if (startsJob(one)) before.add(one, session);
    else if (before.all.length > 0) {
      const setting = changedSetting(one, session);
      if (setting !== null && at < lastStarter) warnings.push({ placed: one, text: sharedSetting(one, setting) });
      else if (setting !== null) refused.push({ placed: one, text: lateSetting(one, setting, nth(before.all, -1)) });
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
  /** Views of the text, and what they refer to: by full name, as one may be made again and again. */
  readonly #views = new NameIndex<ViewNames>();
  readonly #viewsByName = new Map<string, ViewNames>();
  /** Functions of the text that are in a catalog; system functions are in none. */
  readonly #functions = new NameIndex<true>();

  take({ statement }: Placed): void {
    this.#catalog = usedCatalog(statement) ?? this.#catalog;
    const setting = readSetting(statement);
    if (setting?.action === 'set') this.#settings.set(setting.key, setting.value);
    if (setting?.action === 'reset') this.#settings.delete(setting.key);
    if (setting?.action === 'resetAll') this.#settings.clear();
    const target = ddlTarget(statement);
    if (target?.action !== 'CREATE') return;
    if (target.object === 'VIEW') this.#takeView(target.name, usedNames(statement.tokens));
    const system = isWord(statement.tokens[1], 'TEMPORARY') && isWord(statement.tokens[2], 'SYSTEM');
    if (target.object === 'FUNCTION' && !system) this.#functions.add(lower(target.name), true);
  }

  #takeView(name: NamePath, names: UsedNames): void {
    const there = this.#viewsByName.get(keyOf(name));
    const view = there ?? { relations: new Map(), functions: new Map(), models: new Map() };
    for (const kind of ['relations', 'functions', 'models'] as const)
      for (const path of names[kind]) view[kind].set(keyOf(path), path);
    if (there !== undefined) return;
    this.#viewsByName.set(keyOf(name), view);
    this.#views.add(name, view);
  }

  /** Also what the views among them refer to. */
  allNames({ statement }: Placed): UsedNames {
    const own = usedNames(statement.tokens);
    const target = ddlTarget(statement);
    const relations = [...own.relations, ...(target === null ? [] : [target.name])];
    const [functions, models] = [[...own.functions], [...own.models]];
    const followed = new Set<string | ViewNames>();
    const isNew = (one: string | ViewNames): boolean => !followed.has(one) && followed.add(one).has(one);
    for (const path of relations) {
      const views = isNew(keyOf(path)) ? this.#views.find(path).filter(isNew) : [];
      relations.push(...views.flatMap((view) => [...view.relations.values()]));
      functions.push(...views.flatMap((view) => [...view.functions.values()]));
      models.push(...views.flatMap((view) => [...view.models.values()]));
    }
    return { relations, functions, models };
  }

  hasSetting({ key, value }: { readonly key: string; readonly value: string }): boolean {
    return this.#settings.get(key) === value;
  }

  get catalog(): string | null {
    return this.#catalog;
  }

  isCatalogFunction(called: NamePath): boolean {
    return called.length < 3 && this.#functions.first(lower(called)) !== undefined;
  }
}

/** Unique by their text. */
type ViewNames = Readonly<Record<keyof UsedNames, Map<string, NamePath>>>;

function keyOf(path: NamePath): string {
  return path.map((part) => part.replaceAll('.', '../..')).join('.');
}

/** What the statements that start the job refer to, so far. */
class Starters {
  readonly all: Starter[] = [];
  readonly relations = new NameIndex<Starter>();
  readonly functions = new NameIndex<Starter>();
  readonly models = new NameIndex<Starter>();
  readonly databases = new NameIndex<Starter>();
  readonly catalogs = new Map<string, Starter>();

  add(placed: Placed, session: Session): void {
    const { relations, functions, models } = session.allNames(placed);
    const named = [...relations, ...models];
    const shortestName = named.reduce((least, { length }) => Math.min(least, length), Infinity);
    const callsCatalogFunctions = functions.some((path) => session.isCatalogFunction(path));
    const starter = { placed, shortestName, callsFunctions: functions.length > 0, callsCatalogFunctions };
    this.all.push(starter);
    for (const path of relations) this.relations.add(path, starter);
    for (const path of functions) this.functions.add(lower(path), starter);
    for (const path of models) this.models.add(path, starter);
    for (const path of named) this.#addPlace(path, starter, session);
  }

  #addPlace(path: NamePath, starter: Starter, { catalog: current }: Session): void {
    if (path.length > 1) this.databases.add(path.slice(0, -1), starter);
    const catalog = path.length > 2 ? (path[0] ?? null) : current;
    if (catalog !== null && !this.catalogs.has(catalog)) this.catalogs.set(catalog, starter);
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

function changedMeaning(one: Placed, before: Starters, session: Session): OrderProblem[] {
  const change = changeBy(one, before, session);
  if (change?.of === undefined) return [];
  const what = `${one.kind.kind} would change what ${named(change.of)} means, because the job comes last`;
  return [{ placed: one, text: atPlace(placeOf(one), `${what}. ${change.advice}`) }];
}

interface Change {
  /** The first statement that would mean something else; undefined: none would. */
  readonly of: Starter | undefined;
  readonly advice: string;
}

const MOVE = 'Move it above that statement, or make two tasks.';
const IN_FULL = 'Write the names in that statement in full (catalog.database.name), or make two tasks.';

/** Null: it changes no name. */
function changeBy({ statement, kind }: Placed, before: Starters, session: Session): Change | null {
  const { tokens } = statement;
  const modules = ['LOAD MODULE', 'UNLOAD MODULE', 'USE MODULES'].includes(kind.kind);
  if (modules) return { advice: MOVE, of: before.all.find(({ callsFunctions }) => callsFunctions) };
  if (isWord(tokens[0], 'USE')) return { advice: IN_FULL, of: turnedByUse(statement, before, session) };
  if (isWord(tokens[0], 'TRUNCATE')) return { advice: MOVE, of: before.relations.first(pathAt(tokens, 2)) };
  const target = ddlTarget(statement);
  return target === null ? null : { advice: MOVE, of: usedBy(target, before) };
}

function turnedByUse(statement: SqlStatement, before: Starters, session: Session): Starter | undefined {
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

/** Names of functions are the same in any case. */
function lower(path: NamePath): NamePath {
  return path.map((part) => part.toLowerCase());
}

function sharedSetting(one: Placed, setting: Setting): string {
  const what = 'stands between INSERTs, and holds for all of them: they are one job.';
  return atPlace(placeOf(one), `${shown(setting)} ${what}`);
}

function lateSetting(one: Placed, setting: Setting, last: Starter): string {
  const what = `${shown(setting)} stands behind ${named(last)} and would change its job, because the job comes last`;
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

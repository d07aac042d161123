/** The tables that the statements which start a task's job read, write and create. */
import { ddlTarget } from '../sql/ddl-target.ts';
import { NameIndex } from '../sql/name-index.ts';
import type { NamePath } from '../sql/used-names.ts';
import type { PlacedStatement as Placed } from './placed-statement.ts';
import { lower, type SessionNames } from './session-names.ts';

/** A statement that starts the job, or a part of it. */
export interface Starter {
  readonly placed: Placed;
  /** Parts of its shortest name of a relation or model. */
  readonly shortestName: number;
  readonly callsFunctions: boolean;
  /** It calls functions by a name that depends on the current catalog. */
  readonly callsCatalogFunctions: boolean;
}

/** The objects that these statements refer to, so far. */
export class Starters {
  readonly all: Starter[] = [];
  readonly relations = new NameIndex<Starter>();
  readonly functions = new NameIndex<Starter>();
  readonly models = new NameIndex<Starter>();
  readonly databases = new NameIndex<Starter>();
  readonly catalogs = new Map<string, Starter>();
  /** Tables whose rows they change. */
  readonly written = new NameIndex<Starter>();
  /** Tables that they create or replace. */
  readonly made = new NameIndex<Starter>();
  /** The first that makes a table. */
  maker: Starter | undefined;
  /** EXECUTE PLAN: its file has the names. */
  plan: Starter | undefined;

  add(placed: Placed, session: SessionNames): void {
    const { relations, functions, models, written } = session.allNames(placed);
    const named = [...relations, ...models];
    const shortestName = named.reduce((least, { length }) => Math.min(least, length), Infinity);
    const callsCatalogFunctions = functions.some((path) => session.isCatalogFunction(path));
    const starter = { placed, shortestName, callsFunctions: functions.length > 0, callsCatalogFunctions };
    this.all.push(starter);
    for (const path of relations) this.relations.add(path, starter);
    for (const path of functions) this.functions.add(lower(path), starter);
    for (const path of models) this.models.add(path, starter);
    for (const path of named) this.#addPlace(path, starter, session);
    for (const path of written) this.written.add(path, starter);
    const target = ddlTarget(placed.statement);
    if (target !== null) {
      this.made.add(target.name, starter);
      this.maker ??= starter;
    }
    if (placed.kind.kind.endsWith('EXECUTE PLAN')) this.plan ??= starter;
  }

  #addPlace(path: NamePath, starter: Starter, { catalog: current }: SessionNames): void {
    if (path.length > 1) this.databases.add(path.slice(0, -1), starter);
    const catalog = path.length > 2 ? (path[0] ?? null) : current;
    if (catalog !== null && !this.catalogs.has(catalog)) this.catalogs.set(catalog, starter);
  }
}

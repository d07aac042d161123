/** The objects that the statements of a text create in their session, as far as the text shows it. */
import { ddlTarget } from '../sql/ddl-target.ts';
import { NameIndex } from '../sql/name-index.ts';
import { readSetting } from '../sql/setting.ts';
import { isWord } from '../sql/token.ts';
import { type NamePath, type UsedNames, usedNames } from '../sql/used-names.ts';
import { usedCatalog } from './lasting-changes.ts';
import type { PlacedStatement as Placed } from './placed-statement.ts';

/** The objects that a statement refers to, also through views. */
export type ReferredNames = Omit<UsedNames, 'written'>;

/** Unique by their text. */
type ViewNames = Readonly<Record<keyof ReferredNames, Map<string, NamePath>>>;

export class SessionNames {
  #catalog: string | null = null;
  readonly #settings = new Map<string, string>();
  /** Views of the text, and the objects that they refer to: by full name, because a view may be created again. */
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

  #takeView(name: NamePath, names: ReferredNames): void {
    const there = this.#viewsByName.get(keyOf(name));
    const view = there ?? { relations: new Map(), functions: new Map(), models: new Map() };
    for (const kind of ['relations', 'functions', 'models'] as const)
      for (const path of names[kind]) view[kind].set(keyOf(path), path);
    if (there !== undefined) return;
    this.#viewsByName.set(keyOf(name), view);
    this.#views.add(name, view);
  }

  /** Also the objects of views; `written` is only what the statement itself writes. */
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
    return { relations, functions, models, written: own.written };
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

function keyOf(path: NamePath): string {
  return path.map((part) => part.replaceAll('.', '..')).join('.');
}

/** Names of functions are the same in any case. */
export function lower(path: NamePath): NamePath {
  return path.map((part) => part.toLowerCase());
}

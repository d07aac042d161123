import type { VariableValue } from './definitions.ts';
import { AppError } from './errors.ts';
import { nth } from './sql/nth.ts';
import { findPlaceholders } from './sql/placeholder.ts';
import { isSensitiveName } from './sql/sensitive-name.ts';
import type { RawDefinition } from './variables-text.ts';

/** Where values come from, lowest first; definitions of the text stand between `databases` and `request`. */
export interface VariableLayers {
  readonly globals: Readonly<Record<string, VariableValue>>;
  readonly databases: Readonly<Record<string, VariableValue>>;
  readonly request: Readonly<Record<string, VariableValue>>;
}

/** A found variable. `key` is the same whenever its expansion must be the same. */
interface Found {
  readonly key: string;
  readonly value: VariableValue;
  readonly at: number;
  readonly line: number;
  readonly self: RawDefinition | null;
}

// Fragments of SQL are nested a few deep; what is deeper is a mistake, and must not exhaust the stack.
const MAX_DEPTH = 100;
const MAX_WORK = 4 * 1024 * 1024;

/**
 * Expands variables within variables, each once per place it is seen from.
 *
 * Errors: variable.cycle with its path; sql.tooLarge when values nest over 100 deep or multiply beyond 4 MiB.
 */
export class Expander {
  /** Names without a value -> the author's lines that ask for them. */
  readonly missing = new Map<string, Set<number>>();
  readonly used = new Set<string>();
  /** Names of placeholders that stay in the text -> names of secrets. */
  readonly secrets = new Map<string, string>();
  /** Values in full of the variables whose name is that of a secret. */
  readonly sensitive = new Set<string>();

  readonly #layers: VariableLayers;
  readonly #definitions: readonly RawDefinition[];
  readonly #byName: ByName;
  readonly #done = new Map<string, string>();
  readonly #open: Step[] = [];
  #work = 0;

  constructor(layers: VariableLayers, definitions: readonly RawDefinition[]) {
    this.#layers = layers;
    this.#definitions = definitions;
    this.#byName = groupByName(definitions);
  }

  /** The value in full, as seen from an offset. `line` is the author's, for errors; a missing name gives ''. */
  expand(name: string, at: number, line: number): string {
    this.used.add(name);
    return this.#answer({ name, at, line, from: null });
  }

  /** The value of a definition in full, or what the request puts in its place. */
  expandDefinition({ name, end, line }: RawDefinition): string {
    return this.#answer({ name, at: end, line, from: null });
  }

  /** Every name that somebody gave a value, sorted. */
  names(): string[] {
    const { globals, databases, request } = this.#layers;
    const layers = [globals, databases, request].flatMap((layer) => Object.keys(layer));
    return [...new Set([...layers, ...this.#byName.keys()])].sort();
  }

  #answer(asked: Question): string {
    const { name, line } = asked;
    const found = lookUp(this.#layers, this.#byName, this.#definitions, asked);
    if (found === null) {
      this.missing.set(name, (this.missing.get(name) ?? new Set()).add(line));
      return '';
    }
    if (typeof found.value !== 'string') {
      this.secrets.set(name, found.value.secret);
      return `\${${name}}`;
    }
    return this.#done.get(found.key) ?? this.#expandOnce(asked, found, found.value);
  }

  #expandOnce({ name, line }: Question, found: Found, value: string): string {
    checkPath(this.#open, found.key, name, line);
    this.#open.push({ key: found.key, name });
    const parts: string[] = [];
    let from = 0;
    for (const inner of findPlaceholders(value)) {
      this.used.add(inner.name);
      const part = this.#answer({ name: inner.name, at: found.at, line: found.line, from: found.self });
      parts.push(value.slice(from, inner.start), part);
      from = inner.end;
      this.#countWork(part.length, name, line);
    }
    this.#open.pop();
    this.#countWork(value.length, name, line);
    const full = parts.join('') + value.slice(from);
    this.#done.set(found.key, full);
    if (isSensitiveName(name)) this.sensitive.add(full);
    return full;
  }

  #countWork(more: number, name: string, line: number): void {
    this.#work += more;
    if (this.#work <= MAX_WORK) return;
    const what = `The variables multiply each other to over ${MAX_WORK / 1024 / 1024} MiB, at "${name}" (line ${line})`;
    throw new AppError('sql.tooLarge', `${what}. Use them less often within each other.`);
  }
}

/** A variable whose value is being expanded. */
interface Step {
  readonly key: string;
  readonly name: string;
}

interface Question {
  readonly name: string;
  readonly at: number;
  readonly line: number;
  readonly from: RawDefinition | null;
}

type ByName = ReadonlyMap<string, readonly RawDefinition[]>;

function lookUp(layers: VariableLayers, byName: ByName, all: readonly RawDefinition[], asked: Question): Found | null {
  const requested = own(layers.request, asked.name);
  if (requested !== undefined) return external('request', requested, all, asked);
  const definition = nearest(byName.get(asked.name) ?? [], asked);
  if (definition !== null) {
    const { value, start, line } = definition;
    return { key: `text:${start}`, value, at: start, line, self: definition };
  }
  const value = own(layers.databases, asked.name) ?? own(layers.globals, asked.name);
  return value === undefined ? closesOnItself(byName, asked) : external('stored', value, all, asked);
}

// A value that is not the text's sees the definitions that its place of use sees.
function external(layer: string, value: VariableValue, all: readonly RawDefinition[], asked: Question): Found {
  const { name, at, line, from } = asked;
  return { key: `${layer}:${countBefore(all, at)}:${from?.start ?? ''}:${name}`, value, at, line, self: from };
}

// `x := ${x}` with no other x anywhere: found again, so that the cycle is named rather than a missing variable.
function closesOnItself(byName: ByName, asked: Question): Found | null {
  const { from } = asked;
  if (from?.name !== asked.name || !byName.has(asked.name)) return null;
  return { key: `text:${from.start}`, value: from.value, at: from.start, line: from.line, self: from };
}

/** The nearest definition above the place, else the first one below it; never the one that asks. */
function nearest(candidates: readonly RawDefinition[], { at, from }: Question): RawDefinition | null {
  const above = countBefore(candidates, at);
  if (above > 0) return nth(candidates, above - 1);
  return candidates.find((candidate) => candidate !== from) ?? null;
}

/** How many definitions start before an offset; they are in order of the text. */
function countBefore(definitions: readonly RawDefinition[], at: number): number {
  let low = 0;
  let high = definitions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nth(definitions, middle).start < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function groupByName(definitions: readonly RawDefinition[]): ByName {
  const byName = new Map<string, RawDefinition[]>();
  for (const definition of definitions) {
    const same = byName.get(definition.name);
    if (same) same.push(definition);
    else byName.set(definition.name, [definition]);
  }
  return byName;
}

// A variable may be called "constructor": only what somebody defined counts.
function own(layer: Readonly<Record<string, VariableValue>>, name: string): VariableValue | undefined {
  return Object.hasOwn(layer, name) ? layer[name] : undefined;
}

function checkPath(open: readonly Step[], key: string, name: string, line: number): void {
  const at = open.findIndex((step) => step.key === key);
  if (at !== -1) {
    const path = [...open.slice(at).map((step) => step.name), name].join(' -> ');
    const advice = 'Give one of them a value that does not use the others.';
    throw new AppError(
      'variable.cycle',
      `The variables refer to each other in a circle: ${path} (line ${line}). ${advice}`,
    );
  }
  if (open.length >= MAX_DEPTH) {
    const what = `The variable "${name}" (line ${line}) is nested more than ${MAX_DEPTH} deep`;
    throw new AppError('sql.tooLarge', `${what}: ${nth(open, 0).name} -> ${nth(open, 1).name} -> … Use fewer levels.`);
  }
}

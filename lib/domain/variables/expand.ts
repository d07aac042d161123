import type { VariableValue } from '../definition/definitions.ts';
import { AppError } from '../errors.ts';
import { isSensitiveName } from '../secrets/sensitive-name.ts';
import { nth } from '../sql/nth.ts';
import { findPlaceholders, unreadablePlaceholder } from '../sql/placeholder.ts';
import type { RawDefinition } from './author-text.ts';
import { lengthOf, type Piece, plainText, type Slot } from './pieces.ts';

/** Where values come from, lowest first; definitions of the text stand between `prologue` and the request. */
export interface VariableLayers {
  readonly globals: Readonly<Record<string, VariableValue>>;
  readonly databases: Readonly<Record<string, VariableValue>>;
  /** Whether the task sees those of the deployment; left out: it does not. */
  readonly fragment?: boolean;
  /** Definitions of the environment task, in full. */
  readonly prologue?: Readonly<Record<string, readonly Piece[]>>;
  /** Values that the request chooses: data, never expanded. */
  readonly request: Readonly<Record<string, string>>;
  /** The same where the task takes SQL: put into the text as it is, and not expanded either. */
  readonly requestSql?: Readonly<Record<string, string>>;
  /** Put behind the names of secrets, so that nothing else in the text can be taken for one of them. */
  readonly secretMark?: string;
}

/** A found variable. `key` is the same whenever its expansion must be the same. */
interface Found {
  readonly key: string;
  readonly value: string;
  readonly at: number;
  readonly line: number;
  readonly self: RawDefinition | null;
}

// Fragments of SQL are nested only a few levels deep; deeper ones are a mistake, and must not exhaust the stack.
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
  /** Values in full of the variables whose name is that of a secret. */
  readonly sensitive = new Set<string>();

  /** Whether the variables of the deployment are among the layers. */
  readonly seesDeployment: boolean;

  readonly #layers: VariableLayers;
  readonly #definitions: readonly RawDefinition[];
  readonly #byName: ByName;
  readonly #done = new Map<string, readonly Piece[]>();
  readonly #open: Step[] = [];
  #work = 0;

  constructor(layers: VariableLayers, definitions: readonly RawDefinition[]) {
    this.#layers = layers;
    this.seesDeployment = layers.fragment === true;
    this.#definitions = definitions;
    this.#byName = groupByName(definitions);
  }

  /** The value in full, as seen from an offset. `line` is the author's, for errors; a missing name gives nothing. */
  expand(name: string, at: number, line: number): readonly Piece[] {
    this.used.add(name);
    return this.#answer({ name, at, line, from: null });
  }

  /** The value of a definition in full, or what the request puts in its place. */
  expandDefinition({ name, end, line }: RawDefinition): readonly Piece[] {
    return this.#answer({ name, at: end, line, from: null });
  }

  /** Every name that somebody gave a value, sorted. */
  names(): string[] {
    const { globals, databases, prologue, request, requestSql } = this.#layers;
    const layers = [globals, databases, prologue ?? {}, request, requestSql ?? {}].flatMap((layer) =>
      Object.keys(layer),
    );
    return [...new Set([...layers, ...this.#byName.keys()])].sort();
  }

  #answer(asked: Question): readonly Piece[] {
    const { name, line } = asked;
    const chosen = chosenByRequest(this.#layers, this.#byName, asked);
    if (chosen !== null) return this.#withSensitive(name, [chosen]);
    const found = lookUp(this.#layers, this.#byName, this.#definitions, asked);
    if (found === null) {
      this.missing.set(name, (this.missing.get(name) ?? new Set()).add(line));
      return [];
    }
    if ('pieces' in found) return this.#withSensitive(name, found.pieces);
    return this.#done.get(found.key) ?? this.#expandOnce(asked, found);
  }

  #expandOnce({ name, line }: Question, found: Found): readonly Piece[] {
    const { key, value, at } = found;
    checkReadable(name, value, line);
    checkPath(this.#open, key, name, line);
    this.#open.push({ key, name });
    const parts: Piece[] = [];
    let from = 0;
    for (const inner of findPlaceholders(value)) {
      this.used.add(inner.name);
      const part = this.#answer({ name: inner.name, at, line: found.line, from: found.self });
      parts.push(value.slice(from, inner.start), ...part);
      from = inner.end;
      this.#countWork(lengthOf(part) + part.length, name, line);
    }
    this.#open.pop();
    this.#countWork(value.length, name, line);
    const full = joined([...parts, value.slice(from)]);
    this.#done.set(key, full);
    return this.#withSensitive(name, full);
  }

  /** In the form for the text: in a literal the quotes of a value of the request are doubled. */
  #withSensitive(name: string, pieces: readonly Piece[]): readonly Piece[] {
    if (!isSensitiveName(name)) return pieces;
    const full = plainText(pieces);
    this.sensitive.add(full);
    this.sensitive.add(full.replaceAll("'", "''"));
    return pieces;
  }

  #countWork(more: number, name: string, line: number): void {
    this.#work += more;
    if (this.#work <= MAX_WORK) return;
    const what = `The variables expand to more than ${MAX_WORK / 1024 / 1024} MiB, at "${name}" (line ${line})`;
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

/** What takes no expanding. */
interface InFull {
  readonly pieces: readonly Piece[];
}

/** Neighbouring texts as one. */
function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let text: string[] = [];
  const flush = (): void => {
    const whole = text.join('');
    if (whole !== '') result.push(whole);
    text = [];
  };
  for (const piece of pieces) {
    if (typeof piece === 'string') text.push(piece);
    else {
      flush();
      result.push(piece);
    }
  }
  flush();
  return result;
}

/** Null: the request gives no such variable. It never takes the place of a database or a secret of the deployment. */
function chosenByRequest(layers: VariableLayers, byName: ByName, { name, line }: Question): Slot | null {
  const { request, requestSql = {}, prologue = {}, databases, globals } = layers;
  const data = own(request, name);
  const value = data ?? own(requestSql, name);
  if (value === undefined) return null;
  const isDefined = byName.has(name) || Object.hasOwn(prologue, name);
  const isSecret = typeof (own(databases, name) ?? own(globals, name)) === 'object';
  if (!isDefined && (isSecret || Object.hasOwn(databases, name))) {
    const what = isSecret ? 'a secret' : 'a registered database';
    const why = `The request gives a value for "${name}" (line ${line}), which is ${what} of the deployment`;
    throw new AppError('variable.refused', `${why}. A request can't replace it: leave it out, or use another name.`);
  }
  checkReadable(name, value, line);
  return { kind: data === undefined ? 'sql' : 'request', name, value };
}

/** Definitions of the text were already checked, with their place in it. */
function checkReadable(name: string, value: string, line: number): void {
  const at = unreadablePlaceholder(value);
  if (at === null) return;
  const seen = isSensitiveName(name) ? '' : `, "${nth(/^[^}]{0,60}\}?/.exec(value.slice(at)) ?? [], 0)}"`;
  const advice = 'Write ${name}: letters, digits, _ - . $ only. Dinghy does not evaluate expressions.';
  throw new AppError(
    'sql.syntax',
    `The value of "${name}" (line ${line}) contains a \${…} that cannot be read${seen}. ${advice}`,
  );
}

function lookUp(
  layers: VariableLayers,
  byName: ByName,
  all: readonly RawDefinition[],
  asked: Question,
): Found | InFull | null {
  const definition = nearest(byName.get(asked.name) ?? [], asked);
  if (definition !== null) {
    const { value, start, line } = definition;
    return { key: `text:${start}`, value, at: start, line, self: definition };
  }
  const pieces = own(layers.prologue ?? {}, asked.name);
  if (pieces !== undefined) return { pieces };
  const value = own(layers.databases, asked.name) ?? own(layers.globals, asked.name);
  if (value === undefined) return closesOnItself(byName, asked);
  if (typeof value === 'string') return external(value, all, asked);
  return { pieces: [{ kind: 'secret', name: asked.name + (layers.secretMark ?? ''), secret: value.secret }] };
}

// A value that is not the text's sees the definitions that its place of use sees.
function external(value: string, all: readonly RawDefinition[], asked: Question): Found {
  const { name, at, line, from } = asked;
  return { key: `stored:${countBefore(all, at)}:${from?.start ?? ''}:${name}`, value, at, line, self: from };
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

// A variable may be called "constructor": only defined names count.
function own<T>(layer: Readonly<Record<string, T>>, name: string): T | undefined {
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

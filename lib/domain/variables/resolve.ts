import { AppError } from '../errors.ts';
import { once } from '../once.ts';
import { nth } from '../sql/nth.ts';
import { countLineBreaks, createPositions } from '../sql/positions.ts';
import type { Token } from '../sql/token.ts';
import { type RawDefinition, readAuthorText, type Reference } from './author-text.ts';
import { compose, type Part } from './compose.ts';
import { Expander, type VariableLayers } from './expand.ts';
import { createLineMap, type LineMap, withAuthorLines } from './line-map.ts';
import { lengthOf, type Piece, plainText } from './pieces.ts';

/** Most characters of a resolved text. Four times what a task may have: the caller says its own limit. */
const MAX_RESOLVED = 4 * 256 * 1024;
const MAX_NAMES_SHOWN = 20;

/** `text` as its author wrote it, and the possible values in it. Secrets are never inserted. */
export interface ResolveInput extends VariableLayers {
  readonly text: string;
}

/** A definition of the text, its value in full; `line` counts from 1 in the author's text. */
interface ResolvedDefinition {
  readonly name: string;
  readonly value: string;
  /** The same, for a text that sees this one's definitions. */
  readonly pieces: readonly Piece[];
  readonly line: number;
}

/**
 * `text`: without definitions (their line breaks stay), variables in place. `map`: lines of `text` -> author's
 * lines, see lineAt. `used`: names that are referred to, sorted. `secrets`: for each `${name}` that is left in `text`,
 * the name of its secret.
 */
export interface ResolvedText {
  readonly text: string;
  /** Of `text`, where it had to be read already. */
  readonly tokens: readonly Token[] | null;
  readonly map: LineMap;
  readonly definitions: readonly ResolvedDefinition[];
  readonly used: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
  /** Values met so far, in `text` or in `fragments`, whose variable has the name of a secret (password, token ...). */
  readonly sensitive: ReadonlySet<string>;
  /** Names of the request's variables met so far, in `text` or in `fragments`. */
  readonly requested: ReadonlySet<string>;
  /**
   * Names that values of the request spell as `${name}`. Where one is a secret of any text of the run, all are to be resolved again
   * with a `secretMark`.
   */
  readonly lookalikes: readonly string[];
  readonly fragments: Fragments;
}

/** What SHOW FRAGMENTS and SHOW FRAGMENT tell of the variables. */
interface Fragments {
  /** Every name that has a value, sorted. */
  readonly names: readonly string[];
  /** The value in full as it would be put in place at an offset of the resolved text; null: there is no such variable. */
  valueAt(name: string, offset: number): string | null;
}

/**
 * Puts variables in place, in literals, names and hints too, but not in comments.
 *
 * Low to high: globals, databases, prologue, `name := value;` of the text, request. A reference sees the nearest
 * definition above it, else the first below. Values of the request stay values, see writeSlots.
 *
 * @throws AppError variable.missing (every missing name, with lines), variable.cycle, variable.refused, sql.tooLarge,
 * sql.syntax
 */
export function resolveVariables(input: ResolveInput): ResolvedText {
  const { text } = input;
  const author = readAuthorText(text);
  const expander = new Expander(input, author.definitions);
  const definitions = expandDefinitions(author.definitions, expander);
  const edits = [...author.definitions.map((each) => removal(text, each)), ...author.references];
  edits.sort((a, b) => a.start - b.start);
  const parts = toParts(text, edits, expander);
  if (expander.missing.size > 0) throw missingVariables(expander);
  const composed = compose(parts, author);
  const { resolved, map, copies } = putTogether(parts, edits, composed.texts);
  const { unreadable } = composed;
  if (unreadable !== null) {
    throw new AppError(unreadable.code, withAuthorLines(unreadable.message, map), { cause: unreadable });
  }
  for (const value of composed.sensitive) expander.sensitive.add(value);
  const requested = new Set(composed.requested);
  return {
    text: resolved,
    tokens: composed.tokens ?? (resolved === text ? author.tokens : null),
    map,
    definitions,
    used: [...expander.used].sort(),
    secrets: composed.secrets,
    sensitive: expander.sensitive,
    requested,
    lookalikes: composed.lookalikes,
    fragments: toFragments(
      expander,
      copies,
      once(() => createPositions(text)),
      requested,
    ),
  };
}

type Removal = ReturnType<typeof removal>;
type Edit = Removal | Reference;

/** Stretches of the author's text and values, in turn; it begins and ends with a stretch. */
function toParts(text: string, edits: readonly Edit[], expander: Expander): Part[] {
  const parts: Part[] = [];
  let from = 0;
  let length = text.length;
  for (const edit of edits) {
    const copy = text.slice(from, edit.start);
    from = edit.end;
    if ('breaks' in edit) parts.push({ kind: 'copy', text: copy + edit.breaks });
    else {
      const { name, line } = edit;
      const pieces = expander.expand(name, edit.start, line);
      length += lengthOf(pieces);
      if (length > MAX_RESOLVED) throw tooLarge();
      parts.push({ kind: 'copy', text: copy }, { kind: 'value', pieces, name, line });
    }
  }
  return [...parts, { kind: 'copy', text: text.slice(from) }];
}

interface Together {
  readonly resolved: string;
  readonly map: LineMap;
  readonly copies: readonly Copy[];
}

/** `texts`: one for each part. */
function putTogether(parts: readonly Part[], edits: readonly Edit[], texts: readonly string[]): Together {
  const map = createLineMap();
  const copies: Copy[] = [];
  const froms = [0, ...edits.map(({ end }) => end)];
  let length = 0;
  parts.forEach(({ kind }, at) => {
    const text = nth(texts, at);
    if (kind === 'copy') copies.push({ at: length, from: nth(froms, copies.length) });
    if (kind === 'copy') map.copied(text);
    else map.inserted(text);
    length += text.length;
    if (length > MAX_RESOLVED) throw tooLarge();
  });
  return { resolved: texts.join(''), map: map.entries, copies };
}

/** The author's text from `from` on is in the resolved text from `at` on. */
interface Copy {
  readonly at: number;
  readonly from: number;
}

function toFragments(
  expander: Expander,
  copies: readonly Copy[],
  positions: () => ReturnType<typeof createPositions>,
  requested: Set<string>,
): Fragments {
  const names = expander.names();
  return {
    names,
    valueAt: (name, offset) => {
      if (!names.includes(name)) return null;
      const copy = copies.findLast(({ at }) => at <= offset) ?? { at: 0, from: 0 };
      const at = copy.from + offset - copy.at;
      const pieces = expander.expand(name, at, positions()(at).line);
      if (expander.missing.size > 0) throw missingVariables(expander);
      for (const piece of pieces) if (typeof piece !== 'string' && piece.kind !== 'secret') requested.add(piece.name);
      return plainText(pieces);
    },
  };
}

// In order of the text, so that a long chain of definitions is never expanded deeper than one level.
function expandDefinitions(definitions: readonly RawDefinition[], expander: Expander): ResolvedDefinition[] {
  return definitions.map((each) => {
    const pieces = expander.expandDefinition(each);
    return { name: each.name, value: plainText(pieces), pieces, line: each.line };
  });
}

function removal(text: string, definition: RawDefinition): { start: number; end: number; breaks: string } {
  const { start, end } = definition;
  return { start, end, breaks: '\n'.repeat(countLineBreaks(text.slice(start, end))) };
}

function missingVariables({ missing, seesDeployment }: Expander): AppError {
  const names = [...missing].slice(0, MAX_NAMES_SHOWN).map(([name, lines]) => {
    const shown = [...lines].sort((a, b) => a - b).slice(0, MAX_NAMES_SHOWN);
    return `\${${name}} (${shown.length > 1 ? 'lines' : 'line'} ${shown.join(', ')})`;
  });
  const more = missing.size > names.length ? ` and ${missing.size - names.length} more` : '';
  const deployment = seesDeployment
    ? 'or add them to the variables of the deployment'
    : 'or turn on "fragment" for the deployment\'s variables';
  const advice = `Give them with the request, define them in the text (name := value;), ${deployment}.`;
  return new AppError('variable.missing', `No value for ${names.join(', ')}${more}. ${advice}`);
}

function tooLarge(): AppError {
  const size = `${MAX_RESOLVED / 1024} KiB`;
  return new AppError(
    'sql.tooLarge',
    `With its variables in place the SQL text is over ${size}. Make the values shorter.`,
  );
}

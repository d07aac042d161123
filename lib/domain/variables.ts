import { AppError } from './errors.ts';
import { countLineBreaks, createPositions } from './sql/positions.ts';
import { createLineMap, type LineMap } from './variables-line-map.ts';
import { Expander, type VariableLayers } from './variables-expand.ts';
import { readAuthorText, type RawDefinition } from './variables-text.ts';

/** Most characters of a resolved text. Four times what a task may have: the caller says its own limit. */
const MAX_RESOLVED = 4 * 256 * 1024;
const MAX_NAMES_SHOWN = 20;

/** `text` as its author wrote it, and the values that may stand in it. Secrets are never put in place. */
export interface ResolveInput extends VariableLayers {
  readonly text: string;
}

/** A definition of the text, its value in full; `line` counts from 1 in the author's text. */
export interface ResolvedDefinition {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/**
 * `text`: without definitions (their line breaks stay), variables in place. `map`: lines of `text` -> author's
 * lines, see lineAt. `used`: names that are referred to, sorted. `secrets`: for each `${name}` that is left in `text`,
 * the name of its secret.
 */
export interface ResolvedText {
  readonly text: string;
  readonly map: LineMap;
  readonly definitions: readonly ResolvedDefinition[];
  readonly used: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
  /** Values met so far, in `text` or in `fragments`, whose variable has the name of a secret (password, token ...). */
  readonly sensitive: ReadonlySet<string>;
  readonly fragments: Fragments;
}

/** What SHOW FRAGMENTS and SHOW FRAGMENT tell of the variables. */
export interface Fragments {
  /** Every name that has a value, sorted. */
  readonly names: readonly string[];
  /** The value in full as it would be put in place at an offset of the resolved text; null: there is no such variable. */
  valueAt(name: string, offset: number): string | null;
}

/**
 * Puts variables in place, in literals, names and hints too, but not in comments.
 *
 * Low to high: globals, databases, `name := value;` of the text, request. A reference sees the nearest definition
 * above it, else the first below.
 *
 * @throws AppError variable.missing (every missing name, with lines), variable.cycle, sql.tooLarge, sql.syntax
 */
export function resolveVariables(input: ResolveInput): ResolvedText {
  const { text } = input;
  const author = readAuthorText(text);
  const expander = new Expander(input, author.definitions);
  const definitions = expandDefinitions(author.definitions, expander);
  const edits = [...author.definitions.map((each) => removal(text, each)), ...author.references];
  edits.sort((a, b) => a.start - b.start);
  const map = createLineMap();
  const parts: string[] = [];
  const copies: Copy[] = [];
  let from = 0;
  let length = 0;
  const add = (part: string): void => {
    parts.push(part);
    length += part.length;
    if (length > MAX_RESOLVED) throw tooLarge();
  };
  for (const edit of edits) {
    copies.push({ at: length, from });
    add(map.copied(text.slice(from, edit.start)));
    if ('breaks' in edit) add(map.copied(edit.breaks));
    else add(map.inserted(expander.expand(edit.name, edit.start, edit.line)));
    from = edit.end;
  }
  copies.push({ at: length, from });
  add(map.copied(text.slice(from)));
  if (expander.missing.size > 0) throw missingVariables(expander);
  const used = [...expander.used].sort();
  const secrets = Object.fromEntries(expander.secrets);
  const fragments = toFragments(expander, copies, createPositions(text));
  return {
    text: parts.join(''),
    map: map.entries,
    definitions,
    used,
    secrets,
    sensitive: expander.sensitive,
    fragments,
  };
}

/** The author's text from `from` on stands in the resolved text from `at` on. */
interface Copy {
  readonly at: number;
  readonly from: number;
}

function toFragments(
  expander: Expander,
  copies: readonly Copy[],
  positionOf: ReturnType<typeof createPositions>,
): Fragments {
  const names = expander.names();
  return {
    names,
    valueAt: (name, offset) => {
      if (!names.includes(name)) return null;
      const copy = copies.findLast(({ at }) => at <= offset) ?? { at: 0, from: 0 };
      const at = copy.from + offset - copy.at;
      const value = expander.expand(name, at, positionOf(at).line);
      if (expander.missing.size > 0) throw missingVariables(expander);
      return value;
    },
  };
}

// In order of the text, so that a long chain of definitions is never expanded deeper than one level.
function expandDefinitions(definitions: readonly RawDefinition[], expander: Expander): ResolvedDefinition[] {
  return definitions.map((each) => ({ name: each.name, value: expander.expandDefinition(each), line: each.line }));
}

function removal(text: string, definition: RawDefinition): { start: number; end: number; breaks: string } {
  const { start, end } = definition;
  return { start, end, breaks: '\n'.repeat(countLineBreaks(text.slice(start, end))) };
}

function missingVariables({ missing }: Expander): AppError {
  const names = [...missing].slice(0, MAX_NAMES_SHOWN).map(([name, lines]) => {
    const shown = [...lines].sort((a, b) => a - b).slice(0, MAX_NAMES_SHOWN);
    return `\${${name}} (${shown.length > 1 ? 'lines' : 'line'} ${shown.join(', ')})`;
  });
  const more = missing.size > names.length ? ` and ${missing.size - names.length} more` : '';
  const advice =
    'Give them with the request, define them in the text (name := value;), or turn on "fragment" for the deployment\'s variables.';
  return new AppError('variable.missing', `No value for ${names.join(', ')}${more}. ${advice}`);
}

function tooLarge(): AppError {
  const size = `${MAX_RESOLVED / 1024} KiB`;
  return new AppError(
    'sql.tooLarge',
    `With its variables in place the SQL text is over ${size}. Make the values shorter.`,
  );
}

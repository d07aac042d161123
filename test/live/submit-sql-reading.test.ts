/**
 * Our reading of SQL against Flink's own lexer and parser, of the version behind the project: the vectors, and generated
 * texts. What may differ, and why, stands at the end of docs/internals/flink-sql.md.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { classify } from '../../lib/domain/sql/kind.ts';
import { createPositions } from '../../lib/domain/sql/positions.ts';
import { scan } from '../../lib/domain/sql/scan.ts';
import { splitScript } from '../../lib/domain/sql/split.ts';
import type { Token } from '../../lib/domain/sql/token.ts';
import { readScriptVectors } from '../domain/sql/script-vectors.ts';
import { readVectors } from '../domain/sql/vectors.ts';
import { type FlinkParser, flinkParser, type FlinkToken } from './flink-parser.ts';
import { kindsOfClass } from './kinds-of-class.ts';

const { version } = inject('flink');
/** Another seed tries other texts: SQL_SEED=8 npx vitest run --project flink-2.3 sql-reading */
const SEED = Number(process.env['SQL_SEED'] ?? 7);
const COUNT = 2_000;
let flink: FlinkParser;

beforeAll(() => {
  flink = flinkParser(version);
});

afterAll(() => {
  flink.close();
});

/** Texts that rules of our own apply to: SET and RESET without quotes, definitions, variables, what is no SQL. */
const ours = (text: string): boolean =>
  /\b(?:re)?set\b|:=|\$\{|pipeline|package|import|public/i.test(text) || /\p{Surrogate}/u.test(text);

function vectorTexts(): string[] {
  const scripts = readScriptVectors().flatMap(({ expected }) =>
    'code' in expected ? [] : expected.map((s) => s.text),
  );
  return [...new Set([...scripts, ...readVectors<[string]>('kinds').map(([sql]) => sql)])];
}

describe('every statement of the vectors that Flink parses', () => {
  it('is one statement, of the kind that Flink takes it for', () => {
    const texts = vectorTexts().filter((text) => !/:=|\$\{/.test(text));
    const classes = flink.statements(texts);
    const known = texts.flatMap((text, index) => (classes[index] ? [{ text, classes: classes[index] }] : []));
    expect(known.length).toBeGreaterThan(version.startsWith('2.') ? 250 : 200);
    for (const each of known) expectSameStatements(each.text, each.classes);
  });
});

describe('generated texts', () => {
  const PIECES =
    `'|''|\`|\`\`|"|;|--|/*|*/|/*+|/**|/***/|//|(|)|,|.|=|=>|<>| |\t|\f|\n|\r\n|\r|\v|\u00a0|；|é|中|이|Ⅷ|١|\u0301|\\|E'|U&'|x'|$|{|}|[|*|+|-|1.5|.5|a|_a|SELECT|INSERT INTO t|AS|WITH|TABLE|TEMPORARY|CASE|END|BEGIN|EXECUTE STATEMENT|'a;b'|\`c;d\`|-- e;\n|/* f; */`
      .split('|')
      .concat('|');
  const known = vectorTexts().filter((text) => !ours(text));
  const piece = fc.constantFrom(...PIECES);
  const mutated = fc
    .tuple(fc.constantFrom(...known), fc.array(fc.tuple(fc.nat(), fc.nat(3), piece), { minLength: 1, maxLength: 4 }))
    .map(([text, edits]) => edits.reduce((now, [at, drop, put]) => splice(now, at, drop, put), text));
  const fromPieces = fc.array(piece, { minLength: 1, maxLength: 20 }).map((parts) => parts.join(''));
  const texts = fc.sample(fc.oneof(mutated, fromPieces), { numRuns: COUNT, seed: SEED }).filter((text) => !ours(text));

  it('have their strings, names and semicolons where Flink has them, whenever both can read them', () => {
    const answers = flink.tokens(texts);
    let both = 0;
    texts.forEach((text, index) => {
      const [theirs, mine] = [answers[index], scanned(text)];
      // A collation (`a--$b`) and, in 1.x, `E'…'` are read otherwise on purpose.
      if (!theirs || mine === null || /-\S*\$|\be'/i.test(text)) return;
      both++;
      expect(ownMarks(text, mine), text).toEqual(flinkMarks(theirs));
    });
    expect(both).toBeGreaterThan(COUNT / 4);
  });

  it('are split and classified as Flink parses them, whenever it does', () => {
    const joined = fc
      .sample(fc.array(fc.oneof(fc.constantFrom(...known), mutated), { minLength: 1, maxLength: 3 }), {
        numRuns: COUNT,
        seed: SEED,
      })
      .map((parts) => parts.join(' ;\r\n'))
      .filter((text) => !ours(text));
    const classes = flink.statements(joined);
    const parsed = joined.flatMap((text, index) => (classes[index] ? [{ text, classes: classes[index] }] : []));
    expect(parsed.length).toBeGreaterThan(COUNT / 8);
    for (const each of parsed) expectSameStatements(each.text, each.classes);
  });
});

function expectSameStatements(text: string, classes: readonly string[]): void {
  const kinds = splitScript(text).map((statement) => classify(statement).kind);
  expect(kinds, text).toHaveLength(classes.length);
  kinds.forEach((kind, index) => {
    expect(kind, `${text} is ${classes[index] ?? ''}`).toMatch(kindsOfClass(classes[index] ?? ''));
  });
}

function splice(text: string, at: number, drop: number, put: string): string {
  const place = at % (text.length + 1);
  return text.slice(0, place) + put + text.slice(place + drop);
}

function scanned(text: string): Token[] | null {
  try {
    return scan(text);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Strings from their quote on (a prefix is a token of its own to us), names and semicolons, with their places. */
function ownMarks(text: string, tokens: readonly Token[]): string[] {
  const toPosition = createPositions(text);
  return tokens
    .filter(({ kind }) => ['string', 'name', 'semicolon'].includes(kind))
    .map(({ kind, start, text: image }) => {
      const quote = kind === 'string' ? image.indexOf("'") : 0;
      const { line, column } = toPosition(start + quote);
      return `${line}:${column} ${image.slice(quote)}`;
    });
}

function flinkMarks(tokens: readonly FlinkToken[]): string[] {
  return tokens
    .filter(({ text }) => text === ';' || text.startsWith('`') || /^[\w&]*'./s.test(text))
    .map(({ line, column, text }) => {
      const quote = text.startsWith('`') ? 0 : Math.max(text.indexOf("'"), 0);
      return `${line}:${column + quote} ${text.slice(quote)}`;
    });
}

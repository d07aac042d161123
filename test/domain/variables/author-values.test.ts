/** How values are shown, quoted and told apart: the small rules that the texts of other tests rest on. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { MASK } from '../../../lib/domain/secrets/text-spans.ts';
import { findPlaceholders } from '../../../lib/domain/sql/placeholder.ts';
import { scan, scanOrNull } from '../../../lib/domain/sql/scan.ts';
import { lineAt, withAuthorLines } from '../../../lib/domain/variables/line-map.ts';
import { shownValue } from '../../../lib/domain/variables/refused.ts';
import { type ResolveInput, resolveVariables } from '../../../lib/domain/variables/resolve.ts';
import { quotedArg, splitArgs } from '../../../lib/domain/variables/split-args.ts';
import { firstDifference, withWritten } from '../../../lib/domain/variables/tokens.ts';

describe('a value in a message', () => {
  it.each([
    ['day', '', 'which is empty'],
    ['day', 'a\r\n\t \u0000b', '"a b"'],
    ['day', 'x'.repeat(100), `"${'x'.repeat(100)}"`],
    ['day', 'x'.repeat(101), `"${'x'.repeat(100)}…"`],
    ['api_token', 'hunter22', MASK],
    ['api_token', '', MASK],
  ])('of %s, %j, is shown as %s', (name, value, shown) => {
    expect(shownValue(name, value)).toBe(shown);
  });
});

describe('an argument', () => {
  it.each([
    ['--day=2026-01-31', '--day=2026-01-31'],
    ['', '""'],
    ['a b', '"a b"'],
    ['a\tb', '"a\tb"'],
    ["it's", '"it\'s"'],
    ['say "a"', '"say \\"a\\""'],
    ['C:\\data', '"C:\\\\data"'],
    ['base64@eA==', '"base64@eA=="'],
    ['x-base64@eA==', 'x-base64@eA=='],
  ])('%j is written as %s', (arg, written) => {
    expect(quotedArg(arg)).toBe(written);
  });

  it('is read as it was, beside any others', () => {
    const args = fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '\n', '"', "'", '\\', '=', '@', 'ü') }));
    fc.assert(
      fc.property(args, (all) => {
        expect(splitArgs(all.map(quotedArg).join(' '))).toEqual(all);
      }),
    );
  });
});

describe('lines of the author', () => {
  it.each([
    ['Found ";" in line 12, and "a" in line 3.', 'Found ";" in line 10, and "a" in line 3.'],
    ['Encountered at line 4, column 12', 'Encountered at line 3, column 12'],
    ['underline 12 and no line', 'underline 12 and no line'],
  ])('are put into %j', (message, expected) => {
    // A value with two line breaks stands in line 3.
    const map = [
      [4, 3],
      [5, 3],
    ] as const;
    expect(withAuthorLines(message, map)).toBe(expected);
    expect([1, 3, 4, 5, 6, 100].map((line) => lineAt(map, line))).toEqual([1, 3, 3, 3, 4, 98]);
  });
});

describe('a value that changes what stands around it is found', () => {
  /** The variable that is to blame; null: all else is as it was. */
  const blamed = (text: string, values: Readonly<Record<string, string>>): string | null => {
    const slots = scan(text)
      .flatMap((token) =>
        findPlaceholders(token.text).map(({ name, start, end }) => ({
          ...{ name, start: token.start + start, end: token.start + end },
        })),
      )
      .map((slot) => ({ ...slot, line: 1, value: values[slot.name] ?? '', written: values[slot.name] ?? '' }));
    return firstDifference(scan(text), scanOrNull(withWritten(text, slots)), slots)?.name ?? null;
  };

  it.each([
    ['SELECT ${x}, a', { x: '1' }],
    ['SELECT ${x}, a', { x: "'b; c', `d`, 2" }],
    ["SELECT '${x}', a", { x: 'b; -- ``' }],
    ['SELECT t_${x}_${y}.z, a', { x: '1', y: 'b' }],
    ['SELECT ${x}${y} FROM t', { x: 'a', y: '1' }],
    ['-- ${x}\nSELECT ${y}', { x: '${x}', y: '1' }],
    ['SET k = ${x}; SELECT 1', { x: 'v' }],
    ['SELECT `${x}` FROM t', { x: 'a b' }],
    ['SELECT a', {}],
  ])('in %j with %j there is none', (text, values) => {
    expect(blamed(text, values)).toBeNull();
  });

  it.each<[string, Record<string, string>, string]>([
    ['SELECT ${x}, ${y}', { x: '1; DROP TABLE t', y: '2' }, 'x'],
    ['SELECT ${x}, ${y}', { x: '1', y: '2 -- ' }, 'y'],
    ['SELECT ${x}, ${y}', { x: '1', y: '${z}' }, 'y'],
    ['SELECT ${x}, a, ${y}', { x: "'", y: "'" }, 'x'],
    ['SELECT ${x}, a', { x: '/*' }, 'x'],
    ["SELECT '${x}', a", { x: "b', 'c" }, 'x'],
    ["SELECT '${x}'", { x: "b' 'c" }, 'x'],
    ['SELECT `${x}`, a', { x: 'b`, `c' }, 'x'],
    ['SELECT ${x} a', { x: '' }, 'x'],
    ['SELECT a ${x}', { x: '' }, 'x'],
    ["SELECT ${x}'a', b", { x: "'c'" }, 'x'],
    ["SELECT ${y}, ${x}'a'", { x: 'E', y: '1' }, 'x'],
    ['SELECT 1 -${x}, b', { x: '-2' }, 'x'],
    ['SELECT 1 /${x}, b */ 2', { x: '*' }, 'x'],
  ])('in %j with %j it is %s', (text, values, name) => {
    expect(blamed(text, values)).toBe(name);
  });
});

const resolve = (text: string, request: Record<string, string>, layers: Partial<ResolveInput> = {}) =>
  resolveVariables({ text, globals: {}, databases: {}, request, ...layers });

describe('why a value is refused', () => {
  const said = (text: string, request: Record<string, string>, layers: Partial<ResolveInput> = {}): string => {
    try {
      return resolve(text, request, layers).text;
    } catch (error) {
      return error instanceof AppError ? `${error.code}: ${error.message}` : 'no error of ours';
    }
  };

  it.each<[string, string, RegExp]>([
    ['SELECT `${x}`', 'a\nb', /"a b", is in a name in backquotes \(line 1\)\. A name can't contain line breaks\./],
    ['SELECT t_${x}', 'a b', /"a b", is part of a word .+ it must be one name or one number\./],
    [
      'SELECT 1, ${x}',
      '1 OR 1=1',
      /is outside quotes .+ it must be one value: a number, a name, .+, or a list of these\./,
    ],
    ['${x} SELECT 1', 'EXPLAIN', /is at the beginning of a statement .+ chooses values, not statements\./],
    ['t_${x} SELECT 1', 'EXPLAIN', /is at the beginning of a statement/],
    ['SELECT 1; a${x}', 'b', /is at the beginning of a statement/],
    ['SET k = ${x}', 'a b', /is in a SET or RESET without quotes .+: write SET 'key' = 'value'\./],
    ['SET k = ${x}y', "'a'", /is in a SET or RESET without quotes/],
    ['SET k = y${x}', "'a'", /is in a SET or RESET without quotes/],
    ['SET k = ${x}', "a'", /is in a SET or RESET without quotes/],
    ["SELECT U&'a' UESCAPE '${x}'", '!', /is behind UESCAPE .+ Write the sign itself\./],
    [
      "EXECUTE JAR WITH ('args' = 'base64@${x}')",
      'eA==',
      /is within base64@ of an EXECUTE JAR .+ Write the arguments as they are\./,
    ],
  ])('%s with %j', (text, x, sentence) => {
    const message = said(text, { x });
    expect(message).toMatch(/^variable\.refused: The value of "x"/);
    expect(message).toMatch(sentence);
  });

  it('of several that are one word, the one that no name can have in it is named', () => {
    expect(said('SELECT ${x}${y}', { x: 'a', y: 'b c' })).toContain('The value of "y"');
    expect(said('SELECT ${x}${y}', { x: '1', y: 'b' })).toContain('The value of "x"');
  });

  it.each<[string, Partial<ResolveInput>, string]>([
    ['pw', { globals: { pw: { secret: 'prod/pw' } } }, 'which is a secret of the deployment'],
    ['shop', { databases: { shop: "'k' = 'v'" } }, 'which is a registered database of the deployment'],
  ])('of %s it is what the deployment has', (name, layers, why) => {
    expect(said(`SELECT '\${${name}}'`, { [name]: 'x' }, layers)).toContain(why);
  });

  it.each([
    ['${f()}', '"${f()}"'],
    ['a ${f()} b', '"${f()}"'],
    [`\${${'+'.repeat(100)}}`, `"\${${'+'.repeat(58)}"`],
  ])('a stored value with %j is quoted where it can not be read', (value, quoted) => {
    const message = said("SELECT '${x}'", {}, { globals: { x: value } });
    expect(message).toContain(`cannot be read, ${quoted}. Write \${name}: letters, digits, _ - . $ only.`);
  });
});

describe('a value is an argument', () => {
  it.each([
    ["EXECUTE JAR WITH ('args' = '${x}')", "EXECUTE JAR WITH ('args' = '\"a b\"')"],
    ["EXECUTE JAR WITH ('main-class' = '${x}')", "EXECUTE JAR WITH ('main-class' = 'a b')"],
    ["EXECUTE JAR WITH ('args' = 'c', 'uri' = '${x}')", "EXECUTE JAR WITH ('args' = 'c', 'uri' = 'a b')"],
    ["CREATE TABLE t (a INT) WITH ('args' = '${x}')", "CREATE TABLE t (a INT) WITH ('args' = 'a b')"],
    ["EXECUTE PLAN WITH ('args' = '${x}')", "EXECUTE PLAN WITH ('args' = 'a b')"],
    ["SELECT 1; EXECUTE JAR WITH ('args' = '${x}')", "SELECT 1; EXECUTE JAR WITH ('args' = '\"a b\"')"],
  ])('in the args of an EXECUTE JAR alone: %s', (text, expected) => {
    expect(resolve(text, { x: 'a b' }).text).toBe(expected);
  });
});

describe('what is known to be a secret', () => {
  it.each([
    ["v := 'x ${api_token}'; SELECT E${v}", { api_token: "a'b\\c" }, "a''b\\\\c"],
    ["api_token := p-${x}; SELECT E'${api_token}'", { x: 'a\\b' }, 'p-a\\\\b'],
    ["SELECT '${api_token}'", { api_token: "a'b" }, "a''b"],
  ])('is known as it stands in the text: %s', (text, request, written) => {
    const { text: resolved, sensitive } = resolve(text, request);
    expect(resolved).toContain(written);
    expect([...sensitive]).toContain(written);
  });

  it('is nothing whose name is not that of a secret', () => {
    expect([...resolve("y := b; SELECT '${x}', ${y}", { x: 'a' }).sensitive]).toEqual([]);
  });
});

describe('what looks like a variable and is none', () => {
  const globals = { pw: { secret: 'prod/pw' } };
  const told = (literals: string, request: Record<string, string>) =>
    resolve(`SELECT ${literals}`, request, { globals }).lookalikes;

  it.each([0, 1, 4, 5, 100])('is found behind a value of %i characters', (length) => {
    const before = 'a'.repeat(length);
    expect(told("'${a}', '${pw}', '${b}{pw}'", { a: before, b: '$' })).toEqual(['pw']);
    expect(told("'${a}', '${pw}', '<${b}>'", { a: before, b: '${pw}' })).toEqual(['pw']);
    expect(told("'${a}${pw}${a}', '${pw}'", { a: before })).toEqual([]);
    expect(told("'${pw}${a}', '${b}${pw}'", { a: before, b: '$' })).toEqual([]);
  });
});

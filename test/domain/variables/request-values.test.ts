/** A request chooses values, never SQL: what its variables may be, and where. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { nth } from '../../../lib/domain/sql/nth.ts';
import { isOneValue } from '../../../lib/domain/sql/one-value.ts';
import { findPlaceholders } from '../../../lib/domain/sql/placeholder.ts';
import { scan } from '../../../lib/domain/sql/scan.ts';
import { type Token, valueOf } from '../../../lib/domain/sql/token.ts';
import { writeSlots } from '../../../lib/domain/variables/place.ts';
import { type ResolveInput, resolveVariables } from '../../../lib/domain/variables/resolve.ts';
import { splitArgs } from '../../../lib/domain/variables/split-args.ts';
import { withWritten } from '../../../lib/domain/variables/tokens.ts';
import { cpuMs } from '../../builders/cpu-ms.ts';

const resolve = (text: string, layers: Partial<ResolveInput> = {}) =>
  resolveVariables({ text, globals: {}, databases: {}, request: {}, ...layers });

const put = (text: string, x: string, layers: Partial<ResolveInput> = {}) =>
  resolve(text, { ...layers, request: { x } }).text;

function refusal(text: string, request: Record<string, string>, layers: Partial<ResolveInput> = {}): AppError {
  try {
    resolve(text, { ...layers, request });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`expected to be refused: ${text} with ${JSON.stringify(request)}`);
}

/** What an attacker, and an unlucky author, would send. */
const HOSTILE = [
  "'; ADD JAR 's3://evil/x.jar'; --",
  "a'",
  "''",
  "'",
  '`',
  '``;',
  '--',
  '-- c\n',
  '/*',
  '*/',
  '/*+ x */',
  '//',
  ';',
  '${pw}',
  '${',
  '${}',
  '$',
  '}',
  '{pw}',
  '\n',
  '\r\n;',
  '\u0000',
  '\ufeff1',
  '\u2019; DROP TABLE t; \u2018',
  '\u00a0',
  '\\',
  "\\'",
  '"',
  'x := 1;',
  '1) OR (1=1',
  '1 OR 1=1',
  '1, 2); DROP TABLE t; --',
  'SELECT 1',
  "x'; EXECUTE JAR WITH ('uri' = 'y');",
  '',
  ' ',
];

describe('inside of quotes a value is data, whatever it holds', () => {
  it.each(HOSTILE)('%j in a literal, a hint and a SET', (value) => {
    for (const text of [
      "SELECT '${x}'",
      "SELECT 'a ${x} b' FROM t /*+ OPTIONS('k' = '${x}') */",
      "SET 'k' = '${x}'",
      "SET k = '${x}'",
    ]) {
      const literals = (from: string) =>
        scan(from)
          .filter(({ kind }) => kind === 'string')
          .map(valueOf);
      expect(literals(put(text, value))).toEqual(literals(text).map((literal) => literal.replaceAll('${x}', value)));
      expect(scan(put(text, value)).length).toBe(scan(text).length);
    }
  });

  it.each(HOSTILE.filter((value) => value !== '' && !/[\r\n]/.test(value)))('%j in a name in backquotes', (value) => {
    const tokens = scan(put('SELECT `${x}`, `a${x}b`', value));
    expect(tokens.filter(({ kind }) => kind === 'name').map(valueOf)).toEqual([value, `a${value}b`]);
  });

  it.each(['', 'a\nb', '\r'])('%j is refused in a name', (value) =>
    expect(refusal('SELECT `${x}`', { x: value }).code).toBe('variable.refused'),
  );

  it.each([
    ["SELECT E'${x}'", "a'\\b", "SELECT E'a''\\\\b'"],
    ["SELECT U&'${x}'", "a'\\0027", "SELECT U&'a''\\\\0027'"],
    ["SELECT U&'${x}' UESCAPE '!'", '!0027\\', "SELECT U&'!!0027\\' UESCAPE '!'"],
    ["SELECT u & '${x}'", 'a\\', "SELECT u & 'a\\'"],
    ["SELECT N'${x}'", "a'b", "SELECT N'a''b'"],
    ["SELECT 'a''${x}'", "'", "SELECT 'a'''''"],
  ])('%s with %j', (text, value, expected) => expect(put(text, value)).toBe(expected));

  it.each([
    "SELECT U&'a!0027' UESCAPE '${x}'",
    "SELECT U&'${x}' UESCAPE '${x}'",
    "v := '${x}';SELECT U&'a' UESCAPE ${v}",
  ])('the sign that escapes belongs to the text: %s', (text) =>
    expect(refusal(text, { x: '!' }).message).toMatch(/^The value of "x", "!", is behind UESCAPE \(line 1\)/),
  );

  it('nor is it chosen as a whole literal', () => {
    expect(refusal("SELECT U&'a!0027' UESCAPE ${x}", { x: "'!'" }).message).toMatch(/is behind UESCAPE/);
  });

  it.each(["E'a\\${x}'", "E'\\\\\\${x}'"])(
    'a backslash of the author never takes a quote of the value: %s',
    (literal) => {
      expect(refusal(`SELECT ${literal}`, { x: "', (SELECT 1), '" }).code).toBe('variable.refused');
    },
  );
});

describe('elsewhere it is one value', () => {
  const VALUES = [
    ...['1', '-1', '+1', '1.10', '.5', '1.', '1e5', '1E-5', '12345678901234567890'],
    ...['a', 'a.b.c', '`a b`.c', '`a``b`', '库.表', 'TRUE', 'false', 'NULL', 'CURRENT_DATE', 'DAY', 'ASC', 'BIGINT'],
    ...["'x'", "'O''Brien; DROP'", "''", "'--'", "N'x'", "X'00ff'", "E'a\\'b'"],
    ...["DATE '2026-01-31'", "TIME '12:00:00'", "timestamp '2026-01-31 12:00:00.123'"],
    ...[
      "INTERVAL '1' DAY",
      "INTERVAL -'1-2' YEAR TO MONTH",
      "INTERVAL '1 2' DAY(3) TO SECOND(2, 6)",
      "INTERVAL '1' SECOND(2, 3)",
      "INTERVAL '10' MINUTES",
      "interval '2' quarters",
      "INTERVAL '1 10' DAYS(3) TO HOURS",
    ],
    ...['1, 2,3', "'a', 'b'", 'a, `b`, c.d', "1, 'a', NULL, DATE '2026-01-31'", '1\n,\n2'],
  ];
  it.each(VALUES)('%j', (value) => {
    expect(isOneValue(value)).toBe(true);
    expect(put('SELECT f(${x}) FROM t', value)).toBe(`SELECT f(${value}) FROM t`);
    expect(put('SELECT f(${x}) FROM t', ` ${value}\n`)).toBe(`SELECT f(${value}) FROM t`);
  });

  it.each([
    ...HOSTILE.filter((value) => value !== "''" && value !== '$'),
    ...[
      '1 2',
      'a b',
      'a.',
      '.a',
      'a..b',
      '1,',
      ',1',
      '1,,2',
      '(1)',
      '(1, 2)',
      'f()',
      'a()',
      'a + 1',
      '1 - 1',
      '2026-01-31',
      '- 1 -',
      '--1',
    ],
    ...[
      '*',
      't.*',
      'a AS b',
      'SELECT',
      'or',
      'Union',
      'DROP',
      'a; b',
      "'a' 'b'",
      "'a",
      "a'b'",
      'DATE',
      'DATE 1 1',
      "DATE E'x'",
      "INTERVAL '1'",
    ].filter((v) => v !== 'DATE'),
    ...[
      "INTERVAL '1' DAY TO",
      "INTERVAL '1' DAY(a)",
      "X 'ab'",
      '"a"',
      'a-b',
      '$${x}',
      '1e',
      '1x',
      'NOT 1',
      'CASE',
      '#',
      'a:=1',
      '@',
      'x IN',
      "'a'--",
      "'a'/**/",
      '1/**/',
    ],
  ])('%j is refused', (value) => {
    expect(isOneValue(value)).toBe(false);
    expect(refusal('SELECT f(${x}) FROM t', { x: value }).code).toBe('variable.refused');
    expect(refusal('SELECT 1 AS a FROM ${x}', { x: value }).code).toBe('variable.refused');
  });

  it.each([
    ['SELECT -${x}', '-5', 'SELECT - -5'],
    ['SELECT 1-${x}', '5', 'SELECT 1-5'],
    ['SELECT 1 +${x}', '+5', 'SELECT 1 ++5'],
    ["SELECT ${x}'b'", 'a', "SELECT a 'b'"],
    ["SELECT ${x}'b'", 'E', "SELECT E 'b'"],
    ["SELECT 'a'${x}", "'b'", "SELECT 'a' 'b'"],
    ['SELECT `a`${x}', '`b`', 'SELECT `a` `b`'],
    ['SELECT ${x}`b`', '`a`', 'SELECT `a` `b`'],
    ['SELECT U&${x}', "'\\0027'", "SELECT U& '\\0027'"],
    ['SELECT * FROM ${x}.t', 'a.`b`', 'SELECT * FROM a.`b`.t'],
    ['SELECT * FROM t_${x}_v', '2026', 'SELECT * FROM t_2026_v'],
    ['SELECT * FROM t${x}', '', 'SELECT * FROM t'],
    ['SELECT 1${x}', '5', 'SELECT 15'],
    ['SELECT ${x}.5', '1', 'SELECT 1.5'],
    ['SELECT 1e${x}', '5', 'SELECT 1e5'],
    ['SELECT 0.${x}', '5', 'SELECT 0.5'],
    ['SET k = ${x}', "'a b'", "SET k = 'a b'"],
    ['SET k = s3://${x}/b', 'a-b', 'SET k = s3://a-b/b'],
    ['SET k=${x}', '10min', 'SET k=10min'],
    ['SELECT 1 -- ${x}', '\nDROP', 'SELECT 1 -- ${x}'],
  ])('%s with %j', (text, value, expected) => expect(put(text, value)).toBe(expected));

  it.each([
    ['${x} TABLE t', 'SHOW'],
    ['${x}', 'a'],
    ['SELECT 1;\n${x} t', 'DROP'],
    ['${x}ECT 1', 'SEL'],
    ['SELECT 1 F${x} t', 'ROM'],
    ['SELECT t_${x}', 'a; DROP TABLE t'],
    ['SELECT t_${x}', "'a'"],
    ['SELECT E${x}', "'a\\'"],
    ['SELECT 2026_${x}', 'a'],
    ['SELECT t.${x}', '5'],
    ['SET k = ${x}', 'a b'],
    ['SET k = ${x}', 'a;b'],
    ['SET k = ${x}', '-- '],
    ['SET k = ${x}', "'a', 'b'"],
    ['SET k = a${x}', "'b'"],
    ['SET a${x} = 1', '=b'],
    ['RESET ${x}', "a; SET 'b' = 'c'"],
    ['SELECT /*+ A(${x}) */ 1', '1) */ '],
  ])('%s with %j is refused', (text, value) => expect(refusal(text, { x: value }).code).toBe('variable.refused'));

  it('two values side by side are one word, or refused', () => {
    expect(resolve('SELECT ${a}${b}', { request: { a: 't_', b: '1' } }).text).toBe('SELECT t_1');
    expect(resolve('SELECT ${a} ${b}', { request: { a: 'c', b: 'd' } }).text).toBe('SELECT c d');
    for (const [a, b] of [
      ['-', '-1'],
      ["'a", "b'"],
      ['/', '*'],
      ['1', '; DROP'],
    ] as const) {
      expect(refusal('SELECT ${a}${b}', { a, b }).code).toBe('variable.refused');
    }
  });
});

describe('through definitions', () => {
  it.each([
    ["v := '${x}';SELECT ${v}", "a'b", {}, "SELECT 'a''b'"],
    ['v := t_${x};SELECT * FROM ${v}', '1', {}, 'SELECT * FROM t_1'],
    ["SELECT '${v}'", "'", { globals: { v: '<${x}>' } }, "SELECT '<''>'"],
    [
      'CREATE TABLE t (a INT) WITH (${db})',
      "'",
      { databases: { db: "'k' = '${x}'" } },
      "CREATE TABLE t (a INT) WITH ('k' = '''')",
    ],
    ['SELECT 1 ${v}', '\nDROP', { globals: { v: '-- ${x}\n' } }, 'SELECT 1 -- ${x}\n'],
    ['SELECT ${v}', '5', { globals: { v: '1-${x}' } }, 'SELECT 1-5'],
    ['x := own;SELECT ${x}', 'other', {}, 'SELECT other'],
  ])('%s with %j', (text, value, layers, expected) => expect(put(text, value, layers)).toBe(expected));

  it.each([
    ['v := ${x};SELECT ${v}', '1 OR 1=1', {}],
    ['SELECT ${v}', "a'", { globals: { v: '${x}' } }],
    ["SELECT '${v}", "a'", { globals: { v: "${x}' || " } }],
    ['SELECT ${v}', '1', { globals: { v: '1 ${x}; ${x} 2' } }],
  ])('%s with %j is refused', (text, value, layers) => {
    expect(refusal(text, { x: value }, layers).code).toMatch(/variable\.refused|sql\.syntax/);
  });

  it('it never takes the place of a database or a secret of the deployment', () => {
    const globals = { pw: { secret: 'prod/pw' }, plain: 'p' };
    const databases = { shop: "'connector' = 'jdbc'" };
    for (const name of ['pw', 'shop']) {
      const { code, message } = refusal(`SELECT 1,\n'\${${name}}'`, { [name]: 'x' }, { globals, databases });
      expect(code).toBe('variable.refused');
      expect(message).toContain(`"${name}" (line 2)`);
    }
    expect(resolve("SELECT '${plain}'", { globals, databases, request: { plain: 'x', shop: 'y' } }).text).toBe(
      "SELECT 'x'",
    );
  });
});

describe('a value is never expanded', () => {
  const globals = { pw: { secret: 'prod/pw' }, other: 'expanded' };

  it('in a literal it is text', () => {
    const { text, lookalikes } = resolve("SELECT '${x}', '${pw}'", { globals, request: { x: 'a ${pw} ${other}' } });
    expect(text).toBe("SELECT 'a ${pw} ${other}', '${pw}'");
    expect(lookalikes).toEqual(['pw', 'other']);
  });

  it.each([
    ["'$${x}'", '{pw}'],
    ["'${x}{pw}'", '$'],
    ["'${x}pw}'", '${'],
    ["'$${x}{pw}'", ''],
    ["'${${x}}'", 'pw'],
  ])('nor with what stands beside it: %s and %j', (literal, value) => {
    const text = `SELECT ${literal}, '\${pw}'`;
    try {
      expect(resolve(text, { globals, request: { x: value } }).lookalikes).toEqual(['pw']);
    } catch (error) {
      expect(error).toMatchObject({ code: 'sql.syntax' });
    }
  });

  it('elsewhere it is refused', () => {
    expect(refusal('SELECT ${x}', { x: '${other}' }, { globals }).code).toBe('variable.refused');
    expect(refusal('SET k = ${x}', { x: '${pw}' }, { globals }).code).toBe('variable.refused');
  });

  it('what is no name in it is an error, of a request as of the deployment', () => {
    for (const layers of [
      { request: { x: 'a ${f()}' } },
      { globals: { x: 'a ${f()}' } },
      { databases: { x: 'a ${f()}' } },
    ]) {
      expect(() => resolve("SELECT 1,\n'${x}'", layers)).toThrow(
        expect.objectContaining({ code: 'sql.syntax', message: expect.stringContaining('"${f()}"') as string }),
      );
      expect(resolve('SELECT 1', layers).text).toBe('SELECT 1');
    }
    expect(refusal("SELECT '${api_token}'", { api_token: '${f(x1y2)}' }).message).not.toContain('x1y2');
  });
});

describe('what is said', () => {
  it('has no part of a password in it, wherever it is cut', () => {
    for (let blanks = 0; blanks < 100; blanks++) {
      const x = `${' '.repeat(blanks).replaceAll(' ', 'x ')}mongodb://u:hunter22@h/d`;
      expect(refusal('SELECT ${x}', { x }).message).not.toContain('hunter');
    }
  });

  it('names the variable, its line, the value and the way out', () => {
    const { message } = refusal('SELECT 1,\n  ${day}', { day: '2026-01-31' });
    expect(message).toContain('The value of "day", "2026-01-31", is outside quotes (line 2).');
    expect(message).toContain('parameters, type: sql');
  });

  it('shows nothing of a value with the name of a secret, and not much of a long one', () => {
    expect(refusal('SELECT ${shop_password}', { shop_password: 'hunter2 x' }).message).not.toContain('hunter2');
    expect(refusal('SELECT ${x}', { x: 'a '.repeat(90_000) }).message.length).toBeLessThan(600);
  });

  it('values with the name of a secret are known as they stand in the text', () => {
    const { text, sensitive } = resolve("SELECT '${api_token}', E'${api_token}'", { request: { api_token: "a'b\\c" } });
    for (const literal of ["a''b\\c", "a''b\\\\c"]) {
      expect(text).toContain(literal);
      expect([...sensitive]).toContain(literal);
    }
  });

  it('lines lead to the author, below values of several lines too', () => {
    const { message } = refusal("SELECT '${a}',\n${b}", { a: '1\n2\n3', b: 'x y' });
    expect(message).toContain('(line 2)');
  });
});

describe('in the args of an EXECUTE JAR a value is a part of one argument', () => {
  const argsWith = (args: string, request: Record<string, string>): readonly string[] | null => {
    const { text } = resolve(`EXECUTE JAR WITH ('uri' = 's3://b/k.jar', 'args' = '${args}')`, { request });
    return splitArgs(valueOf(nth(scan(text), -2)).trim());
  };

  it.each([...HOSTILE, 'a b', '--all --yes', 'a"b', "it's", 'a\\', 'C:\\x y', 'base64@eA=='])('%j', (x) => {
    expect(argsWith('--from ${x} --to "${x}" ', { x })).toEqual(['--from', x, '--to', x]);
    expect(argsWith("--a=${x} ''<${x}>'' \"\\\"${x}\" \\''${x}", { x })).toEqual([
      `--a=${x}`,
      `<${x}>`,
      `"${x}`,
      `'${x}`,
    ]);
    expect(argsWith('${x}', { x })).toEqual([x]);
  });

  it('what needs no quotes gets none', () => {
    const { text } = resolve("EXECUTE JAR WITH ('args' = '--day ${x}')", { request: { x: '2026-01-31' } });
    expect(text).toContain("'--day 2026-01-31'");
  });

  /** What Flink gets, without the signs of the literal. */
  const writtenIn = (literal: string, request: Record<string, string>): string => {
    const { text } = resolve(`EXECUTE JAR WITH ('uri' = 's3://b/k.jar', 'args' = ${literal})`, { request });
    return valueOf(nth(scan(text), -2));
  };

  it.each([
    ["'${a}'", { a: 'base64@eA==' }],
    ["' ${a} x'", { a: 'base64@eA==' }],
    ["'${a}${b}'", { a: 'base', b: '64@eA==' }],
    ["'b${a}${b}@eA=='", { a: 'ase', b: '64' }],
    ["'${a}4@${b}'", { a: 'base6', b: 'eA==' }],
    ["'${a}64${b}eA=='", { a: 'base', b: '@' }],
    ["E'${a}'", { a: 'base64@eA==' }],
    ["E'base${a}'", { a: '64@eA==' }],
    ["E'${a}${b}'", { a: 'base', b: '64@eA==' }],
  ])('nothing of it is read as Base64: %s with %j', (literal, request) => {
    const args = writtenIn(literal, request);
    expect(args.trimStart()).not.toMatch(/^base64@/);
    expect(splitArgs(args)?.[0]).toBe('base64@eA==');
  });

  it.each([
    ["'${a}${b}'", { a: 'base', b: '64' }, 'base64'],
    ["'base${a} ${b}'", { a: '64', b: '@eA==' }, 'base64 @eA=='],
    ["'x ${a}'", { a: 'base64@eA==' }, 'x base64@eA=='],
    ["'${b} ${a}'", { a: 'base64@eA==', b: 'x' }, 'x base64@eA=='],
    ["'${a}64@'", { a: 'Base' }, 'Base64@'],
  ])('what would not be read as Base64 stays as it is: %s with %j', (literal, request, args) => {
    expect(writtenIn(literal, request)).toBe(args);
  });

  it.each([
    // Within '…' a backslash is text, elsewhere it hides a quote sign.
    ["'''a\\'' ${x}'", ['a\\', 'a b']],
    ['\'"${x}"\'', ['a b']],
    ['\'"\\"${x}"\'', ['"a b']],
    ['\'\\"${x}\\"\'', ['"a b"']],
    ['E\'--a "${x}" ${x}\'', ['--a', 'a b', 'a b']],
    ['\'"\\\\" ${x}\'', ['\\', 'a b']],
  ])('it stands in the quotes that the author has opened: %s', (literal, args) => {
    expect(splitArgs(writtenIn(literal, { x: 'a b' }))).toEqual(args);
  });

  it('base64@ of the author takes no value', () => {
    expect(refusal("EXECUTE JAR WITH ('args' = ' base64@${x}')", { x: 'eA==' }).code).toBe('variable.refused');
  });
});

describe('laws', () => {
  const author = fc.constantFrom(
    ...[
      "'",
      '`',
      ';',
      '--',
      '\n',
      '/*',
      '*/',
      '/*+',
      ' ',
      '-',
      '.',
      ',',
      '(',
      ')',
      'a',
      'E',
      'N',
      'U&',
      '1',
      '=',
      ':=',
      '$',
      '{',
      '}',
      '\\',
    ],
    ...[
      'SELECT ',
      'SET ',
      'SET k=',
      'RESET ',
      "'${x}'",
      '`${x}`',
      ' ${x} ',
      ' ${y} ',
      '${x}',
      '${y}',
      "E'${y}'",
      "'a''${x}'",
    ],
    ...['EXECUTE JAR WITH (', "'args' = '", 't_${x}', '-${y}', "U&'${x}'"],
  );
  const value = fc.oneof(
    fc.constantFrom(...HOSTILE, '1', '-1', 'a', 'a.b', "'q'", '`n`', '1, 2', "DATE '2026-01-31'", 'UESCAPE'),
    fc
      .array(fc.constantFrom("'", '`', ';', '-', '/', '*', 'a', '1', ' ', '\n', '$', '{', '}', '\\', '.', 'E', '&'), {
        maxLength: 6,
      })
      .map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const text = fc.array(author, { minLength: 1, maxLength: 14 }).map((parts) => parts.join(''));

  const isJoined = (left: Token | undefined, right: Token | undefined): boolean =>
    left !== undefined &&
    left.end === right?.start &&
    [left, right].every(({ kind }) => ['word', 'number', 'placeholder'].includes(kind));

  it('tokens outside of the places of values are the same before and after', () => {
    let placed = 0;
    fc.assert(
      fc.property(text, value, value, (script, x, y) => {
        const slots = scanned(script)
          ?.filter(({ kind }) => kind !== 'comment' && kind !== 'foreign')
          .flatMap((token) =>
            findPlaceholders(token.text).map((it) => ({
              ...it,
              start: token.start + it.start,
              end: token.start + it.end,
            })),
          )
          .map((it) => ({ ...it, value: it.name === 'x' ? x : y, line: 1 }));
        if (slots === undefined || slots.length === 0) return;
        const written = refusedOr(() => writeSlots({ text: script, tokens: scan(script) }, slots).slots);
        if (written === null) return;
        placed += 1;
        const after = withWritten(script, written);
        const shiftAt = (offset: number): number =>
          written
            .filter(({ end }) => end <= offset)
            .reduce((sum, slot) => sum + slot.written.length - (slot.end - slot.start), offset);
        const tokens = scan(script);
        const found = new Map(scan(after).map((token) => [token.start, token]));
        for (const [index, token] of tokens.entries()) {
          const touches = isJoined(tokens[index - 1], token) || isJoined(token, tokens[index + 1]);
          if (touches || token.kind === 'placeholder' || token.kind === 'raw') continue;
          const same = found.get(shiftAt(token.start));
          expect([same?.kind, same?.end]).toEqual([token.kind, shiftAt(token.end)]);
          const inside = slots.filter(({ start }) => start >= token.start && start < token.end);
          if (same !== undefined) expectSame(script, token, same, inside);
        }
        const ends = scan(after).filter(({ kind }) => kind === 'semicolon' || kind === 'comment').length;
        expect(ends).toBe(tokens.filter(({ kind }) => kind === 'semicolon' || kind === 'comment').length);
      }),
      { numRuns: 20_000 },
    );
    expect(placed).toBeGreaterThan(1_000);
  });

  it('time grows with the size of the value and of the text', () => {
    const milliseconds = (size: number): number => {
      const values = [
        "'".repeat(size),
        '1,'.repeat(size) + '1',
        '-'.repeat(size),
        '`'.repeat(size),
        '${'.repeat(size / 100),
        'a.'.repeat(size),
        '('.repeat(size),
      ];
      const texts = [
        "SELECT '${x}'",
        'SELECT ${x}',
        'SELECT `${x}`',
        'SET k = ${x}',
        "EXECUTE JAR WITH ('args' = '${x}')",
      ];
      return cpuMs(() => {
        for (const x of values) for (const script of texts) refusedOr(() => put(script, x));
        const many = "'${x}', ${x}, t_${x}, ".repeat(size / 10);
        refusedOr(() => put(`SELECT ${many} 1`, '5'));
        refusedOr(() => put(`EXECUTE JAR WITH ('args' = '${'${x} '.repeat(size / 10)}')`, 'a b'));
      });
    };
    milliseconds(1_000);
    expect(milliseconds(20_000)).toBeLessThan(Math.max(milliseconds(2_000), 5) * 40);
  });
});

/** Not in arguments of a jar, and nowhere near a sign that takes the meaning from the next one. */
function isPlain(script: string, token: Token): boolean {
  return !script.includes('JAR') && !script.includes('\\') && !/[uU]&$/.test(script.slice(0, token.start));
}

function expectSame(script: string, token: Token, same: Token, inside: Parameters<typeof valueWith>[1]): void {
  if (inside.length === 0) expect(same.text).toBe(token.text);
  else if (isPlain(script, token)) expect(valueOf(same)).toBe(valueWith(token, inside));
}

/** What a literal or a name stands for when each value is data. */
function valueWith(token: Token, slots: readonly { start: number; end: number; value: string }[]): string {
  const marked = slots.reduceRight(
    (text, { start, end }) => `${text.slice(0, start - token.start)}\u0001${text.slice(end - token.start)}`,
    token.text,
  );
  const values = slots.map(({ value }) => value);
  return valueOf({ ...token, text: marked }).replaceAll('\u0001', () => values.shift() ?? '');
}

function scanned(text: string): Token[] | undefined {
  return refusedOr(() => scan(text)) ?? undefined;
}

function refusedOr<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof AppError && error.code !== 'internal') return null;
    throw error;
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { placeSecrets } from '../../../lib/domain/secrets/place-secrets.ts';
import { lineAt } from '../../../lib/domain/variables/line-map.ts';
import { type ResolveInput, resolveVariables } from '../../../lib/domain/variables/resolve.ts';
import { cpuMs } from '../../builders/cpu-ms.ts';

const resolve = (text: string, layers: Partial<ResolveInput> = {}) =>
  resolveVariables({ text, globals: {}, databases: {}, request: {}, ...layers });

function refusal(text: string, layers: Partial<ResolveInput> = {}): AppError {
  try {
    resolve(text, layers);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was expected to throw');
}

describe('where a variable is put in place', () => {
  const request = { x: 'X' };
  it.each([
    ['SELECT ${x}', 'SELECT X'],
    ['SELECT ${ x\t}', 'SELECT X'],
    ["SELECT '${x}'", "SELECT 'X'"],
    ["SELECT E'\\'${x}'", "SELECT E'\\'X'"],
    ['SELECT `${x}`', 'SELECT `X`'],
    ['SELECT t_${x}_1', 'SELECT t_X_1'],
    ['SELECT ${x}${x}', 'SELECT XX'],
    ["SELECT /*+ A('${x}', ${x}) */ 1", "SELECT /*+ A('X', X) */ 1"],
    ['SET a = s3://${x}/b', 'SET a = s3://X/b'],
    ['SET ${x} = 1', 'SET X = 1'],
    ['SELECT 1 -- ${x} ${y}', 'SELECT 1 -- ${x} ${y}'],
    ['SELECT 1 // ${y}', 'SELECT 1 // ${y}'],
    ['/* ${y} */ SELECT 1', '/* ${y} */ SELECT 1'],
    ["SELECT '${', '$x', '${}', '${\nx y}'", "SELECT '${', '$x', '${}', '${\nx y}'"],
    ['SELECT $x', 'SELECT $x'],
  ])('%s', (text, expected) => expect(resolve(text, { request }).text).toBe(expected));

  it.each(['a-b', 'a.b', 'a_b', '$a', '1', '库', 'constructor', '__proto__'])('a variable may be called %s', (name) => {
    const layer = Object.fromEntries([[name, 'V']]);
    expect(resolve(`SELECT '\${${name}}'`, { request: layer }).text).toBe("SELECT 'V'");
    expect(resolve(`${name} := V; SELECT '\${${name}}'`).text).toBe(" SELECT 'V'");
    expect(refusal(`SELECT '\${${name}}'`).code).toBe('variable.missing');
  });
});

describe('what stands in ${…} and is no name is refused, wherever it stands', () => {
  it.each([
    ["SELECT 1,\n  'd: ${day.of(1)}'", '${day.of(1)}', 'line 2, column 7'],
    ["SELECT '${x}', '${x - 1}'", '${x - 1}', 'line 1, column 17'],
    ["SELECT '${my name}'", '${my name}', 'line 1, column 9'],
    ["SELECT '${a ${x}'", '${a ${x}', 'line 1, column 9'],
    ['SELECT `c_${f()}`', '${f()}', 'line 1, column 11'],
    ["SELECT * FROM t /*+ OPTIONS('a' = '${f()}') */", '${f()}', 'line 1, column 36'],
    ["SET 'a' = '${f()}'", '${f()}', 'line 1, column 12'],
    ['SET a = ${f()}', '${f()}', 'line 1, column 9'],
    ["y := '${f()}';\nSELECT ${y}", '${f()}', 'line 1, column 7'],
    ['y := a,\n ${f()};\nSELECT ${y}', '${f()}', 'line 2, column 2'],
  ])('%s', (text, seen, place) => {
    const error = refusal(text, { request: { x: 'X' } });
    expect(error.code).toBe('sql.syntax');
    expect(error.message).toContain(`"${seen}" at ${place}. Write \${name}`);
    expect(error.message).toContain('variables.NAME=value');
  });

  it.each(["SELECT 1 -- ${f()}'", '/* ${f()} */ SELECT 1', 'EXECUTE PIPELINE WITHYAML (a: ${f()})'])(
    'but not in what is never sent: %s',
    (text) => expect(resolve(text).text).toBe(text),
  );

  it('such a text can be written with a variable that holds the sign', () => {
    expect(resolve("sign := $;SELECT '${sign}{a b}'").text).toBe("SELECT '${a b}'");
  });
});

describe('definitions', () => {
  it.each([
    ['x := 5; SELECT ${x}', ' SELECT 5'],
    ["x := 'a;b' ;SELECT ${x}", "SELECT 'a;b'"],
    ["o := 'k' = 'v', -- note ; \n 'l' = 'w';SELECT (${o})", "\nSELECT ('k' = 'v', 'l' = 'w')"],
    ['p := s3://b/*/c;SELECT ${p}', 'SELECT s3://b/*/c'],
    ['x:=1;SELECT ${x}', 'SELECT 1'],
    ['SELECT ${x};x := 1', 'SELECT 1;'],
    ['x := 1;SELECT ${x};x := 2;SELECT ${x}', 'SELECT 1;SELECT 2'],
    ['SELECT ${x};x := 1;x := 2;', 'SELECT 1;'],
    ['x := a;x := ${x}_2;SELECT ${x}', 'SELECT a_2'],
    ['x := a;x := ${x}b;x := ${x}c;SELECT ${x}', 'SELECT abc'],
    ['x := ${y};y := 1;SELECT ${x}', 'SELECT 1'],
    ["q := SELECT 'a' FROM t;INSERT INTO s ${q}", "INSERT INTO s SELECT 'a' FROM t"],
    ['x := \n 1\n;\nSELECT ${x}', '\n\n\nSELECT 1'],
    ["x := E'a\\';b' ;SELECT ${x}", "SELECT E'a\\';b'"],
    ["x := note'a;b';SELECT ${x}", "SELECT note'a;b'"],
    ['-- c\nx := 1;SELECT ${x}', '-- c\nSELECT 1'],
    ["t := 你好；再见;SELECT '${t}'", "SELECT '你好；再见'"],
  ])('%s', (text, expected) => expect(resolve(text).text).toBe(expected));

  it('come back with their full values and lines', () => {
    const { definitions, used } = resolve('a := 1;\n\nb := ${a}${a};\nc := 3;\nSELECT ${b}');
    expect(definitions).toMatchObject([
      { name: 'a', value: '1', line: 1 },
      { name: 'b', value: '11', line: 3 },
      { name: 'c', value: '3', line: 4 },
    ]);
    expect(used).toEqual(['a', 'b']);
  });

  it('need a value', () => {
    const error = refusal('SELECT 1;\nx := ;');
    expect(error.code).toBe('sql.syntax');
    expect(error.message).toContain('"x" of line 2');
  });
});

it('a definition within another statement is named as such: a semicolon is missing', () => {
  const error = refusal('SELECT 1\nx := 5;');
  expect(error.code).toBe('sql.syntax');
  expect(error.message).toMatch(/"x :=" of line 2 is inside another statement.*semicolon/);
});

describe('precedence', () => {
  const all = { globals: { x: 'g' }, databases: { x: 'd' }, request: { x: 'r' } };
  it.each([
    ['SELECT ${x}', { globals: all.globals }, 'SELECT g'],
    ['SELECT ${x}', { ...all, request: {} }, 'SELECT d'],
    ['x := t;SELECT ${x}', { ...all, request: {} }, 'SELECT t'],
    ['x := t;SELECT ${x}', all, 'SELECT r'],
    ['x := ${x}1;SELECT ${x}', { globals: all.globals }, 'SELECT g1'],
    ['x := ${missing};SELECT ${x}', all, 'SELECT r'],
    ['y := 1;SELECT ${x};y := 2;SELECT ${x}', { globals: { x: '<${y}>' } }, 'SELECT <1>;SELECT <2>'],
    ['x := 1;SELECT ${a}', { globals: { a: '${b}' }, databases: { b: '${x}' } }, 'SELECT 1'],
    ['${x} 1', { globals: { x: 'SELECT' } }, 'SELECT 1'],
  ])('%s with %j', (text, layers, expected) => {
    expect(resolve(text, layers as Partial<ResolveInput>).text).toBe(expected);
  });
});

describe('refusals', () => {
  it('list every missing name with all its lines', () => {
    const error = refusal("SELECT ${a},\n'${b}',\n${a};\nx := ${c};");
    expect(error.code).toBe('variable.missing');
    expect(error.message).toContain('${a} (lines 1, 3)');
    expect(error.message).toContain('${b} (line 2)');
    expect(error.message).toContain('${c} (line 4)');
  });

  it.each([
    [false, 'or turn on "fragment" for the deployment\'s variables.'],
    [true, 'or add them to the variables of the deployment.'],
  ])('say what would help where "fragment" is %s', (fragment, advice) => {
    const { message } = refusal('SELECT ${a}', { fragment });
    expect(message).toMatch(/^No value for \$\{a\} \(line 1\)\. Give them with the request/);
    expect(message.endsWith(advice)).toBe(true);
    expect(message.includes('turn on')).toBe(!fragment);
  });

  it('stop listing at some point', () => {
    const text = `SELECT ${Array.from({ length: 50 }, (_, n) => `\${v${n}}`).join(',')}`;
    expect(refusal(text).message).toContain('and 30 more');
  });

  it.each([
    ['a := ${b};b := ${a};\nSELECT 1', {}, 'a -> b -> a'],
    ['a := ${a};', {}, 'a -> a'],
    ['SELECT ${a}', { globals: { a: '${b}', b: '${c}', c: '${b}' } }, 'b -> c -> b'],
    ['SELECT ${a}', { databases: { a: 'x${a}' } }, 'a -> a'],
    ['x := ${g};SELECT ${x}', { globals: { g: '${x}' } }, 'x -> g -> x'],
  ])('name a circle: %s', (text, layers, path) => {
    const error = refusal(text, layers);
    expect(error.code).toBe('variable.cycle');
    expect(error.message).toContain(`${path} (line 1)`);
  });

  it.each(['', 'ha'])('stop values that multiply each other (leaf %j)', (leaf) => {
    const globals = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`v${n}`, `\${v${n + 1}}`.repeat(10)]));
    const run = () => resolve('SELECT ${v0}', { globals: { ...globals, v40: leaf } });
    if (leaf === '') expect(run().text).toBe('SELECT ');
    else expect(run).toThrow(expect.objectContaining({ code: 'sql.tooLarge' }));
  });

  it('stop a text that grows over its limit', () => {
    expect(refusal('SELECT ${x}'.repeat(20), { globals: { x: 'a'.repeat(100_000) } }).code).toBe('sql.tooLarge');
  });

  it('stop nesting that is too deep, but not a long chain of definitions', () => {
    const chain = Array.from({ length: 2_000 }, (_, n) => `v${n + 1} := \${v${n}};`);
    expect(resolve(`v0 := 1;${chain.join('')}SELECT \${v2000}`).text).toBe('SELECT 1');
    expect(refusal(`${chain.reverse().join('')}v0 := 1;SELECT \${v2000}`).code).toBe('sql.tooLarge');
  });
});

describe('lines', () => {
  it('of the resolved text lead to the author', () => {
    const { text, map } = resolve("x := a\nb;\nSELECT 'u',\n${x},\n'${y}' ${x} z,\nlast", {
      request: { y: '1\r\n2\n3' },
    });
    const lines = text.split(/\r\n|\n/);
    const authors = lines.map((line, index) => [line, lineAt(map, index + 1)]);
    expect(authors).toEqual([
      ['', 1],
      ['', 2],
      ["SELECT 'u',", 3],
      ['a', 4],
      ['b,', 4],
      ["'1", 5],
      ['2', 5],
      ["3' a", 5],
      ['b z,', 5],
      ['last', 6],
    ]);
    expect(JSON.parse(JSON.stringify(map))).toEqual(map);
  });

  it('need no map when no value has a line break', () => expect(resolve('x := 1;\nSELECT ${x}').map).toEqual([]));
});

describe('secrets', () => {
  const globals = { pw: { secret: 'prod/pw' }, url: 'jdbc://u:${pw}@h' };

  it('stay in the text by name', () => {
    const { text, secrets, used } = resolve("SELECT '${ pw }', '${url}'", { globals });
    expect(text).toBe("SELECT '${pw}', 'jdbc://u:${pw}@h'");
    expect(secrets).toEqual({ pw: 'prod/pw' });
    expect(used).toEqual(['pw', 'url']);
  });

  it('are put in place so that no value breaks the text', () => {
    const values = { pw: "a'b`c\\d" };
    expect(placeSecrets("SELECT '${pw}', `${pw}`, E'${pw}', ${pw} -- ${pw}", values).text).toBe(
      "SELECT 'a''b`c\\d', `a'b``c\\d`, E'a''b`c\\\\d', a'b`c\\d -- ${pw}",
    );
    // Text of a value that a request brought.
    expect(placeSecrets("SELECT '${toString}'", values).text).toBe("SELECT '${toString}'");
  });
});

describe('laws', () => {
  const word = fc.constantFrom(
    'a',
    "'s'",
    '`n`',
    ';',
    '--c\n',
    '/*d*/',
    ' ',
    '\n',
    '\r\n',
    '${x}',
    '${y}',
    'x := ',
    'y:=${x};',
    "'${x}'",
    '${',
    "'",
    '$',
    '{',
    '}',
  );
  const text = fc.array(word, { maxLength: 30 }).map((parts) => parts.join(''));

  it('text without placeholders and definitions resolves to itself', () => {
    fc.assert(
      fc.property(text, (any) => {
        const plain = any.replaceAll('${', '$ {').replaceAll(':=', ': =');
        try {
          expect(resolve(plain)).toMatchObject({ text: plain, map: [], definitions: [], used: [], secrets: {} });
        } catch (error) {
          expect(error).toMatchObject({ name: 'AppError', code: 'sql.syntax' });
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('any text resolves, or is refused with an AppError; what resolved has nothing left to resolve', () => {
    fc.assert(
      fc.property(text, fc.string(), (any, value) => {
        try {
          const { text: resolved } = resolve(any, { request: { x: '1' }, globals: { y: value.replaceAll('${', '') } });
          expect(resolved.replace(/--.*|\/\*.*?\*\//g, '')).not.toMatch(/\$\{[xy]\}/);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('time grows with the size of the text', () => {
    const milliseconds = (size: number): number => {
      const text = "v := ${x};\nSELECT '${v}', ${x};\n".repeat(size);
      return cpuMs(() => void resolve(text, { request: { x: '1' }, globals: {} }));
    };
    expect(milliseconds(6_000)).toBeLessThan(Math.max(milliseconds(600), 2) * 40);
  });
});

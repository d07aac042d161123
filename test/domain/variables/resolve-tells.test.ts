/** What is told besides the text: which variables were used, which are missing where, and what one is worth at a place. */
import { describe, expect, it } from 'vitest';
import { type ResolveInput, resolveVariables } from '../../../lib/domain/variables/resolve.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';

const resolve = (text: string, layers: Partial<ResolveInput> = {}) =>
  resolveVariables({ text, globals: {}, databases: {}, request: {}, ...layers });
const refusal = (text: string, layers: Partial<ResolveInput> = {}) => thrownAppError(() => resolve(text, layers));

it('the variables that were used, in the order of their names', () => {
  expect(resolve('SELECT ${b}, ${a}, ${b}', { request: { a: '1', b: '2', c: '3' } }).used).toEqual(['a', 'b']);
});

describe('missing variables', () => {
  it('are named with their lines, in the order of the lines', () => {
    const { code, message } = refusal(`SELECT \${m};${'\n'.repeat(8)}x := \${m};\ny := \${m};\nSELECT \${x}, \${y}`);
    expect(code).toBe('variable.missing');
    expect(message).toMatch(/^No value for \$\{m\} \(lines 1, 9, 10\)\. Give them with the request/);
  });

  it('are all named when there are a few', () => {
    expect(refusal('SELECT ${a}, ${b}').message).toMatch(/^No value for \$\{a\} \(line 1\), \$\{b\} \(line 1\)\. Give/);
  });

  it('are counted when there are very many, and so are their lines', () => {
    const many = Array.from({ length: 100 }, (_, n) => `\${v${n}}`).join(',');
    const { message } = refusal(`SELECT ${many}`);
    const named = message.match(/\$\{v\d+\}/g)?.length ?? 0;
    expect(named).toBeLessThan(100);
    expect(message).toContain(` and ${100 - named} more. `);
    const lines = refusal(`SELECT ${'${m},\n'.repeat(100)} 1`).message;
    expect(lines).not.toContain('100');
  });
});

describe('a text that is too large with its values', () => {
  const KIB = 1_024;
  const MAX =
    Number(/over (\d+) KiB/.exec(refusal('SELECT ${x}', { request: { x: 'x'.repeat(20_000 * KIB) } }).message)?.[1]) *
    KIB;

  it('is refused, one that just fits is not', () => {
    const room = MAX - "SELECT ''".length;
    expect(
      resolve("SELECT '${x}'", { globals: { x: 'x'.repeat(room - '${x}'.length) } }).text.length,
    ).toBeLessThanOrEqual(MAX);
    const { code, message } = refusal("SELECT '${x}'", { globals: { x: 'x'.repeat(room + 1) } });
    expect(code).toBe('sql.tooLarge');
    expect(message).toMatch(/over \d+ KiB\. Make the values shorter\.$/);
  });
});

describe('what a variable is worth at a place of the resolved text', () => {
  const text = 'x := 1;\nSELECT ${x}, 1;\nx := 2;\nSELECT ${x}, 2;';
  const { text: resolved, fragments, requested } = resolve(text, { request: { y: 'why', z: 'zed' } });

  it.each([
    ['1;', '1'],
    ['2;', '2'],
  ])('is what is defined above it: at %s', (what, value) => {
    expect(fragments.valueAt('x', resolved.indexOf(what, resolved.indexOf(`, ${what}`)))).toBe(value);
  });

  it('is what the request gives', () => {
    expect(requested.has('y')).toBe(false);
    expect(fragments.valueAt('y', resolved.length)).toBe('why');
    expect([requested.has('y'), requested.has('z')]).toEqual([true, false]);
  });

  it('is nothing where nobody defines it', () => {
    expect(fragments.valueAt('none', 0)).toBeNull();
  });

  it('is missing where its own value needs one that is', () => {
    const { fragments: other } = resolve('SELECT 1', { globals: { a: '${b}' } });
    expect(thrownAppError(() => other.valueAt('a', 0)).code).toBe('variable.missing');
  });
});

/** SHOW FRAGMENTS and SHOW FRAGMENT: what variables a text has, and what each is at that place. Without secrets. */
import { describe, expect, it } from 'vitest';
import { showFragments } from '../../../lib/domain/plan/show-fragments.ts';
import { MASK } from '../../../lib/domain/secrets/text-spans.ts';
import { splitScript } from '../../../lib/domain/sql/split.ts';
import { type ResolveInput, resolveVariables } from '../../../lib/domain/variables/resolve.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';

/** What the last statement of a text shows. */
function shown(text: string, layers: Partial<ResolveInput> = {}): ReturnType<typeof showFragments> {
  const resolved = resolveVariables({ text, globals: {}, databases: {}, request: {}, ...layers });
  return showFragments(splitScript(resolved.text).at(-1)!, resolved, 'line 3');
}

const valueOf = (text: string, layers?: Partial<ResolveInput>): string | undefined => shown(text, layers).rows[0]?.[0];

function refusal(text: string, layers?: Partial<ResolveInput>): [string, string] {
  const { code, message } = thrownAppError(() => shown(text, layers));
  return [code, message];
}

describe('SHOW FRAGMENTS', () => {
  it('lists the names of all variables that have a value', () => {
    const globals = { region: 'eu' };
    const request = { day: '2026-01-31' };
    expect(shown('b := 1; a := 2; SHOW FRAGMENTS', { globals, request })).toEqual({
      columns: ['variableName'],
      rows: [['a'], ['b'], ['day'], ['region']],
    });
    expect(shown('show fragments')).toEqual({ columns: ['variableName'], rows: [] });
  });

  it('takes no name', () => {
    expect(refusal('a := 1; SHOW FRAGMENTS a')).toEqual([
      'sql.syntax',
      'SHOW FRAGMENTS (line 3) lists every variable and takes no arguments. Remove what follows it.',
    ]);
  });
});

describe('SHOW FRAGMENT', () => {
  it('shows one value, as it would be put in place there', () => {
    const text = 'a := 1; b := x${a}y; SHOW FRAGMENT b';
    expect(shown(text)).toEqual({ columns: ['variable'], rows: [['x1y']] });
    expect(valueOf('a := 1; SHOW FRAGMENT a; a := 2')).toBe('1');
    expect(valueOf('SHOW FRAGMENT a', { globals: { a: 'g' }, request: { a: 'r' } })).toBe('r');
    expect(valueOf('SHOW FRAGMENT `a-b`', { globals: { 'a-b': 'g' } })).toBe('g');
    expect(valueOf('SHOW FRAGMENT a.b', { globals: { 'a.b': 'g' } })).toBe('g');
  });

  it('shows no value whose variable has the name of a secret', () => {
    const request = { db_password: 'hunter2-hunter2' };
    expect(valueOf('SHOW FRAGMENT db_password', { request })).toBe(MASK);
    const within = "url := 'jdbc://me:${db_password}@h'; SHOW FRAGMENT url";
    expect(valueOf(within, { request })).not.toContain('hunter2');
    expect(valueOf("options := \"'password' = 'hunter2-hunter2'\"; SHOW FRAGMENT options")).not.toContain('hunter2');
  });

  it('shows neither a secret of a store nor what it is a part of', () => {
    const globals = { db_password: { secret: 'prod/pw' }, shop: { secret: 'prod/shop' } };
    expect(valueOf('SHOW FRAGMENT db_password', { globals })).toBe(MASK);
    expect(valueOf("SET 'k' = '${db_password}'; SHOW FRAGMENT db_password", { globals })).toBe(MASK);
    expect(valueOf('SHOW FRAGMENT shop', { globals })).toBe('${shop}');
    for (const value of ['a${shop}', "'planted'", 'p'])
      expect(valueOf(`api_token := ${value}; SHOW FRAGMENT api_token`, { globals })).toBe(MASK);
  });

  it('shows no value of such a variable within another', () => {
    const text = "SET 'k' = '${db_password}'; note := see ${db_password} there; SHOW FRAGMENT note";
    expect(valueOf(text, { globals: { db_password: 'planted' } })).toBe(`see ${MASK} there`);
  });

  it('shows no short secret that is a word of another value', () => {
    const text = 'pin_password := b7; url := jdbc:u/b7/ab7; SHOW FRAGMENT url';
    expect(valueOf(text.replace('SHOW', "SET 'k' = '${pin_password}'; SHOW"))).toBe(`jdbc:u/${MASK}/ab7`);
  });

  it.each(["'a b'", "'planted!'", '`a b`', "'a' = 'planted'"])('does not repeat what is no name: %s', (name) => {
    const [code, message] = refusal(`a := 1; SHOW FRAGMENT ${name}`);
    expect(code).toBe('sql.syntax');
    expect(message).toBe('SHOW FRAGMENT (line 3) names no variable. Write SHOW FRAGMENT name;');
  });

  it('names the variables that there are when it is asked for another', () => {
    expect(refusal('SHOW FRAGMENT x')).toEqual([
      'variable.missing',
      'SHOW FRAGMENT (line 3): there is no variable "x". There is none.',
    ]);
    expect(refusal('b := 1; a := 2; SHOW FRAGMENT x')[1]).toContain('"x". There are a, b.');
    expect(refusal('SHOW FRAGMENT shop.my-$1')[0]).toBe('variable.missing');
    const names = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`v${String(i + 10)}`, '1']));
    expect(refusal('SHOW FRAGMENT x', { globals: names(20) })[1]).toMatch(/v28, v29\.$/);
    expect(refusal('SHOW FRAGMENT x', { globals: names(22) })[1]).toMatch(/v28, v29 and 2 more\.$/);
  });

  it('must name one', () => {
    expect(refusal('a := 1; SHOW FRAGMENT')).toEqual([
      'sql.syntax',
      'SHOW FRAGMENT (line 3) names no variable. Write SHOW FRAGMENT name;',
    ]);
  });
});

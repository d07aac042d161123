/** Which value is to blame where the text around it is read in another way than without it. */
import { describe, expect, it } from 'vitest';
import { nth } from '../../../lib/domain/sql/nth.ts';
import { findPlaceholders } from '../../../lib/domain/sql/placeholder.ts';
import { scan, scanOrNull } from '../../../lib/domain/sql/scan.ts';
import type { Token } from '../../../lib/domain/sql/token.ts';
import type { WrittenSlot } from '../../../lib/domain/variables/refused.ts';
import { firstDifference, withWritten } from '../../../lib/domain/variables/tokens.ts';

/** The values are written as they are, in order of their places. */
const slotsOf = (text: string, values: readonly string[]): WrittenSlot[] =>
  findPlaceholders(text).map((place, at) => ({ ...place, line: 1, value: nth(values, at), written: nth(values, at) }));

function blamed(text: string, ...values: string[]): string | null {
  const slots = slotsOf(text, values);
  return firstDifference(scan(text), scanOrNull(withWritten(text, slots)), slots)?.name ?? null;
}

it('values are put into their places, and nothing else is touched', () => {
  const text = "SELECT ${a}, '${b}' FROM t";
  expect(withWritten(text, slotsOf(text, ['12345', '']))).toBe("SELECT 12345, '' FROM t");
  expect(withWritten('SELECT 1', [])).toBe('SELECT 1');
});

describe('nobody is to blame', () => {
  it.each<[string, ...string[]]>([
    ['SELECT 1 FROM t'],
    ['SELECT ${a}', '5'],
    ['SELECT ${a} FROM t', ' 5 '],
    ['SELECT f(${a}), x FROM t', "1, 'b', DATE '2026-01-31'"],
    ["SELECT '${a}', 'b' FROM t", 'c d'],
    ["SELECT '${a}-${b}', c", '', 'long enough'],
    ['SELECT `a${a}` FROM `t`', 'b c'],
    ['SELECT /*+ A(${a}) */ b FROM t', 'c'],
    ['SELECT * FROM t${a} WHERE b', ''],
    ['SELECT * FROM t${a} WHERE b', '.c'],
    ['SELECT * FROM t_${a}_v WHERE b', '2026'],
    ['SELECT ${a}${b}, c', 't_', '1'],
    ["SELECT '${a}'${b}, c", 'x', ' y'],
    ['t_${a} FROM t', '1'],
    ['SELECT ${a} ${b}, ${c}', 'long enough', 'x', '7'],
    ['SET k = ${a}', "'b c'"],
    ['SET k = s3://${a}/${b}; SELECT 1', 'x-y', 'z'],
  ])('%s', (text, ...values) => expect(blamed(text, ...values)).toBeNull());
});

describe('a value is to blame that', () => {
  it.each<[string, string, string]>([
    ['ends a statement', 'SELECT ${a} FROM t', '1; DROP'],
    ['ends a statement, in a word', 'SELECT t_${a} FROM t', '1; DROP'],
    ['begins a comment', 'SELECT ${a} FROM t', '1 /* x */'],
    ['begins a comment that takes the rest', 'SELECT ${a} FROM t', '1 --'],
    ['is a variable', 'SELECT ${a} FROM t', '${b}'],
    ['is empty, and leaves nothing', 'SELECT ${a} FROM t', ''],
    ['is empty, and leaves nothing at the end', 'SELECT ${a}', ''],
    ['ends a literal', "SELECT '${a}', b", "x' 'y"],
    ['ends a literal, as long as it was', "SELECT '${a}'", "'x'"],
    ['leaves a literal open', "SELECT '${a}', b", "x'"],
    ['ends a name', 'SELECT `${a}`, b', 'x`.`y'],
    ['is one with what stands before it', 'SELECT 1 -${a}, b', '- c\n 1'],
    ['is one with what stands behind it', "SELECT ${a}'x', b", 'E'],
    ['can not be read', 'SELECT ${a}', "'"],
  ])('%s', (_what, text, value) => expect(blamed(text, value)).toBe('a'));

  it.each<[string, readonly string[], string]>([
    ['SELECT ${a}, ${b}, ${c}', ['1; 2', '3', '4'], 'a'],
    ['SELECT ${a}, ${b}, ${c}', ['1', '2; 3', '4'], 'b'],
    ['SELECT ${a}, ${b}, ${c}', ['1', '2', '3; 4'], 'c'],
    ["SELECT '${a}${b}', '${c}'", ['1', "' '", '4'], 'b'],
    ["SELECT '${a}' x, '${b}', '${c}'", ['longer than it was', "2' '3", '4'], 'b'],
  ])('stands nearest before the difference: %s with %j', (text, values, name) =>
    expect(blamed(text, ...values)).toBe(name),
  );
});

describe('the tokens around the values are compared one by one', () => {
  const TEXT = "SELECT '${a}', bc FROM t";
  const slots = slotsOf(TEXT, ['12']);
  const after = scan(withWritten(TEXT, slots));
  const differs = (tokens: readonly Token[]): boolean => firstDifference(scan(TEXT), tokens, slots) !== null;
  const changed = (at: number, change: Partial<Token>): Token[] =>
    after.map((token, index) => (index === at ? { ...token, ...change } : token));

  it('as they are, they are the same', () => expect(differs(after)).toBe(false));

  it.each<[string, Token[]]>([
    ['a kind', changed(3, { kind: 'name' })],
    ['a text', changed(3, { text: 'bd' })],
    ['a place', changed(3, { start: nth(after, 3).start + 1 })],
    ['a text before the value', changed(0, { text: 'SELECX' })],
    ['the end of the literal', changed(1, { end: nth(after, 1).end - 1 })],
    ['the kind of the literal', changed(1, { kind: 'name' })],
    ['the start of the literal', changed(1, { start: nth(after, 1).start + 1 })],
    ['a token too many', [...after, nth(after, -1)]],
    ['one too few', after.slice(0, -1)],
    ['none at all', []],
  ])('%s', (_what, tokens) => expect(differs(tokens)).toBe(true));

  it('a sign that touches a value is the same, too', () => {
    const text = 'SELECT -${a}';
    const minus = scan('SELECT -5').map((token) => (token.text === '-' ? { ...token, text: '+' } : token));
    expect(firstDifference(scan(text), minus, slotsOf(text, ['5']))?.name).toBe('a');
  });

  it('what begins before a value does not count as the value', () => {
    const text = 'SELECT ${a}';
    const [select, five] = scan('SELECT 5');
    const early = [nth([select], 0), { ...nth([five], 0), start: 6 }] as Token[];
    expect(firstDifference(scan(text), early, slotsOf(text, ['5']))?.name).toBe('a');
  });

  it('a place in no token has no value', () => {
    const between: WrittenSlot = { name: 'a', value: '', written: '', line: 1, start: 6, end: 6 };
    expect(firstDifference(scan('SELECT 1'), scan('SELECT 2'), [between])?.name).toBe('a');
  });
});

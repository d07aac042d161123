/** Where a value ends that stands behind a sensitive key. */
import { describe, expect, it } from 'vitest';
import { quotedEnd, unquotedEnd } from '../../../lib/domain/secrets/secret-values.ts';

const NO_LIMIT = 1_000;
const quoted = (text: string, limit = text.length) => quotedEnd({ text, at: 0, limit });

describe('a value in quotes', () => {
  it.each([
    ["'ab' c", { start: 1, end: 3 }],
    ["'a'' b' c", { start: 1, end: 6 }],
    ["'it's' c", { start: 1, end: 5 }],
    ["''ab'', c", { start: 2, end: 4 }],
    ['"a\\"b" c', { start: 1, end: 5 }],
    ['"a\\\\" c"', { start: 1, end: 4 }],
    ['\\"a\\\\\\"b\\" c', { start: 2, end: 8 }],
    ['`ab` c', { start: 1, end: 3 }],
    [`"'ab" c`, { start: 1, end: 4 }],
    ["'', a", { start: 1, end: 1 }],
  ])('ends at the quote that closes it: %s', (text, span) => expect(quoted(text)).toEqual(span));

  it.each([
    ["'ab", { start: 1, end: 3, close: "'" }],
    ['"ab', { start: 1, end: 3, close: '"' }],
    ['\\"ab"', { start: 2, end: 5, close: '\\"' }],
    ["''ab", { start: 2, end: 4 }],
    ["'it's all", { start: 1, end: 3 }],
    ["'it''s all", { start: 1, end: 4 }],
  ])('that is cut goes to the end, or to the last quote: %s', (text, span) => expect(quoted(text)).toEqual(span));

  it.each([
    ["'ab' c", 3, { start: 1, end: 3, close: "'" }],
    ['"ab" c', 3, { start: 1, end: 3, close: '"' }],
    ['"ab" c', 2, { start: 1, end: 2, close: '"' }],
    ["''ab'' c", 3, { start: 2, end: 3 }],
    ["'ab' c", 4, { start: 1, end: 3 }],
    ['"ab" c', 4, { start: 1, end: 3 }],
  ])('is not read behind the limit: %s to %i', (text, limit, span) => expect(quoted(text, limit)).toEqual(span));

  it.each(['ab', '', ' "ab"', '\\ab'])('is none: %j', (text) => expect(quoted(text)).toBeNull());
});

describe('a value without quotes', () => {
  const end = (text: string, opener: string, { at = 0, isValue = false } = {}): number =>
    unquotedEnd({ text, at, limit: Math.min(text.length, NO_LIMIT), isValue }, opener);

  it.each([
    ['in a query', 'a b&c', '?', 3],
    ['in a query', 'a b&c', '&', 3],
    ['in a list with semicolons', 'a b;c', ';', 3],
    ['on a line', 'a b\nc', '\n', 3],
    ['at the beginning of a value', 'a b\nc', '', 3],
  ])('%s is one of a whole value up to the sign of its list: %s', (_where, text, opener, length) => {
    expect(end(text, opener, { isValue: true })).toBe(length);
  });

  it.each([
    ['in a query', 'a b&c', '?', 1],
    ['in a query', 'a&b', '&', 1],
    ['at the beginning', 'a b\nc', '', 1],
    ['in a map', 'a b, c=d', '{', 3],
    ['in a map', 'a b, c=d', '(', 3],
    ['in brackets', '[a b] c', ' ', 5],
    ['in braces', '{a {b} c} d', ' ', 9],
    ['of a secret', '${pw}', ' ', 5],
    ['in a list with semicolons', 'a b;c', ';', 3],
    ['at the end of such a list', 'ab c', ';', 2],
    ['before the next key', 'a,bc=d', ' ', 1],
    ['not before a word', 'a,bc d', ' ', 4],
    ['not at a sign', 'ab=c d', ' ', 4],
    ['before a key with a blank behind it', 'x, a =b', '{', 1],
    ['before a column', 'ab [$0], c', ' ', 2],
  ])('%s ends in words: %s', (_where, text, opener, length) => expect(end(text, opener)).toBe(length));

  const behind = (before: string, rest: string): string => {
    const text = before + rest;
    return text.slice(before.length, end(text, ',', { at: before.length }));
  };

  it.each([
    ['{a=b, token=', 'x y, c=d}', 'x y'],
    ['[a=b, token=', 'x y, c=d}', 'x y'],
    ['(a=b, token=', 'x y, c=d}', 'x y'],
    ['a=b, token=', 'x y, c=d', 'x'],
    ['{a=b}, token=', 'x y, c=d', 'x'],
    ['[a=b], token=', 'x y, c=d', 'x'],
    ['f(a), token=', 'x y, c=d', 'x'],
    [`{a=b, token=`, `x y, c=${'d'.repeat(600)}`, 'x y'],
  ])('behind a comma goes on over blanks in a map alone: %s', (before, rest, value) => {
    expect(behind(before, rest)).toBe(value);
  });

  it.each(['[$0], b', '[$12], b', '[UPPER($1)], b', '[CAST(UPPER($1):INT)], b'])(
    'is not looked for in a column of a plan: %s',
    (text) => expect(end(text, '{')).toBe(0),
  );
});

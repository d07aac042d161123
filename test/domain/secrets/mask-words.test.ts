/** Short values as words of their own. */
import { describe, expect, it } from 'vitest';
import { wordMasker } from '../../../lib/domain/secrets/mask-words.ts';

const mask = (value: string, text: string): string => wordMasker([{ value, shown: '<>' }])(text);

describe('a short value', () => {
  it.each([
    ['x7', 'x7 and x7, (x7) "x7" u:x7@h u/x7 x7. =x7;', '<> and <>, (<>) "<>" u:<>@h u/<> <>. =<>;'],
    ['x7', 'x7a ax7 x7_ _x7 éx7 a.x7 x7.b a$x7 a-x7 x7-b', 'x7a ax7 x7_ _x7 éx7 a.x7 x7.b a$x7 a-x7 x7-b'],
    ['x7', '-x7 .x7 x7- x7.', '-<> .<> <>- <>.'],
    ['x!', 'x! ax! x!b', '<> ax! <>b'],
    ['!x', '!x a!x !xb', '<> a<> !xb'],
    ["x'y", "x'y, x''y", '<>, <>'],
    ['x"y', '"a x\\"y"', '"a <>"'],
    ['x\\', 'x\\ "x\\\\" \\"x\\\\\\\\\\" x\\\\\\', '<> "<>" \\"<>\\" x\\\\\\'],
    ['"x', 'a "x, \\"x, \\\\\\"x, \\\\"x', 'a <>, <>, <>, \\\\"x'],
    ['x y', 'a x y b', 'a <> b'],
    ['a/b', 'at a%2Fb', 'at <>'],
    ['-!-', "a -!- b, a-!-b, '-!-'", "a <> b, a-!-b, '<>'"],
    ['--', "a -- b, '--'", "a -- b, '--'"],
    ['{', 'no { here }', 'no { here }'],
    ['123', 'line 123, column 123 of 123', 'line 123, column 123 of <>'],
    ['12', 'of 12', 'of 12'],
    ['a', 'a table', 'a table'],
    ['Table', 'a Table', 'a Table'],
    ['   ', 'a    b', 'a    b'],
    ['', 'ab', 'ab'],
    ['hunter22', 'hunter22', 'hunter22'],
    ['hunter2', 'hunter2', '<>'],
  ])('%j is taken out of %s', (value, text, expected) => expect(mask(value, text)).toBe(expected));

  it('that begins like a longer one is not taken for it, in whatever order they are known', () => {
    const known = ['x7', 'x7 y8'].map((value) => ({ value, shown: `<${value}>` }));
    for (const values of [known, known.toReversed()]) expect(wordMasker(values)('x7 y8 x7')).toBe('<x7 y8> <x7>');
  });

  it('of two names is shown by the first', () => {
    const known = ['1', '2'].map((shown) => ({ value: 'x7', shown }));
    expect(wordMasker(known)('x7')).toBe('1');
  });

  it('knows nothing, changes nothing', () => expect(wordMasker([])('x7')).toBe('x7'));
});

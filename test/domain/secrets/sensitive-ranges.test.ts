/** Where a run's text holds plain values that no answer may show. */
import { describe, expect, it } from 'vitest';
import {
  maskWords,
  sensitiveParts,
  sensitiveRanges,
  shortParts,
  shownStatement,
  type TextRange,
} from '../../../lib/domain/secrets/sensitive-ranges.ts';

describe('sensitiveParts', () => {
  it.each<[string[], string[]]>([
    [['hunter22'], ['hunter22']],
    [["'hunter22'"], ['hunter22']],
    [["'two\nlines'"], ['two\nlines']],
    [["it's-not-quoted'"], ["it's-not-quoted'"]],
    [["'one' || 'two'!"], ["'one' || 'two'!"]],
    [["x'quoted-late'"], ["x'quoted-late'"]],
    [['abcd', 'abc', '  a   '], ['abcd']],
    [['jdbc:${user}:secret@${host}/db'], ['jdbc:', ':secret@']],
    [["'${pw}'"], []],
    [['same', "'same'", 'same'], ['same']],
  ])('of %j are %j', (values, parts) => expect(sensitiveParts(values)).toEqual(parts));
});

describe('parts of a value', () => {
  it('are short where less than four characters remain without blanks, and not nothing', () => {
    expect(shortParts(['   ', ' a ', 'abc', 'abcd', '  abc  '])).toEqual([' a ', 'abc', '  abc  ']);
  });

  it('stand between references to secrets, not to other names', () => {
    expect(sensitiveParts(['a${x}hush-1${pw}b-long'], new Set(['pw']))).toEqual(['a${x}hush-1', 'b-long']);
  });
});

describe('sensitiveRanges', () => {
  const text = 'hunter22 and hunter22hunter22, pass7word';

  it('are all places of a value, from the first character on, in order and once', () => {
    const ranges: TextRange[] = [
      [0, 8],
      [13, 21],
      [21, 29],
    ];
    expect(sensitiveRanges(text, ['hunter22'], [])).toEqual(ranges);
    expect(sensitiveRanges(text, ['hunter22'], [[13, 21]])).toEqual(ranges);
    expect(sensitiveRanges(text, ['pass7word', 'hunter22'], [])).toEqual([...ranges, [31, 40]]);
  });

  it('have literals of eight characters or more, wherever they stand', () => {
    const literals: TextRange[] = [
      [31, 39],
      [30, 37],
      [0, 7],
      [5, 14],
    ];
    expect(sensitiveRanges(text, [], literals)).toEqual([
      [5, 14],
      [31, 39],
    ]);
  });
});

describe('a value of less than four characters', () => {
  it('is looked for in literals alone', () => {
    const ranges = sensitiveRanges("7a 'x 7a y' 7a", ['7a'], [], { strings: [[4, 10]] });
    expect(ranges).toEqual([[6, 8]]);
    expect(sensitiveRanges("7a 'x 7a y' 7a", ['7a'], [])).toEqual([]);
  });

  it.each([
    ['7a', '7a x7a 7a7 (7a) 7a', '****** x7a 7a7 (******) ******'],
    ['--', 'a--b -- c', 'a******b ****** c'],
    ['7a', 'nothing', 'nothing'],
  ])('%s is a word of its own in %s', (part, text, shown) => expect(maskWords(text, [part])).toBe(shown));
});

describe('shownStatement', () => {
  it.each<[TextRange[], string]>([
    [[], 'abcdefghij'],
    [[[0, 3]], '******defghij'],
    [[[7, 10]], 'abcdefg******'],
    [
      [
        [2, 4],
        [4, 6],
      ],
      'ab************ghij',
    ],
    [
      [
        [2, 6],
        [4, 8],
      ],
      'ab******ij',
    ],
    [
      [
        [2, 8],
        [4, 6],
      ],
      'ab******ij',
    ],
  ])('without %j is %s', (ranges, shown) => expect(shownStatement('abcdefghij', ranges)).toBe(shown));
});

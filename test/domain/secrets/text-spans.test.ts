import { describe, expect, it } from 'vitest';
import { maskSpans, mergedSpans } from '../../../lib/domain/secrets/text-spans.ts';

describe('parts of a text', () => {
  it.each([
    [
      'that overlap are one',
      [
        [2, 6],
        [4, 8],
      ],
      [[2, 8]],
    ],
    [
      'of which one holds the other are one',
      [
        [2, 8],
        [4, 6],
      ],
      [[2, 8]],
    ],
    [
      'that begin at one place are one',
      [
        [2, 4],
        [2, 8],
      ],
      [[2, 8]],
    ],
    [
      'that touch stay two',
      [
        [2, 4],
        [4, 6],
      ],
      [
        [2, 4],
        [4, 6],
      ],
    ],
  ])('%s', (_what, given, merged) => {
    const spans = given.map(([start = 0, end = 0]) => ({ start, end }));
    const expected = merged.map(([start, end]) => ({ start, end }));
    expect(mergedSpans(spans)).toEqual(expected);
    expect(mergedSpans(spans.toReversed())).toEqual(expected);
  });

  it('keep the quote that is missing behind the longer one', () => {
    const long = { start: 0, end: 4, close: "'" };
    expect(mergedSpans([long, { start: 2, end: 4 }])).toEqual([long]);
    expect(mergedSpans([{ start: 0, end: 2 }, long])).toEqual([long]);
  });

  it('are not in the masked text, and nothing else is lost', () => {
    expect(maskSpans('abcdef', [])).toBe('abcdef');
    expect(
      maskSpans('abcdef', [
        { start: 1, end: 3 },
        { start: 2, end: 4 },
      ]),
    ).toBe('a******ef');
    expect(maskSpans("p='abc", [{ start: 3, end: 6, close: "'" }])).toBe("p='******'");
  });
});

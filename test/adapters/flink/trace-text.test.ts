/** Long texts of Flink's are cut before anything reads them: what is kept, and where a cut is marked. */
import { describe, expect, it } from 'vitest';
import { between, cutTrace } from '../../../lib/adapters/flink/trace-text.ts';

describe('a text of Flink that is cut', () => {
  it('is as it was when it is short: no blank of it is lost', () => {
    const text = 'a.b.CException:  two  blanks\n\tat a.b.C.d(C.java:1)\n\n';
    expect(cutTrace(text)).toBe(text);
    const longest = ` ${'x'.repeat(7_998)} `;
    expect(cutTrace(longest)).toBe(longest);
  });

  it('keeps short lines as they are beside a long one, which ends with a mark', () => {
    const [before, after] = ['\tat  a.b.C.d(C.java:1)', 'Caused by:  x'];
    expect(cutTrace(`${before}\n${'y'.repeat(8_001)}\n${after}`)).toBe(`${before}\n${'y'.repeat(8_000)}…\n${after}`);
    const longest = ` ${'x'.repeat(7_998)} `;
    expect(cutTrace(`${longest}\n${longest}`)).toBe(`${longest}\n${longest}`);
  });

  it('takes the blanks of a long line together before it cuts: what stands behind them is read', () => {
    expect(cutTrace(`a${' \t'.repeat(5_000)}b`)).toBe('a b');
    expect(cutTrace(`${' '.repeat(9_000)}${'x'.repeat(7_998)}`)).toBe(` ${'x'.repeat(7_998)}`);
    expect(cutTrace(`${' '.repeat(9_000)}${'x'.repeat(7_999)}`)).toBe(` ${'x'.repeat(7_999)}…`);
  });

  it('reads no more than the first 100,000 characters of a line, and says that there was more', () => {
    expect(cutTrace(`a${' '.repeat(99_998)}b`)).toBe('a b');
    expect(cutTrace(`a${' '.repeat(99_998)}bc`)).toBe('a b…');
    expect(cutTrace(`a${' '.repeat(99_999)}b`)).toBe('a …');
  });

  it('of many lines keeps the first and the last whole ones, with a mark where the others were', () => {
    const line = (n: number): string => String(n).padStart(7, '0');
    const lines = (count: number): string[] => Array.from({ length: count }, (_, n) => line(n));
    // A line and its end are 8 characters: 32,000 lines without the last end are one character less than is kept.
    const most = lines(32_000).join('\n');
    expect(cutTrace(`${most}\n`)).toBe(`${most}\n`);
    const cut = cutTrace(lines(32_001).join('\n')).split('\n');
    expect(cut[0]).toBe(line(0));
    expect(cut.at(-1)).toBe(line(32_000));
    const mark = cut.indexOf('…');
    expect(cut.filter((one) => one.length !== 7)).toEqual(['…']);
    // 64,000 and 192,000 characters of 8 to a line: one of 32,001 is left out.
    expect([mark, cut.length - mark - 1]).toEqual([8_000, 24_000]);
    expect(cut.slice(0, mark)).toEqual(lines(8_000));
  });

  it('keeps no part of a line, wherever its cuts fall', () => {
    for (const length of [6, 8, 9, 100]) {
      const cut = cutTrace(`${'x'.repeat(length)}\n`.repeat(300_000 / length)).split('\n');
      expect(new Set(cut.slice(0, -1).map((line) => line.length))).toEqual(new Set([length, 1]));
      expect(cut.filter((line) => line === '…')).toHaveLength(1);
    }
  });
});

describe('the text between two marks', () => {
  it.each([
    ['<a>', 'a'],
    ['x<a>b>', 'a'],
    ['<>', ''],
    ['<a\n', null],
    ['<a\n>', null],
    ['<a>\n', 'a'],
    ['\n\n<a>', 'a'],
    ['a>', null],
    ['<a', null],
    ['>', null],
    ['', null],
  ])('of %j is %j', (text, expected) => expect(between(text, '<', '>')).toBe(expected));

  it('may be ended by the end of the line', () => {
    expect(between('<a\nb\n', '<', '\n')).toBe('a');
    expect(between('status=x y', 'status=', ' ')).toBe('x');
  });
});

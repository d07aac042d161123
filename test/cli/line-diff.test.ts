import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineDiff } from '../../cli/plan/line-diff.ts';

const diff = (before: string, after: string) => lineDiff(before.replaceAll(' ', '\n'), after.replaceAll(' ', '\n'));

describe('lineDiff', () => {
  it.each([
    ['a', 'b', ['- a', '+ b']],
    ['a b c', 'a x c', ['  a', '- b', '+ x', '  c']],
    ['a b c d e f g', 'a b c d e f g h', ['…', '  f', '  g', '+ h']],
    ['a b c d e f g', 'x b c d e f y', ['- a', '+ x', '  b', '  c', '…', '  e', '  f', '- g', '+ y']],
    ['a b c', 'b c', ['- a', '  b', '  c']],
    ['a b c', 'c a b', ['+ c', '  a', '  b', '- c']],
    ['a a a', 'a a', ['  a', '  a', '- a']],
  ])('%j, %j', (before, after, lines) => {
    expect(diff(before, after)).toEqual(lines);
  });

  it('of a text of another line break is none', () => {
    expect(lineDiff('a\r\nb', 'a\nb')).toEqual(['…']);
  });

  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 });
  it('has all of what was taken out and put in, in order', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before.join('\n'), after.join('\n'));
        fc.pre(!lines.includes('…'));
        const side = (sign: string) => lines.filter((line) => [sign, ' '].includes(line.charAt(0))).map((line) => line.slice(2)); // prettier-ignore
        expect([side('-'), side('+')]).toEqual([before, after]);
      }),
    );
  });

  it('shows a change of very many lines as a whole', () => {
    const many = (sign: string) => Array.from({ length: 3_000 }, (_, at) => `${sign}${at}`).join('\n');
    expect(lineDiff(many('a'), many('b'))).toHaveLength(6_000);
  });
});

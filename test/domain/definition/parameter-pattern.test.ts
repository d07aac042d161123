/** What a pattern of a parameter may be: one that can not take long, whatever the value (variables.md, "Parameters"). */
import { describe, expect, it } from 'vitest';
import { matches, patternProblem } from '../../../lib/domain/definition/parameter-pattern.ts';

describe('a pattern', () => {
  it.each([
    '[a-z]+-\\d{1,4}',
    '(?:DE|NO|SE)',
    '(a)(b)',
    // Three repeats without a fixed count, and any number with one.
    'a*b+c{2,}d{10}e{3}',
    // Eight of ? and |.
    'a?b?c?d?e|f|g|h|i',
    // What looks like more, and is a letter.
    '[*+?|(){}]\\*\\+\\?\\|\\(\\)\\{1,2\\}a*b*c*',
    '\\0',
    '\\\\1',
    'é\\p{L}+',
  ])('may be %s', (pattern) => {
    expect(patternProblem(pattern)).toBeNull();
  });

  it.each([
    ['(a+)+', 'repeats a group, which can take very long'],
    ['(a)*', 'repeats a group, which can take very long'],
    ['(?:a|b){2,10}', 'repeats a group, which can take very long'],
    ['(a){3}', 'repeats a group, which can take very long'],
    ['(a)\\1', 'has \\1, which can take very long'],
    ['(?<n>a)', 'has (?<, which can take very long'],
    ['a(?=b)', 'has (?=, which can take very long'],
    ['a(?!b)', 'has (?!, which can take very long'],
    ['(.)\\k<n>', 'has \\k, which can take very long'],
    ['a*b+c{2,}d{1,9}', 'has more than 3 repeats without a fixed count'],
    ['a?b?c?d?e|f|g|h|i|j', 'has more than 8 of ? and |: use "values" for a list'],
    ['a|b|c|d|e|f|g|h|i|j', 'has more than 8 of ? and |: use "values" for a list'],
    ['a?b?c?d?e?f?g?h?i?', 'has more than 8 of ? and |: use "values" for a list'],
    ['(a', 'is no regular expression'],
    ['x{12}{', 'is no regular expression'],
    ['[a', 'is no regular expression'],
    ['a**', 'is no regular expression'],
  ])('may not be %s: it %s', (pattern, problem) => {
    expect(patternProblem(pattern)).toBe(problem);
  });

  it('must match the whole value, of at most 200 characters, by characters of any language', () => {
    expect(matches('[a-z]+|x', 'abc')).toBe(true);
    expect(['abc1', '1abc', 'abc\n', ''].filter((value) => matches('[a-z]+|x', value))).toEqual([]);
    expect([matches('\\p{L}+', 'größe'), matches('.', '😀'), matches('a*', '')]).toEqual([true, true, true]);
    expect([matches('a*', 'a'.repeat(200)), matches('a*', 'a'.repeat(201))]).toEqual([true, false]);
  });

  it('that is none matches nothing', () => {
    expect(matches('(a', 'a')).toBe(false);
  });
});

/** Literals of a run's text that hold something hidden, as Flink may quote them as a whole. */
import { describe, expect, it } from 'vitest';
import { knownLiterals } from '../../../lib/domain/secrets/known-literals.ts';
import type { TextRange } from '../../../lib/domain/secrets/sensitive-ranges.ts';

const known = (text: string, hidden: readonly string[], secrets: Record<string, string> = {}) => {
  const ranges = hidden.map((part): TextRange => [text.indexOf(part), text.indexOf(part) + part.length]);
  return knownLiterals(text, ranges, secrets);
};

describe('a literal with something hidden in it', () => {
  it('is known as a whole, with a mask in its place: in quotes, in backquotes, and bare', () => {
    const text = "SELECT 'a hush-1 b', 'plain', `n hush-2`, 'x hush-3 y hush-4'; SET x.y=hush-5;";
    expect(known(text, ['hush-1', 'hush-2', 'hush-3', 'hush-4', 'hush-5'])).toEqual([
      { value: 'a hush-1 b', shown: 'a ****** b' },
      { value: 'n hush-2', shown: 'n ******' },
      { value: 'x hush-3 y hush-4', shown: 'x ****** y ******' },
      { value: 'hush-5', shown: '******' },
    ]);
  });

  it('of a secret is known with its value, and shown with its name', () => {
    expect(known("SELECT 'u:${pw}@h', '${other}', ${pw}", [], { pw: '7a' })).toEqual([
      { value: 'u:7a@h', shown: 'u:${pw}@h' },
    ]);
  });

  it('whose value is empty is none', () => expect(known("SELECT '${pw}'", [], { pw: '' })).toEqual([]));

  it('of an option with a sensitive name is known, though nobody has said where it stands', () => {
    expect(known("WITH ('password' = 'hush', 'a' = 'b')", [])).toEqual([{ value: 'hush', shown: '******' }]);
  });

  it.each([
    ['a comment', "/* hush */ SELECT 'x'", 'hush'],
    ['what begins before a literal', "SELECT  'hush' x", " 'hush"],
    ['what ends behind a literal', "SELECT 'hush' x", "hush' x"],
    ['a text that cannot be read', "SELECT 'hush", 'hush'],
  ])('is not: %s', (_what, text, hidden) => expect(known(text, [hidden])).toEqual([]));

  it('is found behind what goes over several literals', () => {
    expect(known("SELECT 'a' || 'b', 'hush'", ["a' || 'b", 'hush'])).toEqual([{ value: 'hush', shown: '******' }]);
  });
});

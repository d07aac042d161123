/** Which causes are told, and in which words. */
import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../lib/adapters/flink/read-causes.ts';
import { joinedCauses, shownCauses } from '../../../lib/adapters/flink/shown-causes.ts';
import { MAX_TOLD_LENGTH } from '../../../lib/domain/limits.ts';

const chain = (...messages: string[]): Cause[] => messages.map((message) => ({ type: 'IOException', message }));
const told = (...messages: string[]): string[] => shownCauses(chain(...messages)).map(({ text }) => text);

describe('the causes that are told', () => {
  it.each<[string, string[], string[]]>([
    ['none where there is none', [], []],
    ['one that names something', ["in 'x'", 'why it is'], ["in 'x'", 'why it is']],
    ['one without a name', ['it broke down', 'why it is'], ['it broke down', 'why it is']],
    ['none that says nothing', ['Failed to execute sql', '', 'why it is'], ['why it is']],
    ['none twice', ['it broke down', 'it broke down', 'why it is'], ['it broke down', 'why it is']],
    ['none that names what is named inside', ["in table 't'", "no such table 't' here"], ["no such table 't' here"]],
    ['what a bare name is for', ["cannot read 'x'", 'x'], ["cannot read 'x'", 'x']],
    ['that once', ["cannot read 'x'", 'reading it failed', 'x'], ['reading it failed', 'x']],
    [
      'none between that names what stands outside',
      ["in 'x' and 'y'", "of 'y'", "no 'z'"],
      ["in 'x' and 'y'", "no 'z'"],
    ],
    ['one that says all of the inner one', ['line 3: why it is', 'why it is'], ['line 3: why it is']],
    [
      'a value with its option',
      ["Could not parse value 'x' for key 'k'", 'For input string: "x"'],
      ["Could not parse value 'x' for key 'k'"],
    ],
    [
      'no value instead of another reason',
      ["Could not parse value 'x' for key 'k'", 'why it is'],
      ["Could not parse value 'x' for key 'k'", 'why it is'],
    ],
    [
      'none that is made of two',
      ["in 'ab'", "it's in a", 'b is not there'],
      ["in 'ab'", "it's in a", 'b is not there'],
    ],
    ['nothing of what the parser would take', ['Was expecting one of: a b c'], ['']],
    ['what stands before that', ['Encountered "x" Was expecting: "y"'], ['Encountered "x"']],
  ])('%s', (_what, messages, expected) => expect(told(...messages)).toEqual(expected));

  it('are the outermost and the three innermost', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => `in '${name}'`);
    expect(told(...many, 'why it is')).toEqual(["in 'a'", "in 'd'", "in 'e'", 'why it is']);
    expect(told(...many.slice(0, 3), 'why it is')).toEqual(["in 'a'", "in 'b'", "in 'c'", 'why it is']);
  });

  it('stand at both ends of a long chain', () => {
    const filled = (before: number, behind: number): string[] => [
      ...Array.from({ length: before }, () => 'Failed to execute sql'),
      "in 'x'",
      ...Array.from({ length: behind }, () => 'Failed to execute sql'),
      'why it is',
    ];
    for (const [before, behind] of [
      [8, 6],
      [7, 30],
      [30, 6],
    ] as const)
      expect(told(...filled(before, behind))).toEqual(["in 'x'", 'why it is']);
    for (const [before, behind] of [
      [8, 7],
      [30, 7],
    ] as const)
      expect(told(...filled(before, behind))).toEqual(['why it is']);
  });

  it('are short around the last one, which is told as long as it is', () => {
    const [most, more] = [`'${'x'.repeat(238)}'`, `'${'y'.repeat(239)}'`];
    const long = 'why '.repeat(200).trim();
    expect(told(most, long)).toEqual([most, long]);
    expect(told(more, long)).toEqual([`${more.slice(0, 239)}…`, long]);
    expect(told('x'.repeat(MAX_TOLD_LENGTH + 5))).toEqual(['x'.repeat(MAX_TOLD_LENGTH)]);
  });

  it('are named in what a record has room for: what stands behind it is told again', () => {
    const far = `${'why '.repeat(130)}'t'`;
    expect(told("in 't'", far)).toEqual(["in 't'", far]);
    const outside = `in 'x' ${'some '.repeat(110)}'t'`;
    expect(told(outside, "in 't'", 'why it is')).toHaveLength(3);
  });
});

describe('in one line', () => {
  const line = (...causes: [type: string, message: string][]): string =>
    joinedCauses(shownCauses(causes.map(([type, message]) => ({ type, message }))));

  it.each([
    ['ClassNotFoundException', 'a.b.Own', 'class a.b.Own was not found'],
    ['NoClassDefFoundError', 'a/b/Own', 'class a.b.Own was not found'],
    ['UnknownHostException', 'db-1', 'host db-1 is not known'],
    ['NoSuchFileException', '/a/b', 'file /a/b was not found'],
    ['FileNotFoundException', '/a/b', 'file /a/b was not found'],
    ['OwnException', 'a/b', 'OwnException: a/b'],
    ['OwnException', '', 'OwnException'],
    ['FileNotFoundException', 'no such file', 'no such file'],
    ['OwnException', 'x'.repeat(300), `OwnException: ${'x'.repeat(300)}`],
    ['OwnException', 'x'.repeat(301), 'x'.repeat(301)],
  ])('%s %s is told as "%s"', (type, message, expected) => expect(line([type, message])).toBe(expected));

  it('stands between colons, without the signs that end a sentence', () => {
    expect(line(['A', 'it broke.:; \n'], ['B', "in 'x'."], ['C', 'why it is.'])).toBe("it broke: in 'x': why it is.");
    expect(line()).toBe('');
  });

  it('has advice for a person in the place of that of Flink', () => {
    const full =
      'Not enough resources available for scheduling. Please make sure that the cluster has enough resources.';
    expect(line(['A', full])).toBe(
      'Not enough resources available for scheduling. The cluster has no free task slots: end another job, lower the parallelism, or add TaskManagers.',
    );
  });
});

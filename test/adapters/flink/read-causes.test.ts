/** The causes of a Java stack trace, whatever their messages hold. */
import { describe, expect, it } from 'vitest';
import { readCauses } from '../../../lib/adapters/flink/read-causes.ts';

const causes = (...lines: string[]): [string, string][] =>
  readCauses(lines.join('\n')).map(({ type, message }) => [type, message]);

describe('the causes of a trace', () => {
  it('come outermost first, each with its class and its message', () => {
    const read = causes(
      ...['a.b.Outer: it broke', '\tat x.Y.z(Y.java:1)', '\tat x.Y.z(Y.java:2)'],
      ...['Caused by: c.d.Middle', '\tat x.Y.z(Y.java:3)'],
      ...['Caused by: e.f.Own$Inner: why', '\t... 7 more', 'End of exception on server side>', 'not of it'],
    );
    expect(read).toEqual([
      ['Outer', 'it broke'],
      ['Middle', ''],
      ['Own$Inner', 'why'],
    ]);
  });

  it('may have messages of several lines, in which a class begins no cause', () => {
    const read = causes(
      'a.b.Outer: it broke',
      '',
      'c.d.Other: not a cause',
      ' ',
      '\tat x.Y.z(Y.java:1)',
      'e.f.Next: one',
    );
    expect(read).toEqual([
      ['Outer', 'it broke\n\nc.d.Other: not a cause'],
      ['Next', 'one'],
    ]);
  });

  it('begin inside a message only where Java says so', () => {
    expect(causes('a.b.Outer: it broke', 'Caused by: c.d.Inner: why')).toEqual([
      ['Outer', 'it broke'],
      ['Inner', 'why'],
    ]);
  });

  it('begin behind the mark of the server', () => {
    expect(causes('Internal words', '<Exception on server side:', 'a.b.Outer: it broke')).toEqual([
      ['Outer', 'it broke'],
    ]);
    expect(causes('<Exception on server side:a.b.Outer: it broke')).toEqual([['Outer', 'it broke']]);
  });

  it.each([
    ['c.d.OwnException: why', 'why'],
    ['c.d.OwnError: e.f.Own$Exception: why', 'why'],
    ['abc.Exception: why', 'why'],
    ['[Internal server error., <Exception on server side:\nc.d.OwnException: why', 'why'],
    ['Internal server error. why', 'why'],
    ['c.d.Own: why', 'c.d.Own: why'],
    ['x c.d.OwnException: why', 'x c.d.OwnException: why'],
    ['OwnException: why', 'OwnException: why'],
  ])('%j says "%s": the class of the cause below is no message', (message, said) =>
    expect(causes(`a.b.Outer: ${message}`)).toEqual([['Outer', said]]),
  );

  it.each(['', 'no trace', 'Outer: it broke', 'a b.c.D: x'])('%j has none', (text) => expect(causes(text)).toEqual([]));
});

/** Taking values out of texts, in every form in which Flink may quote them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageMasker, valueMasker, wholeMasker } from '../../../lib/domain/secrets/mask-values.ts';
import { cpuMs } from '../../builders/cpu-ms.ts';

const mask = (value: string, text: string): string => valueMasker([{ value, shown: '${pw}' }])(text);

describe('valueMasker', () => {
  const value = `s3cr'et "a\\b" /x?`;
  it.each([
    ['as it is', `key=${value}.`, 'key=${pw}.'],
    ['as a literal of SQL', "'s3cr''et \"a\\b\" /x?'", "'${pw}'"],
    ['as a literal E of SQL', String.raw`E's3cr''et "a\\b" /x?'`, "E'${pw}'"],
    ['in JSON', JSON.stringify({ a: value }), '{"a":"${pw}"}'],
    ['in a URL', `http://h/?p=${encodeURIComponent(value)}&q`, 'http://h/?p=${pw}&q'],
    [
      'in a URL with small digits',
      `p=${encodeURIComponent(value).replace(/%../g, (hex) => hex.toLowerCase())}`,
      'p=${pw}',
    ],
    ['in a form', new URLSearchParams({ p: value }).toString(), 'p=${pw}'],
    ['twice', `${value} and ${value}`, '${pw} and ${pw}'],
  ])('takes a value out %s', (_, text, expected) => expect(mask(value, text)).toBe(expected));

  it.each(['aaaaaaa\\', '\\\\server\\share', 'say "hi" \\', 'a\\"b\\"c'])(
    'takes all of %s out of JSON within JSON, and leaves JSON',
    (secret) => {
      let [text, expected] = [secret, '${pw}'];
      for (let depth = 1; depth <= 3; depth += 1) {
        [text, expected] = [JSON.stringify({ a: text, z: 'y' }), JSON.stringify({ a: expected, z: 'y' })];
        expect(mask(secret, text)).toBe(expected);
      }
    },
  );

  it.each([
    ['a`bcd', 'at `a``bcd`.', 'at `${pw}`.'],
    ['ab/cd', '{"a":"ab\\/cd"}', '{"a":"${pw}"}'],
    [' a  bcd ', 'is a  bcd.', 'is ${pw}.'],
    [' a  bcd ', 'is a bcd.', 'is ${pw}.'],
  ])('takes %j out of %s', (secret, text, expected) => expect(mask(secret, text)).toBe(expected));

  it('leaves the short lines of a value of several', () => {
    expect(mask('BEGIN-OF-KEY\nend-if\nEND-OF-KEY', 'end-if; END-OF-KEY')).toBe('end-if; ${pw}');
  });

  it('shows the first of two names that have the same value', () => {
    const two = ['${one}', '${two}'].map((shown) => ({ value: 'hunter22', shown }));
    expect(valueMasker(two)('hunter22')).toBe('${one}');
  });

  it('knows nothing, changes nothing', () => {
    expect(valueMasker([])('hunter22')).toBe('hunter22');
  });

  it('takes out a value of several lines with its blanks folded, and each of its longer lines', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADAN\r\n  c2Vjcg==\nab\n-----END KEY-----\n';
    expect(mask(key, `at ${key.replace(/\s+/g, ' ').trim()} there`)).toBe('at ${pw} there');
    expect(mask(key, 'bad line MIIEvQIBADAN, c2Vjcg==, ab')).toBe('bad line ${pw}, ${pw}, ab');
  });

  it('leaves values of less than four characters', () => {
    expect(mask('abc', 'abc abcd')).toBe('abc abcd');
    expect(mask('abcd', 'abc abcd')).toBe('abc ${pw}');
  });

  it('prefers the longer of two values, and never looks at what it has put in', () => {
    const both = valueMasker([
      { value: 'hunter22', shown: '${short}' },
      { value: 'jdbc:hunter22', shown: '${long}' },
      { value: 'short', shown: '${x}' },
    ]);
    expect(both('jdbc:hunter22 hunter22 short')).toBe('${long} ${short} ${x}');
  });

  it('prefers the longer of two values that begin alike, in whatever order they are known', () => {
    const known = [
      { value: 'hunter22', shown: '${short}' },
      { value: 'hunter22-and-more', shown: '${long}' },
    ];
    for (const values of [known, known.toReversed()]) {
      expect(valueMasker(values)('x hunter22-and-more, hunter22.')).toBe('x ${long}, ${short}.');
    }
  });

  it('touches nothing else, however long the data and whatever it ends with', () => {
    const cell = `${'x '.repeat(600)}hunter22-`;
    expect(mask('hunter22-and-more', cell)).toBe(cell);
  });

  it('a text never holds the value afterwards', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, maxLength: 40 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!'${pw}'.includes(secret));
        const masked = valueMasker([{ value: secret, shown: '<>' }])(`${before}${secret}${after}`);
        fc.pre(!`<>`.includes(secret));
        // What stands on both sides of a mask may spell the value by chance of repetition; the mask itself parts it.
        expect(masked).not.toContain(secret);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('time', () => {
  it.each([
    ['unlike', (n: number) => `${n * 7_919}-literal`],
    ['that begin alike', (n: number) => `${'a'.repeat(20)}${n}`],
  ])('grows with the number of values, not faster: %s', (_how, valueOf) => {
    const text = 'aaaaaaaaaaaaaaaaaaaaaaaab literal 12 '.repeat(1_000);
    const ms = (count: number): number => {
      const known = Array.from({ length: count }, (_, n) => ({ value: valueOf(n), shown: '*' }));
      return cpuMs(() => messageMasker(known)(text) + wholeMasker(known)(text));
    };
    expect(ms(5_000)).toBeLessThan(Math.max(ms(500), 2) * 40);
  });
});

describe('wholeMasker', () => {
  it.each([
    ['7a', `'pin'='7a', x=7a, "7a" 7a '7ab'`, `'pin'='<>', x=<>, "<>" 7a '7ab'`],
    ['=', `'a'='b', '=' a==, == and "="`, `'a'='b', '<>' a=<>, == and "<>"`],
    [', ', `'a', 'b' but ', '`, `'a', 'b' but '<>'`],
    [',', String.raw`{\"a\":\",\",\"b\":\"x\"}`, String.raw`{\"a\":\"<>\",\"b\":\"x\"}`],
    [':', `{"a":"b","c":":"}`, `{"a":"b","c":"<>"}`],
    ['{', String.raw`{"a":"{\"p\":\"{\",\"z\":1}"}`, String.raw`{"a":"{\"p\":\"<>\",\"z\":1}"}`],
    ['7a', String.raw`C:\'7a', "7a\", '7a"`, String.raw`C:\'<>', "<>\", '7a"`],
    ['}', String.raw`{"a":"{\"p\":\"}\"}"}`, String.raw`{"a":"{\"p\":\"<>\"}"}`],
    [
      '7a',
      String.raw`{"a":"{\"b\":\"{\\\"p\\\":\\\"7a\\\"}\"}"}`,
      String.raw`{"a":"{\"b\":\"{\\\"p\\\":\\\"<>\\\"}\"}"}`,
    ],
  ])('takes %j out where it is all that quotes hold, or all behind a key', (value, text, expected) => {
    expect(wholeMasker([{ value, shown: '<>' }])(text)).toBe(expected);
  });
});

describe('a short value', () => {
  const whole = (...values: readonly string[]): ((text: string) => string) =>
    wholeMasker(values.map((value, n) => ({ value, shown: `<${n}>` })));

  it('is one of less than eight characters, and not an empty one', () => {
    expect(whole('hunter2', 'hunter22', '')("'hunter2' 'hunter22' '' x=")).toBe("'<0>' 'hunter22' '' x=");
  });

  it('of two names is shown by the first', () => {
    expect(whole('7a', '7a')("'7a'")).toBe("'<0>'");
  });

  it.each([
    [['7a', '7a;b'], 'x=<1> y=<0>'],
    [['7a;b', '7a'], 'x=<0> y=<1>'],
  ])('that begins like a longer one is not taken for it: %j', (values, expected) => {
    expect(whole(...values)('x=7a;b y=7a')).toBe(expected);
  });

  it('behind a key ends with the value, and what follows is looked at', () => {
    expect(whole('7a')("x=7a y=7ab '7a' z=7a\n=7a")).toBe("x=<0> y=7ab '<0>' z=<0>\n=<0>");
  });

  it('of signs alone is none between quotes of two depths', () => {
    const text = String.raw`{"a":"{\"p\":\"x.\"}"}`;
    expect(whole('}')(text)).toBe(text);
  });

  it('of signs alone is none between two values, at any depth', () => {
    const text = String.raw`{\"a\":\"x\",\"b\":1}`;
    expect(whole(',')(text)).toBe(text);
  });
});

describe('messageMasker', () => {
  const maskMessage = (text: string): string => messageMasker([{ value: 'hunter22-and-more', shown: '${pw}' }])(text);

  it('takes out what is left of a value at the end of a text that was cut', () => {
    const long = `${'x '.repeat(495)}hunter22-`.slice(0, 996);
    expect(long.length).toBe(996);
    expect(maskMessage(`${long.slice(0, -9)}    hunter22-`)).toMatch(/ {4}\$\{pw\}$/);
    expect(maskMessage('short text: hunt')).toBe('short text: hunt');
  });

  it.each([
    ['hun', true],
    ['hu', false],
    ['h', false],
    ['hunter22-and-mor', true],
    ['unt', false],
  ])('a text of 1,000 characters that ends with %s of hunter22-and-more: it is taken out: %s', (tail, taken) => {
    const before = ' '.repeat(1_000 - tail.length);
    expect(maskMessage(before + tail)).toBe(before + (taken ? '${pw}' : tail));
  });

  it('takes what is left at a cut for the longest part of a value, in whatever order they are known', () => {
    const values = ['orange-key', 'hunter22-orange'];
    for (const known of [values, values.toReversed()]) {
      const masked = messageMasker(known.map((value) => ({ value, shown: `<${value.slice(-3)}>` })));
      expect(masked('bad: hunter22-ora… and hunter22-or… or …')).toBe('bad: <nge>… and <nge>… or …');
      expect(masked('bad: ora…')).toBe('bad: <key>…');
    }
  });

  it('a text of 999 characters was not cut', () => {
    const text = `${' '.repeat(996)}hun`;
    expect(maskMessage(text)).toBe(text);
  });

  it('takes out whole values as valueMasker does', () => {
    expect(maskMessage('a hunter22-and-more b')).toBe('a ${pw} b');
  });
});

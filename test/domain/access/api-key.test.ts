/** The text of an API key: laws of its format, and what is hidden of texts that quote one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideApiKeys, isApiKey, mentionsApiKey, toApiKey } from '../../../lib/domain/access/api-key.ts';
import { toBase62 } from '../../../lib/domain/access/base62.ts';
import { crc32 } from '../../../lib/domain/access/crc32.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const digit = fc.constantFrom(...Array.from(DIGITS));

/** The way back, written on its own. */
function fromBase62(text: string): bigint {
  return Array.from(text).reduce((sum, char) => sum * 62n + BigInt(DIGITS.indexOf(char)), 0n);
}

describe('base 62', () => {
  it('gives every number of 256 bits back', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 256n - 1n), (value) => {
        const text = toBase62(value, 43);
        expect(text).toMatch(/^[0-9A-Za-z]{43}$/);
        expect(fromBase62(text)).toBe(value);
      }),
    );
  });

  it.each([
    [0n, '000'],
    [61n, '00z'],
    [62n, '010'],
    [3_843n, '0zz'],
  ])('writes %s as %s', (value, text) => expect(toBase62(value, 3)).toBe(text));
});

describe('the check sum', () => {
  // From zlib: crc32(b'123456789'), crc32(b''), crc32(b'a').
  it.each([
    ['123456789', 0xcbf43926],
    ['', 0],
    ['a', 0xe8b7be43],
  ])('of %j is CRC-32', (text, sum) => expect(crc32(text)).toBe(sum));
});

describe('an API key', () => {
  it('has 52 characters that need no quotes anywhere, and holds all 32 bytes', () => {
    fc.assert(
      fc.property(bytes32, (random) => {
        const key = toApiKey(random);
        expect(key).toMatch(/^dk_[0-9A-Za-z]{49}$/);
        expect(encodeURIComponent(key)).toBe(key);
        const hex = fromBase62(key.slice(3, 46)).toString(16).padStart(64, '0');
        expect(hex).toBe(Buffer.from(random).toString('hex'));
        expect(isApiKey(key)).toBe(true);
      }),
    );
  });

  it('is none any more after a change of any one character', () => {
    fc.assert(
      fc.property(bytes32, fc.nat(48), digit, (random, at, char) => {
        const key = toApiKey(random);
        const changed = `${key.slice(0, at + 3)}${char}${key.slice(at + 4)}`;
        expect(isApiKey(changed)).toBe(changed === key);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is none any more when two neighbours change places', () => {
    fc.assert(
      fc.property(bytes32, fc.nat(47), (random, at) => {
        const key = toApiKey(random);
        const [one, two] = [key.charAt(at + 3), key.charAt(at + 4)];
        const swapped = `${key.slice(0, at + 3)}${two}${one}${key.slice(at + 5)}`;
        expect(isApiKey(swapped)).toBe(one === two);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not made of too few bytes', () => expect(() => toApiKey(new Uint8Array(16))).toThrow(/32 bytes, not 16/));

  const key = toApiKey(new Uint8Array(32).fill(7));
  it.each([
    ['cut', key.slice(0, -1)],
    ['with one character more', `${key}0`],
    ['with a line end', `${key}\n`],
    ['with a blank', ` ${key}`],
    ['with another prefix', key.replace('dk_', 'DK_')],
    ['without a prefix', key.slice(3)],
    ['empty', ''],
  ])('%s is no key', (_, text) => expect(isApiKey(text)).toBe(false));

  const withSum = (text: string): string => `${text}${toBase62(BigInt(crc32(text.slice(3))), 6)}`;
  it.each([`dk_${'a'.repeat(42)}`, `dk_${'a'.repeat(44)}`, `xdk_${'a'.repeat(43)}`])(
    'is not what begins or ends otherwise, or is longer or shorter, though its check sum is right: %s',
    (text) => expect([isApiKey(withSum(`dk_${'a'.repeat(43)}`)), isApiKey(withSum(text))]).toEqual([true, false]),
  );
});

describe('a text that quotes a key', () => {
  it('is shown without it, wherever it stands', () => {
    fc.assert(
      fc.property(bytes32, fc.constantFrom('/k/@/openapi', '"@"', 'a@', '@,@', '@'), (random, around) => {
        const key = toApiKey(random);
        const text = around.replaceAll('@', key);
        expect(mentionsApiKey(text)).toBe(true);
        expect(hideApiKeys(text)).toBe(around.replaceAll('@', 'dk_******'));
      }),
    );
  });

  it('is shown without one that was cut', () => {
    expect(hideApiKeys(`The key dk_${'a1B2'.repeat(8)}...`)).toBe('The key dk_******...');
  });

  it.each(['dk_sales', 'the table dk_orders_of_the_last_year_and_a_half', 'dk'])('%j quotes none', (text) => {
    expect([mentionsApiKey(text), hideApiKeys(text)]).toEqual([false, text]);
  });
});

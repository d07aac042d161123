/** Which bytes are a text, and what is said of those that are none. */
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../cli/manifest/decode-text.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'));
const swapped = (bytes: Uint8Array) => new Uint8Array(Buffer.from(bytes).swap16());
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

describe('decodeText', () => {
  it.each(['', 'SELECT 1', '-- é, 中文, 😀, \u00a0\r\n'])('takes %j as it is', (text) => {
    expect(decodeText(utf8(text), { allowMark: false })).toEqual({ text });
  });

  it('leaves a byte-order mark out, or names it', () => {
    const marked = utf8('\ufeffSELECT 1');
    expect(decodeText(marked, { allowMark: true })).toEqual({ text: 'SELECT 1' });
    expect(decodeText(marked, { allowMark: false })).toMatchObject({
      problem: expect.stringContaining('begins with a byte-order mark') as string,
      line: 1,
      column: 1,
    });
  });

  // "中文" and "订单" in GBK.
  const GBK = [0xd6, 0xd0, 0xce, 0xc4, 0x20, 0xb6, 0xa9, 0xb5, 0xa5];

  it.each([
    ['UTF-16 with a mark', utf16('\ufeffSELECT 1'), 'not UTF-8 but UTF-16 (little-endian).'],
    ['the other UTF-16 with a mark', swapped(utf16('\ufeffSELECT 1')), 'not UTF-8 but UTF-16 (big-endian).'],
    ['UTF-16 without one', utf16('SELECT 1 AS é'), 'not UTF-8 but UTF-16 (little-endian).'],
    ['the other UTF-16 without one', swapped(utf16('SELECT 1')), 'not UTF-8 but UTF-16 (big-endian).'],
    ['Latin-1', latin1('-- dé\n-- à é'), 'not UTF-8, perhaps Windows-1252 or ISO 8859-1: invalid byte 0xE9.'],
    ['GBK', new Uint8Array([0x2d, 0x2d, 0x20, ...GBK]), 'not UTF-8, perhaps GBK: invalid byte 0xD6.'],
    ['neither', new Uint8Array([0x2d, 0xff, 0xff, 0xff, 0xe9, 0x20]), 'not UTF-8: invalid byte 0xFF.'],
    ['half a sign at the end', utf8('-- é').slice(0, -1), 'invalid byte 0xC3.'],
  ])('%s', (_what, bytes, problem) => {
    for (const allowMark of [true, false]) {
      const decoded = decodeText(bytes, { allowMark });
      expect(decoded).toHaveProperty('problem', expect.stringContaining(problem));
      expect(decoded).toHaveProperty('problem', expect.stringMatching(/ Save the file as UTF-8\.$/));
    }
  });

  it('says where the first bad byte stands', () => {
    const place = (bytes: Uint8Array) => decodeText(bytes, { allowMark: false });
    expect(place(latin1('SELECT 1;\n-- \xe9t\xe9'))).toMatchObject({ line: 2, column: 4 });
    expect(place(new Uint8Array([...utf8('é😀'), 0xff]))).toMatchObject({ line: 1, column: 4 });
  });
});

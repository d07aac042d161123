/** Pairs of a sensitive key and its value: what is a key, what leads to its value, and what is none. */
import { describe, expect, it } from 'vitest';
import { isKeyCharacter, pairSpans } from '../../../lib/domain/secrets/secret-pairs.ts';

const hidden = (text: string, isValue = false): string[] =>
  pairSpans(text, isValue).map(({ start, end }) => text.slice(start, end));

describe('a pair', () => {
  it.each([
    // Keys.
    ["'token'='hush' b", ['hush']],
    ["config['token']='hush'", ['hush']],
    ["['token']: 'hush'", ['hush']],
    ["''token''=''hush'', b", ['hush']],
    ['{\\"token\\":\\"hush\\"}', ['hush']],
    ['{\\\\\\"token\\\\\\":\\\\\\"hush\\\\\\"}', ['hush']],
    ['token := hush', ['hush']],
    ['s3.secret-key_1$a=hush', ['hush']],
    ['token2x9=hush', []],
    ['db2.password=hush', ['hush']],
    ['überpasswort.password=hush', ['hush']],
    ['-Dtoken=hush', ['hush']],
    ['a.-Dtoken=seen', []],
    ['token=a token=b', ['a', 'b']],
    ['token=a=token=b c', ['a=token=b']],
    ['token=', []],
    ['token= ', []],
    ['=hush', []],
    ["'=hush", []],
    ["''=hush", []],
    ["'token=hush", ['hush']],
    ["token'=hush", []],
    ["'a=token'='b'", []],
    // In an address, and in a list with semicolons.
    ['?p=hush&x', ['hush']],
    ['&pw=hush', ['hush']],
    [';sig=hush', ['hush']],
    ['?X-Amz-Signature=hush', ['hush']],
    ['p=seen', []],
    ['? p=seen', []],
    ['?px=seen', []],
    ['?xp=seen', []],
    ['?signatures=seen', []],
    // Keys of two words.
    ['API key: hush', ['hush']],
    ['API keys: hush', ['hush']],
    ['a key: seen', []],
    ['api key primary key: seen', []],
    ['api monkey: seen', []],
    ['api keyed: seen', []],
    // What a parser says, and names of errors.
    ['unexpected token: seen', []],
    ['unexpected a token: hush', ['hush']],
    ['unexpected tokenx.password: hush', ['hush']],
    ['the token: hush', ['hush']],
    ['SecretException: seen', []],
    ['TokenError: seen', []],
    ['ExceptionToken: hush', ['hush']],
    // Types of columns.
    ['[password: STRING, a: INT]', []],
    ['[password: VARCHAR(20)]', []],
    ['[password: INT]', []],
    ['[password: BIGINT NOT NULL]', []],
    ['[password: TIME(3)]', []],
    ['[password: TIMESTAMP_LTZ(3)]', []],
    ['[password: TIMESTAMP]', []],
    ['[password: ROW<a INT>]', []],
    ['[password: RAW]', []],
    ['password: STRING', []],
    ['[password: STRINGS]', ['STRINGS']],
    ['[password: RXW]', ['RXW']],
    ['[password=STRING]', ['STRING']],
    ["'password': STRING", []],
    ['"password": STRING', ['STRING']],
    // Signs.
    ["token == 'hush'", ['hush']],
    ["token  ==  'hush'", ['hush']],
    ["token=='hush'", ['hush']],
    ['token == hush', ['=']],
    ['token=>hush', ['hush']],
    ["'token' => 'hush'", ['hush']],
    ['token:hush', ['hush']],
    ['a token:seen', []],
    ['a token: hush', ['hush']],
    ['a token:"hush"', ['hush']],
    ['{token:hush}', ['hush']],
    ['a\ntoken:hush', ['hush']],
    ['the option token: seen', []],
    ['the key token: seen', []],
    ['the option x token: hush', ['hush']],
    ["'token':seen", []],
    ["'token':'hush'", ['hush']],
    ['"token":hush', ['hush']],
    // Between a sign and a value.
    ["'token' = /* c */ 'hush'", ['hush']],
    ["'token' = -- c\n 'hush'", ['hush']],
    ["'token'\n=\n'hush'", ['hush']],
    ["'token' /* a */ -- b\n = 'hush'", ['hush']],
    ['token=\nseen', []],
    ['token=\t hush', ['hush']],
    ["'token'=U&'hush'", ['hush']],
    ["'token'=_UTF-16LE'hush'", ['hush']],
    ["'token'=E'hush'", ['hush']],
    // The line that ends a message in a trace.
    ["'token'='hu\n\tat a.b.C.d(C.java:1)", ['hu']],
    ["'token'='hu\n  at a.b.C.d(C.java:1)", ['hu']],
    ["'token'='hu\nCaused by: 'x'", ['hu']],
    ["'token'='hu\nsh' b", ['hu\nsh']],
    ["'a'='b'\nCaused by: 'token'='hu\nCaused by: c", ['hu']],
    // What stands before a key says where its value ends.
    ['{token=hu, sh, b=c}', ['hu, sh']],
    ['{a=b, token=hu, sh, b=c}', ['hu, sh']],
    ['a=b, token=hu sh, b=c', ['hu']],
    ['a\ntoken=hu sh\nb', ['hu sh']],
    ['a\n  token=hu sh\nb', ['hu sh']],
    ['token=hu sh', ['hu']],
    ['--token=hu sh', ['hu']],
    ['{--token=hu sh}', ['hu']],
  ])('%s hides %j', (text, values) => expect(hidden(text)).toEqual(values));

  it.each([
    ['token=hu sh\nb', ['hu sh']],
    ['token:hu sh', ['hu sh']],
    ['a token:seen', []],
    ['?token=hu sh&b', ['hu sh']],
    [';token=hu sh;b', ['hu sh']],
  ])('in one value: %s hides %j', (text, values) => expect(hidden(text, true)).toEqual(values));

  it('is looked for in keys of up to 200 characters', () => {
    expect(hidden(`${'x'.repeat(190)}.password=hush`)).toEqual(['hush']);
    expect(hidden(`${'x'.repeat(191)}-password.${'x'.repeat(200)}=seen`)).toEqual([]);
    expect(hidden(`${'a '.repeat(400)}'password'='hush'`)).toEqual(['hush']);
  });

  it.each([
    ['a', true],
    ['z', true],
    ['A', true],
    ['Z', true],
    ['0', true],
    ['9', true],
    ['_', true],
    ['.', true],
    ['$', true],
    ['-', true],
    ['ü', true],
    ['`', false],
    ['@', false],
    ['{', false],
    ['[', false],
    ['/', false],
    [':', false],
    [' ', false],
    ['\x7F', false],
  ])('has a key with the sign %j: %s', (sign, is) => expect(isKeyCharacter(sign.charCodeAt(0))).toBe(is));
});

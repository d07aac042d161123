/** Secrets that have a form of their own. */
import { describe, expect, it } from 'vitest';
import { blockSpans } from '../../../lib/domain/secrets/secret-blocks.ts';

const hidden = (text: string): string[] => blockSpans(text).map(({ start, end }) => text.slice(start, end));

describe('what its form says to be secret', () => {
  it.each([
    ['a -----BEGIN RSA PRIVATE KEY-----\nx y\n-----END RSA', '\nx y\n'],
    ['-----BEGIN PRIVATE KEY-----x', 'x'],
    ['as eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.a-b_1 is', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.a-b_1'],
    ['is sk-proj-abcd1234efgh5678.', 'sk-proj-abcd1234efgh5678'],
    ['is hvs.CAESIJ123abcdef456.', 'hvs.CAESIJ123abcdef456'],
    // Cookies.
    ['Cookie: a=x; b=y\nHost: h', 'a=x; b=y'],
    ['Cookie:a=x', 'a=x'],
    ['Cookie : a=x', 'a=x'],
    ['Cookie2: a=x', 'a=x'],
    ['Set-Cookie: sid=x; Path=/', 'sid=x; Path=/'],
    ['{"Cookie":"a=x","b":1}', 'a=x'],
    // Headers with a list of pairs.
    ['Authorization: Digest username="u", response="x"\nHost: h', 'Digest username="u", response="x"'],
    ['Authorization:OAuth a=b', 'OAuth a=b'],
    ['Authorization : OAuth a=b', 'OAuth a=b'],
    ['authorization=Hawk id=x', 'Hawk id=x'],
    ["'authorization':'Hawk id=x", 'Hawk id=x'],
    ['Authorization: AWS4-HMAC-SHA256 Credential=x', 'AWS4-HMAC-SHA256 Credential=x'],
    ['Authorization: SharedKey account:x', 'SharedKey account:x'],
    ['Authorization: SharedKeyLite account:x', 'SharedKeyLite account:x'],
    // Users with passwords.
    ['curl -u user:hush h', 'hush'],
    ['-u user:hush', 'hush'],
    ['curl -u  user:hush h', 'hush'],
    ['curl --user=user:hush h', 'hush'],
    ['curl --proxy-user "user:hush" h', 'hush'],
  ])('%s', (text, secret) => expect(hidden(text)).toEqual([secret]));

  it.each(['Cookie policy: strict', 'Authorization: none', 'x-u user:seen', 'sk-short', 'eyJ.a.b'])(
    'nothing of %s',
    (text) => expect(hidden(text)).toEqual([]),
  );
});

describe('a block of YAML under a sensitive key', () => {
  it.each([
    ['token: |\n  hush\n  more\nnext: x', '  hush\n  more'],
    ['a: b\ntoken: |\n  hush', '  hush'],
    ['token: |\n  hush\n', '  hush'],
    ['token:  |\n  hush', '  hush'],
    ['token: |  \n  hush', '  hush'],
    ['token: |2\n   hush', '   hush'],
    ['token: >\n  hush', '  hush'],
    ['- token: >-\n    hush\n- x', '    hush'],
    ['  "token": |+\r\n    hush\r\n  next: y', '    hush'],
    ['\ttoken: |\n\t\thush\n\tnext: y', '\t\thush'],
    ['token: |\n  hush\n\n  more\n\nnext: x', '  hush\n\n  more'],
    ['token: |\n\n  hush\nnext: x', '\n  hush'],
    ['token: |\n  hush\n \n  more', '  hush\n \n  more'],
  ])('is hidden to its last line: %j', (text, secret) => expect(hidden(text)).toEqual([secret]));

  it.each([
    'name: |\n  seen',
    'token: |\nseen: x',
    '  token: |\n  seen: x',
    'token: |\n\n',
    'a token: |\n  seen',
    'token: seen\n  x',
  ])('is none: %j', (text) => expect(hidden(text)).toEqual([]));
});

/** Values of which a message says whose they are, in words. What must stay readable is in readable-words.test.ts. */
import { describe, expect, it } from 'vitest';
import { saidSpans } from '../../../lib/domain/secrets/said-values.ts';

const hidden = (text: string): string[] => saidSpans(text).map(({ start, end }) => text.slice(start, end));

it.each('base64 utf8 utf-8 sha1 sha256 sha-512 md5 oauth oauth2 v2 e.g e.g. i.e i.e. plain'.split(' '))(
  'what a password is, or is made with, is no value: %s',
  (kind) => expect(hidden(`password (${kind})`)).toEqual([]),
);

describe('a value that a message says of a sensitive key', () => {
  it.each([
    // Parsers.
    ["Encountered 'hush' near 'password'", ['hush']],
    ['Encountered "hush" near "password".', ['hush']],
    ['Encountered "hu sh" behind the key `password`', ['hu sh']],
    ["Unexpected 'hush' after option 'db.password'", ['hush']],
    ["cannot recognize input near 'password' 'hush' ')' in table property", ['hush']],
    ["cannot recognize input near 'password' '=' 'hush' in table property", ['hush']],
    ["cannot recognize input near ''password'' '=' ''hush''", ['hush']],
    ["Encountered 'hush1' near 'password'", ['hush1']],
    ["Encountered '1hush' near 'password'", ['1hush']],
    ["Encountered '<=' near 'password'", []],
    ["Encountered 'FROM' near 'password'", []],
    ["Encountered ',' near 'password'", []],
    ["Encountered 'seen' near 'pass word'", []],
    ["Encountered 'seen' near password", []],
    // What is wrong.
    ["Property 'password' has invalid value: 'hush'", ['hush']],
    ['Property password has the wrong value hush', ['hush']],
    ["the option 'db.password' with a malformed value 'hu sh' there", ['hu sh']],
    ["The option 'password' must be at least 8 characters, got 'hush'", ['hush']],
    ['password must have 8 characters but was hush.', ['hush']],
    ['password must have 8 characters but is: hush', ['hush']],
    ['password of 8 characters expected, received hush, again', ['hush']],
    ['password expected, found seen in it', []],
    ['password expected. Another option got seen', []],
    ['password rotation got 401', []],
    ['password too short: hush', ['hush']],
    ['password is too long, got: hush', ['hush']],
    ['password too short: seen at all', []],
    ['password of me is hush', ['hush']],
    ["password for the user 'me' was 'hush'", ['hush']],
    ['secret for account me@h: hush', ['hush']],
    ['password for me: required', []],
    // Holders.
    ['Password[value=hush]', ['hush']],
    ['password(value: hush)', ['hush']],
    ["Secret{value='hush'}", ['hush']],
    ['ApiKey(plaintext=hush, a=b)', ['hush']],
    ['Password[length=seen]', []],
    ['Keyboard[value=seen]', []],
    // Dots.
    ['password....hush', ['hush']],
    ['db.password .... hush', ['hush']],
    ['db.password...hush', ['hush']],
    ['password....: hush', ['hush']],
    ['password........"hu sh"', ['hu sh']],
    ["password........'hush'", ['hush']],
    ['fs.azure.account.key.a.b, value: hush', ['hush']],
    ["password value='hu sh'", ['hu sh']],
    ['the password....hush', ['hush']],
    ['password.... hush', ['hush']],
    ['password ....hush', ['hush']],
    ['password... seen', []],
    ['password ... seen', []],
    ['passwords....failed', []],
    // Parentheses.
    ['secret (hush)', ['hush']],
    ['the wrong password (hush) of u', ['hush']],
    ['password (optional)', []],
    ['select failed: the wrong secret (hush)', ['hush']],
    ['password (hush-base64)', ['hush-base64']],
    ['password (base64-hush)', ['base64-hush']],
    ['password.file (seen)', []],
    ['password (SCRAM)', []],
    ['password (base64)', []],
    ['password (seen, too)', []],
    ['token (seen)', []],
    ['PASSWORD (seen)', []],
    ['INSERT INTO secret (seen)', []],
    [`INSERT INTO secret (seen) ${'and more '.repeat(20)}`, []],
    ['`c`.secret (seen)', []],
    // Tokens are what parsers call words.
    ["authtoken expected but got 'hush'", ['hush']],
    ["tokenSecret expected but got 'hush'", ['hush']],
    ["token expected but got 'seen'", []],
    ["token expected but got 'aB3dE6gH9jK2mN5p'", ['aB3dE6gH9jK2mN5p']],
  ])('%s hides %j', (text, values) => expect([...new Set(hidden(text))]).toEqual(values));
});

it('is found wherever it stands in a long text', () => {
  const far = 'It goes on. '.repeat(200);
  const text = `${far}password....hush ${far}db.password....mush`;
  expect(saidSpans(text).map(({ start, end }) => text.slice(start, end))).toEqual(['hush', 'mush']);
});

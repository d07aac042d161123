/** Values behind a sensitive key where neither `=` nor `:` leads to them. */
import { describe, expect, it } from 'vitest';
import { linkSpans } from '../../../lib/domain/secrets/secret-links.ts';

const hidden = (text: string): string[] => linkSpans(text).map(({ start, end }) => text.slice(start, end));

describe('a value that is linked to a sensitive key', () => {
  it.each([
    // Arrows, and `=` as URLs and Gson write it.
    ['password -> hush, a', ['hush']],
    ['Map(password->hush)', ['hush']],
    ["password -> 'hu sh'", ['hu sh']],
    ['?a=b%26token%3Dhush%26c', ['hush']],
    ['?password%3Dhush&c', ['hush']],
    ['{\\u0026token\\u003dhush\\u0026c}', ['hush']],
    ['a%26authtoken%3Dhush', ['hush']],
    ['a%26t%3Dseen', []],
    ['\\u0026x\\u003dseen', []],
    ['token%3D', []],
    // Words between the two.
    ["password is 'hush'", ['hush']],
    ["password  is  'hush'", ['hush']],
    ["password  'hush'", ['hush']],
    ["password not like 'hush'", ['hush']],
    ["password like  'hush'", ['hush']],
    ["password value U&'hush'", ['hush']],
    ["password u&'hush'", ['hush']],
    ["password _UTF8'hush'", ['hush']],
    ['password \\"hush\\"', ['hush']],
    ['password is hush.', ['hush.']],
    ['password  is  hush', ['hush']],
    ['password was hush', ['hush']],
    ['password is required', []],
    ['password is ', []],
    ['password this hush', []],
    ['password issue hush', []],
    ["'password' 'seen'", []],
    ["'password' is 'hush'", ['hush']],
    ["`password' is seen", []],
    ["token 'seen'", []],
    ["token 'aB3dE6gH9jK2mN5p'", ['aB3dE6gH9jK2mN5p']],
    ['token is hush', ['hush']],
    // Lists.
    ["password in ('hush', 'sh') c", ["'hush', 'sh'"]],
    ["password  not  in  (  'hush') c", ["'hush'"]],
    ["password in('hush')", ["'hush'"]],
    ["password notin ('seen')", []],
    ['password in (a, b)', []],
    ["password in (_UTF8'hush')", ["_UTF8'hush'"]],
    // Pairs with a comma.
    ['(password,hush)', ['hush']],
    ['[(a,b), (password,hush)]', ['hush']],
    ['((password,hush),(a,b))', ['hush']],
    ['INSERT INTO t (password,seen)', []],
    ['INSERT INTO t(password,seen)', []],
    ['f(password,seen)', []],
    ['a(b) password,seen)', []],
    ['(password, seen)', []],
    ['(password,seen', []],
    ["('password', 'hush')", ['hush']],
    ["( 'password' , 'hush' )", ['hush']],
    ['(\\"password\\",\\"hush\\")', ['hush']],
    ["('password', 'token')", []],
    ["('password', 'seen', 'c')", []],
    ["('c', 'password', 'seen')", []],
    ["f('a') 'password', 'seen'", []],
    ["'password', 'seen' )", []],
    ["('x' 'password', 'seen' || ')", []],
    ["MAP['a','b','password','hush']", ['hush']],
    ["map ('a','b','password','hush')", ['hush']],
    ["map ['password', 'hush', 'c', 'd']", ['hush']],
    ["array['a','password','seen','c']", []],
    ["map['a','b'], 'password', 'seen', 'c'", []],
    ["f(map['a','b']), 'password', 'seen', 'c'", []],
    ["map[a]x['b','password','seen','c']", []],
    ["maps['password','seen','c']", []],
    [`MAP['a',${"'b','c',".repeat(30)}'password','hush','x'] ${'x'.repeat(600)}`, ['hush']],
    // Calls.
    ['setPassword("hush")', ['hush']],
    ["PASSWORD( 'hush')", ['hush']],
    ['setPassword(\\"hush\\")', ['hush']],
    ["'password'('seen')", []],
    ['setPassword(seen)', []],
    // Nothing but a blank.
    ['PASSWORD hush', ['hush']],
    ['PASSWORD  hush', ['hush']],
    ['api_key hush', ['hush']],
    ['clientSecret hush', ['hush']],
    ['AUTH hush', ['hush']],
    ['SAS seen', []],
    ['auth seen', []],
    ['the.auth seen2', []],
    ['a-PASSWORD-b hush', []],
    ['db.password hush2', ['hush2']],
    ['db.password hush', []],
    ['password hush2', ['hush2']],
    ['password 12', []],
    ['password 1', []],
    ['password 123', ['123']],
    ['passwords hush2', []],
    ['x-password hush2', []],
    ['PASSWORD STRING', []],
    ['PASSWORD VARCHAR_X.', []],
    ['PASSWORD MAP<a,b>', []],
    ['PASSWORD MAP<', []],
    ['PASSWORD STRING,', []],
    ['PASSWORD Xhush', ['Xhush']],
    ['PASSWORD hushX', ['hushX']],
    ['PASSWORD X%Y', ['X%Y']],
    ['PASSWORD X<Y', []],
    ['PASSWORD required', []],
    ['PASSWORD (a)', []],
    ["'PASSWORD' hush", []],
    ['TOKEN hush', []],
    ['TOKENS hush', []],
    // Users.
    ["IDENTIFIED BY 'hush'", ['hush']],
    ['identified  by  hush x', ['hush']],
    ['identified by password hush x', ['hush']],
    ['identified by  password  hush x', ['hush']],
    ['identified  with  sha2  by  hush', ['hush']],
    ['identified as hush', ['hush']],
    ['identified by', []],
    ['identified withsha2 by hush', []],
    ['identified in hush', []],
  ])('%s hides %j', (text, values) => expect([...new Set(hidden(text))]).toEqual(values));

  it('is no key itself', () => {
    expect(hidden('password is token is hush')).toEqual(['token']);
    expect(hidden("password 'the token -> hush'")).toEqual(['the token -> hush']);
  });

  it('is looked for behind keys of up to 200 characters', () => {
    expect(hidden(`${'x'.repeat(190)}.password -> hush`)).toEqual(['hush']);
    expect(hidden(`password${'.x'.repeat(150)}.password -> hush`)).toEqual(['hush']);
  });
});

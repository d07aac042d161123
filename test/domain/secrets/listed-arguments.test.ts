/** Secrets in lists of arguments, and users with a password beside them. */
import { describe, expect, it } from 'vitest';
import { listedSpans } from '../../../lib/domain/secrets/listed-arguments.ts';

const hidden = (text: string): string[] => listedSpans(text).map(({ start, end }) => text.slice(start, end));

describe('a list of arguments', () => {
  it.each([
    ["Error parsing arguments '[--password, hush, --user, u]' on 'hush'. Please prefix", ['hush', 'hush']],
    ["Error parsing arguments '[-u, u, --db-password, hu sh]' on 'u'", ['hu sh']],
    ['["--password","hush","--user","u"]', ['hush']],
    ["['--db.password', 'hu sh']", ['hu sh']],
    ['["-password", "hush"]', ['hush']],
    ['["--password","--user","u"]', []],
    ['["--user","seen"]', []],
    // Without the dashes.
    ["Error parsing arguments '[password, hush, user, u]' on 'password'. Please prefix", ['hush']],
    ["Error parsing arguments '[user, u, db.password, hu sh]' on 'hu sh'.", ['hu sh', 'hu sh']],
    ['args: [password, hush]', ['hush']],
    ['main() got the arguments [a, token, hush, b]', ['hush']],
    ['command line [tool, secret, password]', ['password']],
    ['arguments [password]', []],
    ['arguments [password, ]', []],
    ['arguments [user, seen]', []],
    ['unknown arguments [password, url]', []],
    ['Missing args: [password, url]', []],
    ['arguments of [x]\n[password, seen]', []],
    ['[--password, --user, u]', []],
    ['[--user, seen]', []],
    ['--password, seen', []],
    // A list may begin with another argument, and need not go on.
    ['[--password, hush]', ['hush']],
    ['[u, --password, hush]', ['hush']],
    ['[-password, hush]', ['hush']],
    ['[--password, -1hush]', ['-1hush']],
    ['[--password, -u, seen]', []],
    ['["--password","-u","seen"]', []],
    ["['--password', '-1hush']", ['-1hush']],
    ['command [tool, secret, hush]', ['hush']],
    ['commandline [tool, secret, hush]', ['hush']],
    ['option [password, hush]', ['hush']],
    ['property: [password, hush]', ['hush']],
    ['[password, hu+sh]', ['hu+sh']],
    ['[password,aB3dE6gH9jK2mN5p]', ['aB3dE6gH9jK2mN5p']],
    ['[password, seen]', []],
    ['options [password, seen]', []],
    ['fields=[password, se+n]', []],
    ['option [password, token]', []],
    ['option [password, required]', []],
    ['option [password, seen, too]', []],
  ])('%s hides %j', (text, values) => expect(hidden(text)).toEqual(values));
});

it('is blamed where the message says so, and not where the same word stands before', () => {
  const text = "arguments '[--password, a]' of 'a' on 'a'";
  expect(listedSpans(text).map(({ start }) => start)).toEqual([text.indexOf('a]'), text.length - 2]);
});

describe('a user with a password', () => {
  it.each([
    ['credentials u:hush are wrong', ['hush']],
    ['User credentials [u:hush] rejected', ['hush']],
    ['credentials of "u/hush"', ['hush']],
    ['basic auth u:hush', ['hush']],
    ['user:password u:hush', ['hush']],
    ['Could not connect as u/hush@db', ['hush']],
    ['connect u/hush@//h:1521/x', ['hush']],
    ['no protocol: u:hush@h', ['hush']],
    ["contains an invalid host 'hush@h:27017'.", ['hush']],
    ["failed to parse the connection string near 'hush@h/d'", ['hush']],
    ['bad credential me:hush', ['hush']],
    ['the "credentials" me:hush', ['hush']],
    ['credentials: me:hush', ['hush']],
    ['credentials=me:hush', ['hush']],
    ['credentials u1:hush', ['hush']],
    ['credentials 1u:hush', ['hush']],
    ['credentials u:hush12', ['hush12']],
    ['credentials u:1hush', ['1hush']],
    ['connected to scott/hush@db', ['hush']],
    ['no protocol: me:hush@h', ['hush']],
    ['credentials 12:seen', []],
    ['login at h:8080', []],
    ['login h:8080', []],
    ['login https://h/x', []],
    ['/loginRecord/{userId}', []],
    ['loginAs u/seen', []],
    ['credentials file:/etc/x', []],
    ['no protocol: conf.yaml', []],
  ])('%s hides %j', (text, values) => expect(hidden(text)).toEqual(values));
});

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

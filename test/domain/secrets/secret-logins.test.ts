/** What somebody could not log on with. */
import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../../lib/domain/secrets/mask-sql.ts';
import { loginSpans } from '../../../lib/domain/secrets/secret-logins.ts';

const hidden = (text: string): string[] => loginSpans(text).map(({ start, end }) => text.slice(start, end));

describe('a word with which somebody could not log on', () => {
  it.each([
    'user hunter could not log on with hush',
    'user hunter could not log on with hush.',
    'User "me" was not able to log in with hush, giving up',
    'user me could not log on with sslhush',
    'user me cannot logon with hush',
    'user me cannot sign on with hush',
    'user me could not log on with hushX',
    'user me could not log on with Ahush',
    'user me could not log on with hush1',
    "Error on log in with 'hush'",
    'account me@h failed to sign in with hush',
    'the login me was refused: user me cannot logon with hush\nnext line',
    "user 'me' could not authenticate with hush7",
    "User 'me' authentication failed with 'hush'",
    'Cannot authenticate me with "hush"',
    'authentication of me on host h failed with `hush`',
    `could not log in with 'hush' ${'and more '.repeat(20)}`,
    "could not log in with 'hush'",
  ])('is hidden: %s', (text) => {
    expect(hidden(text)).toEqual([/[Asl]*hush[71X]?/.exec(text)?.[0]]);
    expect(maskSecrets(text)).not.toContain('hush');
  });

  it.each([
    'user flink could not log in with Kerberos.',
    'user flink could not log in with LDAP.',
    'user flink could not log in with SSL',
    'user flink could not log in with GSSAPI',
    'user flink could not log in with scram-sha-512',
    'user flink could not log in with postgres',
    'user flink could not log in with postgresql',
    'user flink could not log in with 401',
    'user flink could not log in with error',
    'user flink could not log in with error code 5',
    'user flink could not log in with it',
    'user flink failed to authenticate with zebra',
    'user flink failed to authenticate with SCRAM-SHA-512',
    'user flink logged in with role admin',
    'user flink logged in without x. It went on with y1',
    'could not log in with zebra',
    "authentication failed with 'SCRAM-SHA-256'",
    "authentication failed with 'kerberos'",
    "login module 'x' with 'y'",
    "You can log in with 'root' here. The last try has failed",
    `The last try has failed. ${'It goes on. '.repeat(9)}You can log in with 'root' here`,
    'user flink with zebra',
    "Login with 'root' user of 'sys' tenant:",
    "You can log in with 'root' here",
    "could not log in with 'root' user",
  ])('is none in: %s', (text) => expect(hidden(text)).toEqual([]));
});

/** A password in plain text among the options of a registered database is found, by the name of its option (definitions.md). */
import { expect, it } from 'vitest';
import { plainSecretOption } from '../../../lib/domain/definition/plain-secret.ts';

it.each([
  ["'connector' = 'jdbc', 'password' = 'planted'", 'password'],
  ["'url'='x','password'='planted'", 'password'],
  ["'url' = 'it''s',\n'my.api-key'\n  =  'planted'", 'my.api-key'],
  ["'password' = 'plan''ted'", 'password'],
  ["'password' = '', 'token' = 'planted'", 'token'],
  ["'password' = '${pw}', 'secret' = 'planted'", 'secret'],
  ["'password' = '${pw}'", null],
  ["'password' = 'a-${pw}'", null],
  ["'password' = ''", null],
  ["'connector' = 'jdbc', 'username' = 'me', 'url' = ''", null],
  ["'note' = 'password'", null],
  ['', null],
])('in %s: %s', (flinkConfig, option) => {
  expect(plainSecretOption(flinkConfig)).toBe(option);
});

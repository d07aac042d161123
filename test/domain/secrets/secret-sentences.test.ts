/** Which words of a sentence are taken for a secret, and which only go on with it. */
import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../../lib/domain/secrets/mask-sql.ts';
import { MASK as M } from '../../../lib/domain/secrets/text-spans.ts';

const FAR = 'x '.repeat(60);
const hides = (rows: readonly string[]): void =>
  it.each(rows)('hides a value in: %s', (row) => {
    expect(maskSecrets(row.replace('<', '').replace('>', ''))).toBe(row.replace(/<.*>/, M));
  });
const leaves = (rows: readonly string[]): void =>
  it.each(rows)('leaves: %s', (row) => expect(maskSecrets(row)).toBe(row));

describe('a user and a word beside it', () => {
  hides([
    'user u1 pass <hunter2>',
    'user u1 PASS <hunter2>',
    'for u1 password <hunter2>',
    'as u1 with the password <hunter2>',
    'user rename pass <hunter2>',
    'user myids pass <hunter2>',
    'user jobsx pass <hunter2>',
    'user u, password <p>, x',
    `SELECT 1 ${FAR}user u, password <p> FROM t`,
    'SELECT user u, password <p> and x',
    'SELECT user u, password <p> and x, y FROM t',
    'user u, password <p> from here',
    'selected user u, password <p>, x',
  ]);
  leaves([
    'for u1 pass hunter2',
    'As u1 pass hunter2',
    'the user is pass hunter2',
    'user u with password file',
    'SELECT user u, password p FROM t',
    'SELECT user u, password p   from t',
    'SELECT user u, password p, x FROM t',
    'SELECT user u, password p , x FROM t',
  ]);
  const DOES = [
    'name',
    'names',
    'id',
    'ids',
    'code',
    'input',
    'inputs',
    'function',
    'functions',
    'program',
    'programs',
  ];
  const AND = ['job', 'jobs', 'classes', 'method', 'methods', 'operator', 'operators', 'app', 'apps', 'data'];
  leaves([...DOES, ...AND].map((word) => `user ${word} pass hunter2`));
});

describe('a word behind a key of two words', () => {
  hides([
    'API key <a1b2c3> is not active',
    'the access key <AKIA123> does not exist',
    'secret key  <x-1y2z3>, then',
    'private key <MII7EvQ> could not be read',
  ]);
  leaves([
    'API key header is missing',
    'API key v2 is deprecated',
    'secret key sha256 digest',
    'secret key sha-256: no',
    'the secret key AES256.',
    'private key pkcs8_pem',
    'primary key id1234 is not unique',
    'the key a1b2c3',
    'access key 123456',
  ]);
});

describe('a word that is said to be used, or wrong', () => {
  hides([
    'wrong password <hunter2>',
    'wrong password <hunter.> then',
    'wrong password <hunter2> for u',
    'wrong password <ABC>',
    'wrong password <x-1>',
    'wrong password <xA_B>',
    'wrong password <A_Bx>',
    'password <abc1> rejected at line 1',
    'password <hunter> rejected at line 1',
    'wrong password <hunter-x> for u',
    'invalid token "<abc1>" manager',
    'invalid token <abc1> for u',
    `line 1: ${FAR}invalid token "<abc1>"`,
    `invalid token "<abc1>" ${FAR}line 1`,
    'token "<abc1>" was refused',
  ]);
  leaves([
    'wrong password file',
    'with password hunter manager',
    'with password hunter  manager',
    'with password hunter\tmanager',
    'wrong password h.unter manager',
    'wrong password -x1',
    'wrong password A_B',
    'wrong password A_BCDE.',
    'wrong password _A',
    'password file rejected',
    'invalid token abc1 manager',
    'invalid token "abc1" at line 3',
    'line 3: invalid token "abc1"',
    'invalid token "abc1", expected x',
    'parsing failed: invalid token "abc1"',
    'invalid token "-" here',
    'invalid token "#" here',
    'Encountered: invalid token "abc1"',
    'invalid token "file" here',
    'token "abc1" is not valid at line 1',
    'token "-" is not valid',
  ]);
});

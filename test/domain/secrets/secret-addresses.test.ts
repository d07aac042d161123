/** Credentials in addresses. */
import { describe, expect, it } from 'vitest';
import { addressSpans } from '../../../lib/domain/secrets/secret-addresses.ts';

const hidden = (text: string, isValue = false): string[] =>
  addressSpans(text, isValue).map(({ start, end }) => text.slice(start, end));

const RANDOM = 'a1b2c3d4e5f6g7h8i9j0';

describe('an address', () => {
  it.each([
    ['sftp://etl:hush@h/in', 'hush'],
    ['redis://:hush@h', 'hush'],
    ['http://tok@h', 'tok'],
    ['https://tok@h/a@b', 'tok'],
    ['ws://tok@h', 'tok'],
    ['amqp://tok@h', 'tok'],
    ['git+https://tok@h', 'tok'],
    // A slash in a password.
    ['mongodb://u:p/w@h', 'p/w'],
    ['mongodb://u:p12/w@h', 'p12/w'],
    ['redis://:p/w@h', 'p/w'],
    // A user that is none, since no user is called so.
    [`custom://${RANDOM}@h`, RANDOM],
    ['custom://abcdefghijklmnopqrs7@h', 'abcdefghijklmnopqrs7'],
    ['custom://1234567890123456789a@h', '1234567890123456789a'],
    [`abfs: x://${RANDOM}@h`, RANDOM],
    ['jdbc:oracle:thin:scott/tiger@h', 'tiger'],
    ['jdbc:oracle:thin:scott/tiger now', 'tiger'],
    ['jdbc:oracle:thin:scott/"ti@ger"@h', '"ti@ger"'],
    ['is Bearer  abc123 there', 'abc123'],
    ['is Basic  dTp4MQ== there', 'dTp4MQ=='],
  ])('shows no credentials: %s', (text, secret) => {
    expect(hidden(text)).toEqual([secret]);
    expect(hidden(text, true)).toEqual([secret]);
  });

  it.each([
    'sftp://etl@h/in',
    'http: sftp://etl@h/in',
    'http://@h',
    'http://h/a@b',
    'http://h:8080/a@b',
    'http://h:8080',
    'http://h:8/a@b',
    'http://[::1]:8081/a@b',
    'abfss://container20240101backups@account',
    'at abfs://container20240101backups@account',
    'at wasb://container20240101backups@account',
    `// ${RANDOM}@h`,
    `//${RANDOM}@h`,
    `custom://x-${RANDOM}@h`,
    `custom://${RANDOM}-x@h`,
    'custom://abcdefghijklmnopqrst@h',
    'jdbc:oracle:thin:scott/ now',
    'Basic abcdefgh failed',
    'Bearer authentication failed',
  ])('without any stays: %s', (text) => expect(hidden(text)).toEqual([]));

  it('ends at a quote in words, and not in a value', () => {
    expect(hidden("mongodb://u:it's@h")).toEqual([]);
    expect(hidden("mongodb://u:it's@h", true)).toEqual(["it's"]);
  });
});

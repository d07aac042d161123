/** Values of secrets in the text that is sent, and the way back from its places to the text without them. */
import { describe, expect, it } from 'vitest';
import { fillSecrets, placeSecrets } from '../../../lib/domain/secrets/place-secrets.ts';
import { withOriginalPlaces } from '../../../lib/domain/secrets/placed-text.ts';

const SECRETS = { pw: "a'b`c\\d", user: 'ada', word: 'a null', empty: '' };

describe('a secret in a text', () => {
  it.each([
    ["'${pw}'", "'a''b`c\\d'"],
    ["E'${pw}'", "E'a''b`c\\\\d'"],
    ["U&'x ${pw}'", "U&'x a''b`c\\\\d'"],
    ["u&'${pw}' -- c\n uescape '`'", "u&'a''b``c\\d' -- c\n uescape '`'"],
    ["U & '${pw}'", "U & 'a''b`c\\d'"],
    ['`${pw}`', "`a'b``c\\d`"],
    ['x = ${user}', 'x = ada'],
    ['SET x = ${pw}', "SET x = a'b`c\\d"],
    ['-- ${user}\n/* ${user} */ 1', '-- ${user}\n/* ${user} */ 1'],
    ["'${other} ${user} ${user}'", "'${other} ada ada'"],
    ["'${toString}'", "'${toString}'"],
    ["'${word}'", "'a null'"],
  ])('%s is sent as %s', (original, text) => {
    expect(placeSecrets(original, SECRETS)).toMatchObject({ text, original });
  });

  it('is told with where it stands, and what it stands for', () => {
    const original = "SELECT '${user}', '${user}' FROM t";
    expect(placeSecrets(original, SECRETS)).toEqual({
      text: "SELECT 'ada', 'ada' FROM t",
      original,
      values: [
        { at: 8, length: 3, from: 8, to: 15 },
        { at: 15, length: 3, from: 19, to: 26 },
      ],
    });
  });

  it('is none where there are no secrets', () => {
    expect(placeSecrets("'${pw}'", {})).toEqual({ text: "'${pw}'", original: "'${pw}'", values: [] });
  });

  it.each([
    ['--password ${pw} --user ${user}.', "--password a'b`c\\d --user ada."],
    ['${other}${user}${toString}', '${other}ada${toString}'],
    ['nothing', 'nothing'],
  ])('that is no SQL any more is filled in as it is: %s', (value, filled) => {
    expect(fillSecrets(value, SECRETS)).toBe(filled);
  });
});

describe('a place that Flink names', () => {
  const placed = placeSecrets("SELECT '${user}', '${user}' FROM t", SECRETS);
  const original = (column: number): string => withOriginalPlaces(`at line 1, column ${column}.`, placed);

  it.each([
    ['before the secrets', 1, 1],
    ['the quote before the first', 8, 8],
    ['the first', 9, 9],
    ['within it', 11, 9],
    ['right behind it', 12, 16],
    ['the second', 16, 20],
    ['within it', 18, 20],
    ['right behind it', 19, 27],
    ['far behind', 26, 34],
  ])('is that of the text as it was written: %s', (_where, sent, written) => {
    expect(original(sent)).toBe(`at line 1, column ${written}.`);
  });

  it('behind a secret without a value is that of what follows', () => {
    const both = placeSecrets("'${empty}${user}'", SECRETS);
    expect(withOriginalPlaces('at line 1, column 2', both)).toBe('at line 1, column 10');
  });

  it('is found in a long text, with as many digits as it has', () => {
    const long = placeSecrets(`${'\n'.repeat(11)}${' '.repeat(10)}\${user} x`, SECRETS);
    expect(withOriginalPlaces('From line 12, column 15 to line 12, column 15', long)).toBe(
      'From line 12, column 19 to line 12, column 19',
    );
  });
});

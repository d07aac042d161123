/** Texts without the values of sensitive options: SQL, words, and values. */
import { describe, expect, it } from 'vitest';
import { maskSecrets, maskStatement, maskValue } from '../../../lib/domain/secrets/mask-sql.ts';

describe('SQL as it is shown', () => {
  it.each([
    ["WITH ('password' = 'hush')", "WITH ('password' = '******')"],
    ["WITH ('password' = 'a' 'b', 'x' = 'c')", "WITH ('password' = '******' '******', 'x' = 'c')"],
    ["WITH ('password' = '${pw}')", "WITH ('password' = '${pw}')"],
    ["WITH ('password' = 'x${pw}')", "WITH ('password' = '******')"],
    ["WITH ('password' = '${pw}x')", "WITH ('password' = '******')"],
    ['SET x.password = ${pw};', 'SET x.password = ${pw};'],
    ['SET x.password = hush;', 'SET x.password = ******;'],
    ["SET x.password = 'hush';", "SET x.password = '******';"],
    ['x := password=two words;', 'x := password=******;'],
    ["url := https://u:hush@h/?a='x';", "url := https://u:******@h/?a='x';"],
    ["x := 'a' || 'b', password=hush;", "x := 'a' || 'b', password=******;"],
    ["x := 'password=hush';", "x := 'password=******';"],
    ["SELECT 1 -- password=hush\n, 'a'", "SELECT 1 -- password=******\n, 'a'"],
    ["SELECT '''a'', token=hush'", "SELECT '''a'', token=******'"],
    [String.raw`SELECT 'C:\x token=hush'`, String.raw`SELECT 'C:\x token=******'`],
    [String.raw`SELECT E'C:\\x ''a'' token=hush'`, String.raw`SELECT E'C:\\x ''a'' token=******'`],
    ['SELECT `token=hush` FROM t WHERE token = other', 'SELECT `token=hush` FROM t WHERE token = other'],
    [
      'EXECUTE PIPELINE WITHYAML (\nsource:\n  type: x\n  password: hush\n  a: b\n)',
      'EXECUTE PIPELINE WITHYAML (\nsource:\n  type: x\n  password: ******\n  a: b\n)',
    ],
    // Options that are written wrong.
    ["WITH ('password' = hush, 'a' = 'b')", "WITH ('password' = ******, 'a' = 'b')"],
    ["WITH ('password' = 12.5)", "WITH ('password' = ******)"],
    ["WITH ('a' = 'b', 'password' 'hush')", "WITH ('a' = 'b', 'password' '******')"],
    ["WITH ('password' : 'hush', 'a' : 'b')", "WITH ('password' : '******', 'a' : 'b')"],
    ["WITH ('password' = 'hush' more, 'a' = b)", "WITH ('password' = '******' ******, 'a' = b)"],
    ['WITH (db.password = hush, a = b)', 'WITH (db.password = ******, a = b)'],
    ["t /*+ OPTIONS('token' = hush) */", "t /*+ OPTIONS('token' = ******) */"],
    ["ALTER TABLE t SET ('token' = hush)", "ALTER TABLE t SET ('token' = ******)"],
    ["WITH ('password' = ${pw})", "WITH ('password' = ${pw})"],
    [
      "SELECT f('password' = seen, 'token') WHERE 'token' = seen",
      "SELECT f('password' = seen, 'token') WHERE 'token' = seen",
    ],
    ["SELECT 'open, password=hush", "SELECT 'open, password=******"],
  ])('%s', (text, shown) => expect(maskStatement(text)).toBe(shown));
});

describe('words and values', () => {
  it.each([
    ["in 'password' = 'a' 'b' there", "in 'password' = '******' '******' there"],
    ["'password' = 'open", "'password' = '******'"],
  ])('%s', (text, shown) => {
    expect(maskSecrets(text)).toBe(shown);
    expect(maskValue(text)).toBe(shown);
  });

  it('blanks end nothing in a value', () => {
    expect(maskSecrets('password=two words')).toBe('password=****** words');
    expect(maskValue('password=two words')).toBe('password=******');
  });
});

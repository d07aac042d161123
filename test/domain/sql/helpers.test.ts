import { describe, expect, it } from 'vitest';
import { maskSecrets, sensitiveLiterals } from '../../../lib/domain/secrets/mask-sql.ts';
import { ddlTarget } from '../../../lib/domain/sql/ddl-target.ts';
import { scan } from '../../../lib/domain/sql/scan.ts';
import { stripComments, toSendable } from '../../../lib/domain/sql/sendable.ts';
import { splitScript } from '../../../lib/domain/sql/split.ts';
import { readWithOptions, withOption } from '../../../lib/domain/sql/with-options.ts';

const only = (sql: string) => splitScript(sql)[0]!;

describe('toSendable', () => {
  it.each([
    ['SET a = /* c */ b', 'SET a =         b'],
    ['SET -- c\n a = b', 'SET     \n a = b'],
    ['RESET /* c */ a', 'RESET         a'],
    ["SET a = 'b'", "SET a = 'b'"],
    ["SET a = 'it''s'", "SET 'a' = 'it''s'"],
    ["set a.b='''x'", "set 'a.b'='''x'"],
    ["SET a = '${secret}'", "SET 'a' = '${secret}'"],
    ["SET 'a' = 'it''s'", "SET 'a' = 'it''s'"],
    ["ADD CUSTOMJAR 'x'", "ADD JAR       'x'"],
    ['SELECT 1 /* c */ + 1', 'SELECT 1 /* c */ + 1'],
  ])('%s', (sql, expected) => expect(toSendable(only(sql)).text).toBe(expected));

  it('leaves comment signs in literals and hints alone', () => {
    const text = "SELECT '--a', `/*b*/` /*+ X('//') */ FROM t";
    expect(stripComments(text)).toBe(text);
  });
});

describe('ddlTarget', () => {
  it.each([
    ['CREATE CATALOG c WITH (x)', ['CREATE', 'CATALOG', false, ['c'], 'c']],
    ['DROP CATALOG IF EXISTS `my c`', ['DROP', 'CATALOG', false, ['my c'], 'my c']],
    ['CREATE DATABASE IF NOT EXISTS c.d', ['CREATE', 'DATABASE', false, ['c', 'd'], 'c']],
    ['CREATE DATABASE d', ['CREATE', 'DATABASE', false, ['d'], null]],
    ['CREATE TABLE c.d.t (a INT)', ['CREATE', 'TABLE', false, ['c', 'd', 't'], 'c']],
    ['CREATE TABLE `c` . /* x */ d.t (a INT)', ['CREATE', 'TABLE', false, ['c', 'd', 't'], 'c']],
    ['CREATE TABLE d.t (a INT)', ['CREATE', 'TABLE', false, ['d', 't'], null]],
    ['CREATE TEMPORARY TABLE IF NOT EXISTS c.d.t (a INT)', ['CREATE', 'TABLE', true, ['c', 'd', 't'], 'c']],
    ['CREATE OR REPLACE TABLE t AS SELECT 1', ['CREATE', 'TABLE', false, ['t'], null]],
    ['REPLACE TABLE a.b.t AS SELECT 1', ['REPLACE', 'TABLE', false, ['a', 'b', 't'], 'a']],
    ["CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS f AS 'x'", ['CREATE', 'FUNCTION', true, ['f'], null]],
    ['CREATE OR ALTER MATERIALIZED TABLE c.d.m AS SELECT 1', ['CREATE', 'TABLE', false, ['c', 'd', 'm'], 'c']],
    ['ALTER TABLE IF EXISTS c.d.t RENAME TO u', ['ALTER', 'TABLE', false, ['c', 'd', 't'], 'c']],
  ])('%s', (sql, [action, object, temporary, name, catalog]) => {
    expect(ddlTarget(only(sql))).toMatchObject({ action, object, temporary, name, catalog });
  });

  it.each(['SELECT 1', 'INSERT INTO table_x SELECT 1', 'USE CATALOG c'])('%s is none', (sql) =>
    expect(ddlTarget(only(sql))).toBeNull(),
  );
});

describe('readWithOptions', () => {
  it('reads keys and values with their quotes undone', () => {
    const sql = "EXECUTE JAR WITH ('uri' = 'rs:/x.jar', -- c\n 'args'='it''s, ''=''', 'main-class'='a.B')";
    const options = [
      { key: 'uri', value: 'rs:/x.jar' },
      { key: 'args', value: "it's, '='" },
      { key: 'main-class', value: 'a.B' },
    ];
    expect(readWithOptions(only(sql))).toEqual({ kind: 'options', options });
  });

  it('takes a comma behind the last option', () => {
    const read = readWithOptions(only("EXECUTE JAR WITH ('a'='1', 'b'='2',)"));
    expect(read).toMatchObject({ options: [{ value: '1' }, { value: '2' }] });
  });

  it('keeps repeated keys, for the caller to see', () => {
    const read = readWithOptions(only("EXECUTE JAR WITH ('a'='1', 'a'='2')"));
    expect(read).toMatchObject({ options: [{ value: '1' }, { value: '2' }] });
  });

  it.each([
    ['EXECUTE JAR', 'the end of the statement'],
    ["EXECUTE JAR WITH ('a'='1'", 'the end of the statement'],
    ["EXECUTE JAR WITH ('a'='1' 'b'='2')", 'a literal'],
    ["EXECUTE JAR WITH ('a'=1)", 'a literal'],
    ['EXECUTE JAR WITH (a=1)', 'a'],
    ["EXECUTE JAR WITH ('a'='1',,)", ','],
    ["EXECUTE JAR WITH (,'a'='1')", ','],
    ['EXECUTE JAR WITH (,)', ','],
    ["EXECUTE JAR WITH ('a'='1',) AND", 'AND'],
    ["EXECUTE JAR WITH ('a'='1') AND", 'AND'],
    ["EXECUTE JAR WITH ('a'=${x})", 'a literal'],
    ["EXECUTE JAR WITH (a='1')", 'a'],
    ["EXECUTE JAR WITH (='1')", '='],
    ["EXECUTE JAR WITH ('a','1')", 'a literal'],
    ['EXECUTE JAR WITH (', 'the end of the statement'],
    ["EXECUTE JAR WITH ('a'=", 'a literal'],
    ["EXECUTE JAR WITH 'a'='1'", 'the end of the statement'],
  ])('%s cannot be read', (sql, found) => expect(readWithOptions(only(sql))).toEqual({ kind: 'unreadable', found }));
});

describe('withOption', () => {
  const jar = only("EXECUTE JAR f(x) WITH ('a'='1', 'b'='2', 'a'='3')");

  it('gives the value of one option, the last where it is repeated', () => {
    expect(['a', 'b', 'c'].map((key) => withOption(jar, key))).toEqual(['3', '2', undefined]);
  });

  it('gives nothing of a list that cannot be read', () => {
    expect(withOption(only("EXECUTE JAR WITH ('a'='1' 'b'='2')"), 'a')).toBeUndefined();
  });
});

describe('sensitiveLiterals', () => {
  const found = (text: string) => sensitiveLiterals(scan(text)).map(([start, end]) => text.slice(start, end));

  it.each([
    ["WITH ('password' = 'hush', 'user' = 'u', 'token' = 'x''y')", ['hush', "x''y"]],
    ["WITH ('password' = E'hush')", ['hush']],
    ['SET db.password = hush', ['hush']],
    ["WITH ('password' = '${pw}', 'token' = 'a${pw}')", ['a${pw}']],
  ])('of %s are %j', (text, literals) => expect(found(text)).toEqual(literals));
});

describe('maskSecrets', () => {
  it.each([
    ["WITH ('password' = 'x''y', 'user' = 'u')", "WITH ('password' = '******', 'user' = 'u')"],
    ["SET 'db.password'='x'", "SET 'db.password'='******'"],
    ['SET db.password=x', 'SET db.password=******'],
    ["SELECT * FROM t /*+ OPTIONS('token'='x') */", "SELECT * FROM t /*+ OPTIONS('token'='******') */"],
    ["pw_token := 'x'; SELECT 1", 'pw_token := ******; SELECT 1'],
    ["WITH ('password' /* c */ = -- d\n 'x')", "WITH ('password' /* c */ = -- d\n '******')"],
    ["WITH ('password' = '${pw}')", "WITH ('password' = '${pw}')"],
    ["WITH ('url' = 'jdbc:mysql://u:p@h:3306/d')", "WITH ('url' = 'jdbc:mysql://u:******@h:3306/d')"],
    ["SELECT 'broken, 'password' = 'x' \"", "SELECT 'broken, 'password' = '******' \""],
    ["WITH ('password' = 'x", "WITH ('password' = '******'"],
    ["SELECT 'password', 'x'", "SELECT 'password', 'x'"],
    ["= 'x'", "= 'x'"],
    ["'x'", "'x'"],
    ["f(password) = 'x'", "f(password) = 'x'"],
    ["WITH ('password' = '${pw}-tail')", "WITH ('password' = '******')"],
    ["WITH ('password' = 'head-${pw}')", "WITH ('password' = '******')"],
    ['SET password = ${pw}', 'SET password = ${pw}'],
    ['SET password = ${pw}tail', 'SET password = ******'],
    ['SET password = head${pw}', 'SET password = ******'],
    ["/* open 'password'='x' and 'user'='u'", "/* open 'password'='******' and 'user'='u'"],
    ["/* open 'password'  =   'x''y' z", "/* open 'password'  =   '******' z"],
    ["/* open 'password' = '' z", "/* open 'password' = '******' z"],
    ["WITH ('key.format' = 'json')", "WITH ('key.format' = 'json')"],
  ])('%s', (text, expected) => expect(maskSecrets(text)).toBe(expected));
});

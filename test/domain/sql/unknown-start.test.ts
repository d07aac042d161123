/** Which first words are refused by whoever checks a text. A word that some Flink takes must never be one of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { splitScript } from '../../../lib/domain/sql/split.ts';
import { unknownStart } from '../../../lib/domain/sql/unknown-start.ts';
import { readVectors } from './vectors.ts';

const problems = (text: string) => splitScript(text).map(unknownStart);

// What the grammars of Flink 1.17 to 2.3 begin a statement with: their list of statements, and Calcite's own beside it.
const FLINK =
  'ADD ALTER ANALYZE BEGIN CALL COMPILE CREATE DELETE DESC DESCRIBE DROP END EXECUTE EXPLAIN INSERT LOAD MERGE REMOVE REPLACE RESET SELECT SET SHOW STOP TABLE TRUNCATE UNLOAD UPDATE UPSERT USE VALUE VALUES WITH';
const CLIENT = 'CLEAR EXIT HELP QUIT';
const DINKY = 'PRINT';
const HIVE =
  'ABORT COMMIT DFS EXPORT FROM GRANT IMPORT KILL LIST LOCK MAP MSCK PREPARE REDUCE RELOAD REPL REVOKE ROLLBACK START UNLOCK';

describe('a first word', () => {
  it.each([FLINK, CLIENT, DINKY, HIVE].join(' ').split(' '))('%s is known, in any case', (word) => {
    for (const text of [word, word.toLowerCase()]) expect(problems(`${text} x`)).toEqual([null]);
  });

  it.each([
    ['INSRT INTO t SELECT 1', ' Did you mean "INSERT"?'],
    ['CRAETE TABLE t (a INT)', ' Did you mean "CREATE"?'],
    ['selct 1', ' Did you mean "SELECT"?'],
    ['(SELET 1)', ' Did you mean "SELECT"?'],
    ['EXCUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END', ' Did you mean "EXECUTE"?'],
    ['-- why\nUSES CATALOG c', ' Did you mean "USE"?'],
    ['SELECTED 1', ' Did you mean "SELECT"?'],
    ['id BIGINT', ''],
  ])('%j is not', (text, hint) => {
    const [problem] = problems(text);
    expect(problem).toMatch(/^No Flink knows a statement that begins with \w+\./);
    expect(problem?.replace(/^[^.]*\./, '')).toBe(hint);
  });

  it.each(['Flink SQL> SELECT 1', 'flink sql>SET a = b', 'Flink  SQL > CREATE TABLE t (a INT)'])(
    '%s begins with a prompt',
    (text) => expect(problems(text)).toEqual([expect.stringContaining('is the prompt')]),
  );

  it.each([
    '${statement}',
    'INS${x} INTO t SELECT 1',
    '${x}RT INTO t SELECT 1',
    'INSRT := 1',
    '`INSRT` 1',
    "'text'",
    '1',
    '/*+ OPTIONS() */ SELECT 1',
  ])('%s is for Flink to judge', (text) => expect(problems(text)).toEqual([null]));
});

it('each statement of a script is looked at', () => {
  expect(problems('SELECT 1; SELEC 2; INSERT INTO t SELECT 3').map((one) => one === null)).toEqual([true, false, true]);
});

const EXAMPLES = new URL('../../../examples/', import.meta.url);
const examples = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sql'));

it.each(examples)('says nothing of the example %s', (name) => {
  const found = problems(readFileSync(new URL(name, EXAMPLES), 'utf8'));
  expect(found).toEqual(found.map(() => null));
});

// The only one of them that is no statement.
const kinds = readVectors<[string, ...unknown[]]>('kinds').filter(([sql]) => sql !== 'SELECTED 1');

it.each(kinds)('says nothing of %j', (sql) => {
  expect(problems(sql)).toEqual([null]);
});

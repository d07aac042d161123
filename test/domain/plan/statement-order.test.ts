/** The job comes last: what stands behind it must not change its meaning (docs/guide/statements.md, "The order of statements"). */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { planRun } from '../../../lib/domain/plan/plan-run.ts';
import { readScript } from '../../../lib/domain/plan/read-script.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

/** The message of the refusal, or the warnings. */
function judge(statement: string): string | readonly string[] {
  const task = aTask({ statement });
  try {
    return planRun([readScript(task, { globals: {}, databases: {}, request: {} }, false)], task).warnings;
  } catch (error) {
    if (error instanceof AppError && error.code === 'sql.refused') return error.message;
    throw error;
  }
}

const script = (...statements: readonly string[]): string => statements.map((one) => `${one};\n`).join('');

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'USE CATALOG behind a short name': ['INSERT INTO t SELECT 1', 'USE CATALOG c'],
  'USE CATALOG behind a name of two parts': ['INSERT INTO d.t SELECT * FROM c.d.s', 'USE CATALOG c'],
  'USE behind a short name': ['INSERT INTO c.d.t SELECT * FROM s', 'USE d2', 'INSERT INTO c.d.t SELECT 1'],
  'USE of another catalog behind a name of two parts': ['INSERT INTO d.t SELECT 1', 'USE c.d2'],
  'the catalog turned twice': ['USE CATALOG a', 'INSERT INTO t SELECT 1', 'USE CATALOG b', 'INSERT INTO t SELECT 1'],
  'a drop of the sink': ['INSERT INTO t SELECT 1', 'DROP TABLE IF EXISTS t'],
  'a drop of the source': ['INSERT INTO t SELECT * FROM s', 'DROP TEMPORARY TABLE s'],
  'a drop of a joined table': ['INSERT INTO t SELECT * FROM a JOIN b ON a.x = b.x', 'DROP TABLE b'],
  'a drop of the second of a list': ['INSERT INTO t SELECT * FROM a, b AS bb WHERE a.x = bb.x', 'DROP TABLE b'],
  'a drop of a table of a list, behind a join': [
    'INSERT INTO t SELECT * FROM a JOIN b ON a.x = b.x, c WHERE c.y = f(a.x, b.x)',
    'DROP TABLE c',
  ],
  'a drop by its full name': ['INSERT INTO t SELECT * FROM s', 'DROP TABLE c.d.s'],
  'a drop of a quoted name': ['INSERT INTO t SELECT * FROM `my table`', 'DROP TABLE `my table`'],
  'a drop behind a subquery': ['INSERT INTO t SELECT * FROM u WHERE x IN (SELECT y FROM s)', 'DROP TABLE s'],
  'a drop behind a window function of a table': [
    "INSERT INTO t SELECT * FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' HOUR))",
    'DROP TABLE s',
  ],
  'an ALTER of the sink': ['INSERT INTO t SELECT 1', "ALTER TABLE t SET ('a' = 'b')"],
  'a table that takes the place of the source': [
    'INSERT INTO t SELECT * FROM s',
    "CREATE TEMPORARY TABLE s (a INT) WITH ('connector' = 'datagen')",
    'INSERT INTO t SELECT * FROM s',
  ],
  'a view made anew': [
    'CREATE TEMPORARY VIEW v AS SELECT 1',
    'INSERT INTO t SELECT * FROM v',
    'DROP TEMPORARY VIEW v',
    'CREATE TEMPORARY VIEW v AS SELECT 2',
    'INSERT INTO t SELECT * FROM v',
  ],
  'what a view reads': ['CREATE VIEW v AS SELECT * FROM s', 'INSERT INTO t SELECT * FROM v', 'DROP TABLE s'],
  'what a view of a view reads': [
    'CREATE VIEW v AS SELECT * FROM s',
    'CREATE VIEW w AS SELECT * FROM v',
    'INSERT INTO t SELECT * FROM w',
    'ALTER TABLE s ADD (b INT)',
  ],
  'the table behind a common table expression of its name': [
    'INSERT INTO t WITH s AS (SELECT * FROM s) SELECT * FROM s',
    'DROP TABLE s',
  ],
  'a function': ['INSERT INTO t SELECT my_f(a) FROM s', "CREATE TEMPORARY FUNCTION MY_F AS 'x.Y'"],
  'a function of a catalog and USE': [
    "CREATE FUNCTION f AS 'x.Y'",
    'INSERT INTO c.d.t SELECT f(a) FROM c.d.s',
    'USE CATALOG c2',
  ],
  'a model': ['INSERT INTO t SELECT * FROM ML_PREDICT(TABLE s, MODEL m, DESCRIPTOR(a))', 'DROP MODEL m'],
  'a catalog': ['INSERT INTO c.d.t SELECT 1', 'DROP CATALOG c'],
  'a database': ['INSERT INTO d.t SELECT 1', 'DROP DATABASE d CASCADE'],
  'a module behind a call': ['INSERT INTO t SELECT f(1)', "LOAD MODULE hive WITH ('a' = 'b')"],
  'TRUNCATE of the sink': ['INSERT INTO t SELECT 1', 'TRUNCATE TABLE t'],
  'SET behind the last INSERT': ['INSERT INTO t SELECT 1', "SET 'pipeline.name' = 'x'"],
  'RESET behind the last INSERT': ["SET 'a.b' = '1'", 'INSERT INTO t SELECT 1', "RESET 'a.b'"],
  'a bare RESET behind the last INSERT': ['INSERT INTO t SELECT 1', 'RESET'],
  'a DROP behind a preview': ['SELECT * FROM s', 'DROP TABLE s'],
  'a DROP behind a statement set': [
    'EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT * FROM a; INSERT INTO t SELECT * FROM b; END',
    'DROP TABLE b',
  ],
  'the table behind a common table expression of another member': [
    'EXECUTE STATEMENT SET BEGIN INSERT INTO t WITH s AS (SELECT 1) SELECT * FROM s; INSERT INTO t SELECT * FROM s; END',
    'DROP TABLE s',
  ],
  'an ALTER of a table that the job makes': [
    "CREATE TABLE t WITH ('a' = 'b') AS SELECT 1",
    "ALTER TABLE t SET ('c' = 'd')",
  ],
  'a DROP behind an UPDATE': ['UPDATE t SET a = 1', 'DROP TABLE t'],
  'a DROP behind a DELETE': ['DELETE FROM t WHERE a = 1', 'DROP TABLE t'],
};

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'USE behind names in full': ['INSERT INTO c.d.t SELECT * FROM c.d.s', 'USE CATALOG c2', 'INSERT INTO c.d.t SELECT 1'],
  'USE behind a lateral call': [
    'INSERT INTO c.d.t SELECT * FROM c.d.s, LATERAL TABLE(f(x)) AS u (a)',
    'USE CATALOG c2',
    'INSERT INTO c.d.t SELECT * FROM c.d.s LEFT JOIN LATERAL TABLE(f(x)) AS u (a) ON TRUE',
  ],
  'USE of a database behind names with their database': ['INSERT INTO d.t SELECT * FROM d.s', 'USE d2'],
  'the same catalog again': ['USE CATALOG c', 'INSERT INTO t SELECT 1', 'USE CATALOG c', 'INSERT INTO t SELECT 1'],
  'DDL above all INSERTs': ['DROP TABLE IF EXISTS t', 'CREATE TABLE t (a INT)', 'USE d', 'INSERT INTO t SELECT 1'],
  'tables that only later INSERTs use': [
    'INSERT INTO t SELECT * FROM s',
    "CREATE TABLE u (a INT) WITH ('connector' = 'blackhole')",
    'INSERT INTO u SELECT * FROM s',
  ],
  'a DROP of another table': ['INSERT INTO t SELECT * FROM s', 'DROP TABLE IF EXISTS other'],
  'a table in another database': ['INSERT INTO c.d.t SELECT 1', 'DROP TABLE c.e.t'],
  'a table that has the name of a column': [
    'INSERT INTO t SELECT orders, x AS items FROM s',
    'DROP TABLE orders',
    'DROP TABLE items',
  ],
  'a table that has the name of an alias': ['INSERT INTO t SELECT o.a FROM s AS o', 'DROP TABLE o'],
  'a table that has the name of a common table expression': [
    'INSERT INTO t WITH w AS (SELECT 1), x AS (SELECT * FROM w) SELECT * FROM x',
    'DROP TABLE w',
    'DROP TABLE x',
  ],
  'a table that has the name of a field': ['INSERT INTO t SELECT EXTRACT(DAY FROM ts) FROM s', 'DROP TABLE ts'],
  'a value that is compared': ['INSERT INTO t SELECT a IS NOT DISTINCT FROM b FROM s', 'DROP TABLE b'],
  'a table that has the name of a function': ['INSERT INTO t SELECT f(a) FROM s', 'DROP TABLE f'],
  'a word in a literal': ["INSERT INTO t SELECT 'FROM x' FROM s", 'DROP TABLE x'],
  'another function': ['INSERT INTO t SELECT f(a) FROM s', "CREATE FUNCTION g AS 'x.Y'"],
  'a jar': ['INSERT INTO t SELECT 1', "ADD JAR 's3://b/a.jar'"],
  rows: ['INSERT INTO t SELECT 1', 'SHOW TABLES', 'DESCRIBE t', 'EXPLAIN SELECT 1', 'SET'],
  'another catalog': ['INSERT INTO c.d.t SELECT 1', 'DROP CATALOG c2'],
  'a module behind no call': ['INSERT INTO t SELECT a FROM s', "LOAD MODULE hive WITH ('a' = 'b')"],
  'an option of the SQL client': ['INSERT INTO t SELECT 1', "SET 'sql-client.execution.result-mode' = 'tableau'"],
  'a setting that is so already': ["SET 'a.b' = '1'", 'INSERT INTO t SELECT 1', "SET 'a.b' = '1'"],
  'no job': ["SET 'a.b' = '1'", 'CREATE TABLE t (a INT)', 'DROP TABLE t', 'USE d'],
  'a system function and USE': [
    "CREATE TEMPORARY SYSTEM FUNCTION f AS 'x.Y'",
    'INSERT INTO c.d.t SELECT f(a) FROM c.d.s',
    'USE CATALOG c2',
  ],
};

describe('behind what starts the job', () => {
  it.each(Object.entries(REFUSED))('refuses %s, by its line, with what to do', (_name, statements) => {
    const message = judge(script(...statements));
    const kind = /^Line (\d+): .*\((?:line \d+)\).* because the job comes last\. .+\.$/.exec(String(message));
    expect(kind, String(message)).not.toBeNull();
    expect(Number(kind![1])).toBeGreaterThan(1);
  });

  it.each(Object.entries(ALLOWED))('lets %s through', (_name, statements) => {
    expect(judge(script(...statements))).toEqual([]);
  });

  it('names the first statement that is changed, and the way out', () => {
    const message = judge(script('INSERT INTO c.d.t SELECT 1', 'INSERT INTO t SELECT 1', 'USE CATALOG c'));
    expect(message).toBe(
      'Line 3: USE CATALOG would change what INSERT INTO (line 2) means, because the job comes last. ' +
        'Write the names in that statement in full (catalog.database.name), or make two tasks.',
    );
  });

  it('shows no value of a setting', () => {
    expect(judge(script('INSERT INTO t SELECT 1', "SET 's3.secret-key' = 'planted'"))).not.toContain('planted');
  });

  it.each([
    ["SET 'pipeline.name' = 'b'", "SET 'pipeline.name'"],
    ["RESET 'pipeline.name'", "RESET 'pipeline.name'"],
    ['RESET', 'RESET'],
  ])('warns of %s between INSERTs', (setting, shown) => {
    const start = "SET 'pipeline.name' = 'a'";
    expect(judge(script(start, 'INSERT INTO t SELECT 1', setting, 'INSERT INTO u SELECT 1'))).toEqual([
      `Line 3: ${shown} stands between INSERTs, and holds for all of them: they are one job.`,
    ]);
  });
});

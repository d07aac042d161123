/** The job comes last: what stands behind it must not change its meaning (docs/guide/statements.md, "The order of statements"). */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { planRun } from '../../../lib/domain/plan/plan-run.ts';
import { readScript } from '../../../lib/domain/plan/read-script.ts';
import { classify, type StatementKind } from '../../../lib/domain/sql/kind.ts';
import { splitScript } from '../../../lib/domain/sql/split.ts';
import { STATEMENT_KINDS } from '../../../lib/domain/sql/statement-kinds.ts';
import { foldStatementSets } from '../../../lib/domain/sql/statement-set.ts';
import { cpuMs } from '../../builders/cpu-ms.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

/** The message of the refusal, or the warnings. */
function judge(statement: string): string | readonly string[] {
  const task = aTask({ statement });
  try {
    return planRun([readScript(task, { globals: { x: '1' }, databases: {}, request: {} }, false)], task).warnings;
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
  'a function of a catalog that lives in the session, and USE': [
    "CREATE TEMPORARY FUNCTION f AS 'x.Y'",
    'INSERT INTO c.d.t SELECT f(a) FROM c.d.s',
    'USE CATALOG c2',
  ],
  'a function by a name of two parts and USE': [
    "CREATE FUNCTION d.f AS 'x.Y'",
    'INSERT INTO c.d.t SELECT d.F(a) FROM c.d.s',
    'USE CATALOG c2',
  ],
  'a function that a view calls': [
    'CREATE VIEW c.d.v AS SELECT my_f(a) AS a FROM c.d.s',
    'INSERT INTO c.d.t SELECT * FROM c.d.v',
    "CREATE TEMPORARY FUNCTION my_f AS 'x.Y'",
  ],
  'a model that a view asks': [
    'CREATE VIEW v AS SELECT * FROM ML_PREDICT(TABLE s, MODEL m, DESCRIPTOR(a))',
    'INSERT INTO t SELECT * FROM v',
    'DROP MODEL m',
  ],
  'what a view reads that has the name of its own table': [
    'CREATE TEMPORARY VIEW v AS SELECT * FROM c.d.v',
    'INSERT INTO t SELECT * FROM v',
    'DROP TABLE c.d.v',
  ],
  'USE behind a short name of a table that the job makes': [
    "CREATE TABLE d.x WITH ('a' = 'b') AS SELECT * FROM c.d.s",
    'USE CATALOG c2',
  ],
  'a model': ['INSERT INTO t SELECT * FROM ML_PREDICT(TABLE s, MODEL m, DESCRIPTOR(a))', 'DROP MODEL m'],
  'a catalog': ['INSERT INTO c.d.t SELECT 1', 'DROP CATALOG c'],
  'the catalog that short names mean': ['USE CATALOG c', 'INSERT INTO d.t SELECT 1', 'DROP CATALOG c'],
  'a database by its full name': ['INSERT INTO c.d.t SELECT 1', 'DROP DATABASE c.d'],
  'a database that a full name has': ['INSERT INTO c.d.t SELECT 1', 'DROP DATABASE d'],
  'a setting that was taken back': ["SET 'a.b' = '1'", "RESET 'a.b'", 'INSERT INTO t SELECT 1', "SET 'a.b' = '1'"],
  'a setting that was taken back with all': ["SET 'a.b' = '1'", 'RESET', 'INSERT INTO t SELECT 1', "SET 'a.b' = '1'"],
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
  'modules behind no call': ['INSERT INTO t SELECT a FROM s', 'USE MODULES core'],
  'a function by its full name and USE': [
    "CREATE FUNCTION c.d.f AS 'x.Y'",
    'INSERT INTO c.d.t SELECT c.d.f(a) FROM c.d.s',
    'USE CATALOG c2',
  ],
  'a function that has the name of a table and USE': [
    'CREATE TABLE c.d.f (a INT)',
    'INSERT INTO c.d.t SELECT f(a) FROM c.d.s',
    'USE CATALOG c2',
  ],
  'a database that has the name of a catalog': ['INSERT INTO c.d.t SELECT 1', 'DROP DATABASE c'],
  'a catalog that has the name of a database': ['INSERT INTO d.t SELECT 1', 'DROP CATALOG d'],
  'no job': ["SET 'a.b' = '1'", 'CREATE TABLE t (a INT)', 'DROP TABLE t', 'USE d'],
  'a system function and USE': [
    "CREATE TEMPORARY SYSTEM FUNCTION f AS 'x.Y'",
    'INSERT INTO c.d.t SELECT f(a) FROM c.d.s',
    'USE CATALOG c2',
  ],
};

/** What is run before the job although it was written behind it: whether that is refused, warned of, or makes no difference. */
type Verdict = 'refused' | 'warned' | 'through';

const INSERT = 'INSERT INTO t SELECT a, f(a) FROM s';

/** Each kind of statement that starts no job, behind an INSERT. */
const BEHIND_AN_INSERT: readonly (readonly [statement: string, verdict: Verdict])[] = [
  ["SET 'a.b' = 'c'", 'refused'],
  ['SET', 'through'],
  ["RESET 'a.b'", 'refused'],
  ["CREATE TABLE u (a INT) WITH ('connector' = 'blackhole')", 'through'],
  ["CREATE OR REPLACE TABLE t (a INT) WITH ('connector' = 'blackhole')", 'refused'],
  ['CREATE VIEW v AS SELECT * FROM t', 'through'],
  ['CREATE VIEW s AS SELECT * FROM t', 'refused'],
  ["CREATE FUNCTION g AS 'x.Y'", 'through'],
  ["CREATE FUNCTION f AS 'x.Y'", 'refused'],
  ["CREATE MODEL m INPUT (a INT) OUTPUT (b INT) WITH ('provider' = 'x')", 'through'],
  ["CREATE MODEL m INPUT (a INT) OUTPUT (b INT) WITH ('provider' = 'x') AS SELECT a, b FROM s", 'through'],
  ["CREATE CONNECTION k WITH ('type' = 'x')", 'through'],
  ["CREATE CATALOG k WITH ('type' = 'generic_in_memory')", 'through'],
  ['CREATE DATABASE d', 'through'],
  ["ALTER TABLE u SET ('a' = 'b')", 'through'],
  ["ALTER TABLE s SET ('a' = 'b')", 'refused'],
  ['ALTER VIEW v RENAME TO w', 'through'],
  ['ALTER VIEW s AS SELECT 1', 'refused'],
  ["ALTER FUNCTION g AS 'x.Y'", 'through'],
  ["ALTER FUNCTION f AS 'x.Y'", 'refused'],
  ["ALTER MODEL m SET ('a' = 'b')", 'through'],
  ["ALTER CONNECTION k SET ('a' = 'b')", 'through'],
  ["ALTER CATALOG k SET ('a' = 'b')", 'through'],
  ["ALTER DATABASE d SET ('a' = 'b')", 'through'],
  ['DROP TABLE u', 'through'],
  ['DROP TABLE s', 'refused'],
  ['DROP VIEW v', 'through'],
  ['DROP VIEW s', 'refused'],
  ['DROP FUNCTION g', 'through'],
  ['DROP FUNCTION f', 'refused'],
  ['DROP MODEL m', 'through'],
  ['DROP CONNECTION k', 'through'],
  ['DROP CATALOG k', 'through'],
  ['DROP DATABASE d', 'through'],
  ['USE CATALOG k', 'refused'],
  ['USE d', 'refused'],
  ['USE MODULES core', 'refused'],
  ['LOAD MODULE hive', 'refused'],
  ['UNLOAD MODULE hive', 'refused'],
  ["ADD JAR 's3://b/a.jar'", 'through'],
  ["ADD CUSTOMJAR 's3://b/a.jar'", 'through'],
  ['SHOW FRAGMENTS', 'through'],
  ['SHOW FRAGMENT x', 'through'],
  ['SHOW TABLES', 'through'],
  ['SHOW JOBS', 'warned'],
  ['DESCRIBE t', 'through'],
  ['DESCRIBE jobs', 'through'],
  ['EXPLAIN SELECT * FROM t', 'through'],
  ["COMPILE PLAN '/p' FOR INSERT INTO u SELECT * FROM t", 'through'],
  // What it does depends on the rows that are there.
  ['ANALYZE TABLE t COMPUTE STATISTICS', 'refused'],
  ['ANALYZE TABLE c.d.t PARTITION (x) COMPUTE STATISTICS FOR ALL COLUMNS', 'refused'],
  ['ANALYZE TABLE s COMPUTE STATISTICS', 'through'],
  ['ANALYZE TABLE u COMPUTE STATISTICS', 'through'],
  ["CALL sys.compact('d.u')", 'refused'],
  ['CALL f()', 'refused'],
  ['TRUNCATE TABLE t', 'refused'],
  ['TRUNCATE TABLE s', 'refused'],
  ['TRUNCATE TABLE u', 'through'],
  ["STOP JOB '228d70913eab60dda85c5e7f78b5782c' WITH SAVEPOINT", 'refused'],
  ['CREATE MATERIALIZED TABLE m AS SELECT * FROM t', 'through'],
  ['CREATE OR ALTER MATERIALIZED TABLE s AS SELECT 1', 'refused'],
  ['ALTER MATERIALIZED TABLE m SUSPEND', 'through'],
  ['ALTER MATERIALIZED TABLE m RESUME', 'through'],
  ["ALTER MATERIALIZED TABLE m SET FRESHNESS = INTERVAL '1' DAY", 'through'],
  ["ALTER MATERIALIZED TABLE m REFRESH PARTITION (x = '1')", 'refused'],
  ['ALTER MATERIALIZED TABLE c.d.m REFRESH', 'refused'],
  ['ALTER MATERIALIZED TABLE s SUSPEND', 'refused'],
  ['DROP MATERIALIZED TABLE m', 'through'],
  // Nobody knows what a newer Flink does by it.
  ['VACUUM TABLE u', 'refused'],
];

/** Each kind that starts a job: two of them are no task. */
const BESIDE_AN_INSERT: readonly string[] = [
  "CREATE TABLE u WITH ('a' = 'b') AS SELECT 1",
  'REPLACE TABLE u AS SELECT 1',
  'UPDATE u SET a = 1',
  'DELETE FROM u WHERE a = 1',
  'MERGE INTO u USING s ON u.a = s.a WHEN MATCHED THEN DELETE',
  'SELECT 1',
  'WITH w AS (SELECT 1) SELECT * FROM w',
  'VALUES (1)',
  'VALUE (1)',
  'TABLE u',
  'EXECUTE SELECT 1',
  "EXECUTE PLAN '/p'",
  "COMPILE AND EXECUTE PLAN '/p' FOR INSERT INTO u SELECT 1",
  'EXECUTE STATEMENT SET BEGIN INSERT INTO u SELECT 1; END',
  'BEGIN STATEMENT SET; INSERT INTO u SELECT 1; END',
  "EXECUTE JAR WITH ('uri' = 's3://b/a.jar')",
];

/** Behind `made` it names what is only made by the job. */
const NAMES_WHAT_IS_MADE: readonly string[] = [
  'DESCRIBE x',
  'DESC EXTENDED c.d.x',
  'DESCRIBE `x`',
  'DESCRIBE job.x',
  'SHOW CREATE TABLE x',
  'SHOW CREATE VIEW x',
  'SHOW CREATE MATERIALIZED TABLE d.x',
  'SHOW COLUMNS FROM x',
  "SHOW COLUMNS IN x LIKE 'a%'",
  'SHOW PARTITIONS d.x',
  'EXPLAIN SELECT * FROM x',
  'EXPLAIN PLAN FOR INSERT INTO x SELECT 1',
  'CREATE VIEW v AS SELECT * FROM s JOIN x ON s.a = x.a',
  'CREATE TEMPORARY VIEW v AS SELECT (SELECT MAX(a) FROM x)',
  'CREATE TABLE y LIKE x',
  "CREATE TABLE y (b INT) WITH ('a' = 'b') LIKE x (EXCLUDING OPTIONS)",
  'CREATE MATERIALIZED TABLE m AS SELECT * FROM x',
  "COMPILE PLAN '/p' FOR INSERT INTO u SELECT * FROM x",
  'ANALYZE TABLE x COMPUTE STATISTICS',
  'ALTER TABLE x ADD (b INT)',
];

/** Databases, catalogs and others may be called like a table. */
const NAMES_SOMETHING_ELSE: readonly string[] = [
  'SHOW TABLES FROM x',
  "SHOW TABLES IN c.x LIKE 'a%'",
  'SHOW VIEWS FROM x',
  'SHOW MATERIALIZED TABLES IN x',
  'SHOW FUNCTIONS FROM x',
  'SHOW USER FUNCTIONS IN x',
  'SHOW PROCEDURES FROM x',
  'SHOW MODELS FROM x',
  'SHOW DATABASES FROM x',
  'SHOW CATALOGS',
  'SHOW CREATE CATALOG x',
  'SHOW CREATE MODEL x',
  'CREATE VIEW v AS SELECT * FROM s WHERE a LIKE x',
  'DESCRIBE CATALOG x',
  'DESC CATALOG EXTENDED x',
  'DESCRIBE DATABASE x',
  'DESCRIBE FUNCTION EXTENDED x',
  'DESCRIBE MODEL x',
];

const MADE_BY: readonly string[] = [
  'CREATE TABLE x AS SELECT * FROM s',
  "CREATE OR REPLACE TABLE x WITH ('a' = 'b') AS SELECT * FROM s",
  'REPLACE TABLE x AS SELECT * FROM s',
];

/** A plan names tables that its text does not show. */
const BEHIND_A_PLAN: readonly (readonly [statement: string, verdict: Verdict])[] = [
  ['DROP TABLE u', 'refused'],
  ["ALTER TABLE u SET ('a' = 'b')", 'refused'],
  ["CREATE TABLE u (a INT) WITH ('a' = 'b')", 'refused'],
  ["CREATE TEMPORARY FUNCTION g AS 'x.Y'", 'refused'],
  ['DROP CATALOG k', 'refused'],
  ['DROP DATABASE d', 'refused'],
  ['TRUNCATE TABLE u', 'refused'],
  ['ANALYZE TABLE u COMPUTE STATISTICS', 'refused'],
  ['LOAD MODULE hive', 'refused'],
  ["COMPILE PLAN '/p' FOR INSERT INTO u SELECT 1", 'refused'],
  ["COMPILE PLAN IF NOT EXISTS '/p' FOR INSERT INTO u SELECT 1", 'refused'],
  ["COMPILE PLAN '/q' FOR INSERT INTO u SELECT 1", 'through'],
  ["ADD JAR '/p'", 'through'],
  // The names in it are in full.
  ['USE CATALOG k', 'through'],
  ['SHOW TABLES', 'through'],
  ["ADD JAR 's3://b/a.jar'", 'through'],
];

function verdictOf(statements: readonly string[]): Verdict {
  const judged = judge(script(...statements));
  if (typeof judged !== 'string') return judged.length > 0 ? 'warned' : 'through';
  expect(judged).toMatch(/^Line [2-9]: .*\(line 1\).* because the job runs last\. .+\.$/);
  return 'refused';
}

function kindOf(statement: string): StatementKind {
  return classify(foldStatementSets(statement, splitScript(statement))[0]!);
}

describe('behind an INSERT', () => {
  it.each(BEHIND_AN_INSERT)('%s is %s', (statement, verdict) => {
    expect(verdictOf([INSERT, statement])).toBe(verdict);
  });

  it.each(BESIDE_AN_INSERT)('%s would be a second job', (statement) => {
    expect(judge(script(INSERT, statement))).toMatch(
      /^Both .* \(line 1, column 1\) and .* \(line 2, column 1\) would start a job/,
    );
  });

  it('every kind of statement is looked at', () => {
    const tried = new Set(
      [...BEHIND_AN_INSERT.map(([one]) => one), ...BESIDE_AN_INSERT].map((one) => kindOf(one).kind),
    );
    const isRun = ({ role }: { readonly role: string }): boolean =>
      !['insert', 'refused', 'clientCommand'].includes(role);
    const kinds = STATEMENT_KINDS.filter(isRun).flatMap(({ kind, starts }) => kind ?? starts.split('|'));
    expect(kinds.filter((kind) => !tried.has(kind))).toEqual([]);
  });

  it.each([
    ['EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT OVERWRITE b SELECT 1; END', 'b', 'refused'],
    ['UPDATE b SET x = 1', 'b', 'refused'],
    ['DELETE FROM b WHERE x = 1', 'b', 'refused'],
    ['MERGE INTO b USING s ON b.x = s.x WHEN MATCHED THEN DELETE', 'b', 'refused'],
    ['MERGE INTO b USING s ON b.x = s.x WHEN MATCHED THEN DELETE', 's', 'through'],
    ["INSERT INTO b PARTITION (x = 'y') SELECT 1", 'b', 'refused'],
    ['INSERT INTO a SELECT * FROM b', 'b', 'through'],
    ['SELECT * FROM b', 'b', 'through'],
  ])('of %s, ANALYZE TABLE %s is %s', (starter, table, verdict) => {
    expect(verdictOf([starter, `ANALYZE TABLE ${table} COMPUTE STATISTICS`])).toBe(verdict);
  });

  it('a statement that acts by itself says why it is refused, and what to do', () => {
    expect(judge(script(INSERT, 'CALL sys.compact()'))).toBe(
      'Line 2: CALL would run before INSERT INTO (line 1), because the job runs last. ' +
        'Move it above that statement, or make two tasks.',
    );
    expect(judge(script(INSERT, 'ANALYZE TABLE t COMPUTE STATISTICS'))).toBe(
      'Line 2: ANALYZE TABLE would run before INSERT INTO (line 1), which writes the table that it reads, because the job runs last. ' +
        'Move it above that statement, or make two tasks.',
    );
    expect(judge(script(INSERT, 'SHOW JOBS'))).toEqual([
      'Line 2: SHOW runs before INSERT INTO (line 1), because the job runs last: the job is not among its rows.',
    ]);
  });

  it('a statement that acts by itself is let through before it', () => {
    for (const [statement] of BEHIND_AN_INSERT)
      if (!/^(?:RE)?SET/.test(statement)) expect(verdictOf([statement, INSERT])).toBe('through');
  });
});

describe('behind a statement that makes its table', () => {
  const cases = MADE_BY.flatMap((made) => NAMES_WHAT_IS_MADE.map((statement) => [statement, made] as const));

  it.each(cases)('%s is refused: %s', (statement, made) => {
    expect(verdictOf([made, statement])).toBe('refused');
    expect(verdictOf([made.replace('TABLE x', 'TABLE other'), statement])).toBe('through');
  });

  it.each(MADE_BY.flatMap((made) => NAMES_SOMETHING_ELSE.map((statement) => [statement, made] as const)))(
    '%s is not refused, since it names no table: %s',
    (statement, made) => expect(verdictOf([made, statement])).not.toBe('refused'),
  );

  it('says what it names, and what to do', () => {
    expect(judge(script('CREATE TABLE x AS SELECT * FROM s', 'DESCRIBE x'))).toBe(
      'Line 2: DESCRIBE would run before CREATE TABLE AS (line 1), which makes the table that it names, because the job runs last. ' +
        'Make two tasks, or make the table by a CREATE TABLE above and fill it by INSERT INTO.',
    );
    expect(judge(script('CREATE TABLE x AS SELECT * FROM s', 'SHOW TABLES'))).toEqual([
      'Line 2: SHOW runs before CREATE TABLE AS (line 1), because the job runs last: the table is not among its rows.',
    ]);
  });
});

describe('many statements behind many', () => {
  it.each(['SHOW JOBS', 'SHOW TABLES', 'ANALYZE TABLE u COMPUTE STATISTICS', 'DESCRIBE u', 'TRUNCATE TABLE u'])(
    'take as much longer as there are more: %s',
    (late) => {
      const msOf = (count: number): number => {
        const text = script(...Array<string>(count).fill('INSERT INTO t SELECT 1'), ...Array<string>(count).fill(late));
        return cpuMs(() => judge(text));
      };
      expect(msOf(3_000)).toBeLessThan(Math.max(msOf(300), 2) * 40);
    },
  );
});

describe('behind a plan', () => {
  it.each(BEHIND_A_PLAN)('%s is %s', (statement, verdict) => {
    for (const plan of ["EXECUTE PLAN '/p'", "COMPILE AND EXECUTE PLAN '/p' FOR INSERT INTO c.d.x SELECT 1"])
      expect(verdictOf([plan, statement])).toBe(verdict);
  });
});

describe('behind what starts the job', () => {
  it.each(Object.entries(REFUSED))('refuses %s, by its line, with what to do', (_name, statements) => {
    const message = judge(script(...statements));
    const kind = /^Line (\d+): .*\((?:line \d+)\).* because the job runs last\. .+\.$/.exec(String(message));
    expect(kind, String(message)).not.toBeNull();
    expect(Number(kind![1])).toBeGreaterThan(1);
  });

  it.each(Object.entries(ALLOWED))('lets %s through', (_name, statements) => {
    expect(judge(script(...statements))).toEqual([]);
  });

  it('names the first statement that is changed, and the way out', () => {
    const message = judge(script('INSERT INTO c.d.t SELECT 1', 'INSERT INTO t SELECT 1', 'USE CATALOG c'));
    expect(message).toBe(
      'Line 3: USE CATALOG would change what INSERT INTO (line 2) means, because the job runs last. ' +
        'Write the names in that statement in full (catalog.database.name), or make two tasks.',
    );
  });

  it('names the first of several that are changed, where it is a catalog too', () => {
    const message = judge(script('INSERT INTO c.d.t SELECT 1', 'INSERT INTO c.d.t SELECT 2', 'DROP CATALOG c'));
    expect(message).toMatch(/^Line 3: DROP CATALOG would change what INSERT INTO \(line 1\) means/);
  });

  it('says why what acts on the tables of a plan is refused, and what is about its file', () => {
    const why = (late: string) => judge(script("EXECUTE PLAN '/p'", late));
    expect(why('ANALYZE TABLE u COMPUTE STATISTICS')).toMatch(
      /^Line 2: ANALYZE TABLE would run before EXECUTE PLAN \(line 1\), which may write the table that it reads, because/,
    );
    expect(why("COMPILE PLAN '/p' FOR INSERT INTO u SELECT 1")).toMatch(
      /^Line 2: COMPILE PLAN would run before EXECUTE PLAN \(line 1\), which runs the plan of that file, because/,
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
      `Line 3: ${shown} is between INSERTs, but applies to all of them: they are one job.`,
    ]);
  });
});

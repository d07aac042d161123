/** What explain sends to Flink, what it leaves alone, and in which order. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { withWithheld } from '../../../lib/domain/explain/explain-missing.ts';
import { type ExplainPlan, planExplain, plannedFor } from '../../../lib/domain/explain/explain-plan.ts';
import { readScript } from '../../../lib/domain/plan/read-script.ts';
import { locate, sentStatement } from '../../../lib/domain/plan/sent-statement.ts';
import { dropStart, joinSegments } from '../../../lib/domain/plan/text-segments.ts';
import { maskPlan } from '../../../lib/domain/secrets/mask-plan.ts';
import { classify } from '../../../lib/domain/sql/kind.ts';
import { splitScript, type SqlStatement } from '../../../lib/domain/sql/split.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { readVectors } from '../sql/vectors.ts';

const NO_VARIABLES = { globals: {}, databases: {}, request: {} };
const NO_OPTIONS = { properties: {}, origins: {} };

function planOf(statement: string, env: string | null = null, udfRefer: Record<string, string> = {}): ExplainPlan {
  const task = aTask({ statement, configJson: { customConfig: {}, udfRefer } });
  const envTask = aTask({ id: 9, dialect: 'FlinkSqlEnv', statement: env ?? '' });
  const prologue = env === null ? [] : [readScript(envTask, NO_VARIABLES, true)];
  return planExplain([...prologue, readScript(task, NO_VARIABLES, false)], task);
}

/** What would be sent, each with its way. */
function sent(plan: ExplainPlan): string[] {
  return plan.steps.map(({ via, planned }) => `${via}: ${joinSegments(planned.segments, plan.text)}`);
}

/** Of a script of one statement: what is sent, or why nothing is. */
function one(statement: string): string {
  const plan = planOf(statement);
  expect(plan.statements).toHaveLength(1);
  return sent(plan)[0] ?? plan.statements[0]?.error ?? plan.statements[0]?.note ?? '';
}

const NOT_RUN = 'not run by explain, because';

describe('what a statement is checked by', () => {
  it.each([
    ["SET 'a' = 'b'", "configure: SET 'a' = 'b'"],
    ['SET', 'run: SET'],
    ["RESET 'a'", "configure: RESET 'a'"],
    ["CREATE TABLE t (a INT) WITH ('connector' = 'x')", 'configure: CREATE TABLE t'],
    ['CREATE TEMPORARY TABLE hive.db.t (a INT)', 'configure: CREATE TEMPORARY TABLE hive.db.t'],
    ['CREATE VIEW default_catalog.db.v AS SELECT 1', 'configure: CREATE VIEW'],
    ["CREATE TEMPORARY SYSTEM FUNCTION f AS 'a.B'", 'configure: CREATE TEMPORARY SYSTEM FUNCTION'],
    ["CREATE CATALOG c WITH ('type' = 'jdbc')", 'configure: CREATE CATALOG c'],
    ['USE CATALOG c', 'configure: USE CATALOG c'],
    ['USE MODULES core', 'configure: USE MODULES core'],
    ['LOAD MODULE m', 'configure: LOAD MODULE m'],
    ["ADD JAR 's3://b/a.jar'", "configure: ADD JAR 's3://b/a.jar'"],
    ["ADD CUSTOMJAR 'a.jar'", "configure: ADD JAR       'a.jar'"],
    ['CREATE TEMPORARY CONNECTION c', 'run: CREATE TEMPORARY CONNECTION c'],
    ['DROP TABLE t', 'configure: DROP TABLE t'],
    ['DROP CATALOG hive', 'configure: DROP CATALOG hive'],
    ["ALTER CATALOG hive SET ('a' = 'b')", 'configure: ALTER CATALOG hive'],
    ['SHOW TABLES', 'run: SHOW TABLES'],
    ['DESCRIBE t', 'run: DESCRIBE t'],
    ['EXPLAIN SELECT 1', 'explain: EXPLAIN SELECT 1'],
    ['explain estimated_cost select 1', 'explain: explain estimated_cost select 1'],
    ['INSERT INTO t SELECT 1', 'explain: EXPLAIN INSERT INTO t SELECT 1'],
    ['INSERT OVERWRITE t SELECT 1', 'explain: EXPLAIN INSERT OVERWRITE t SELECT 1'],
    ['execute insert into t select 1', 'explain: EXPLAIN insert into t select 1'],
    ['EXECUTE /* a */ -- b\n SELECT 1', 'explain: EXPLAIN SELECT 1'],
    ['SELECT 1', 'explain: EXPLAIN SELECT 1'],
    ['SELECT a execute FROM t', 'explain: EXPLAIN SELECT a execute FROM t'],
    ['(SELECT 1) UNION (SELECT 2)', 'explain: EXPLAIN (SELECT 1) UNION (SELECT 2)'],
    ['WITH x AS (SELECT 1) SELECT * FROM x', 'explain: EXPLAIN WITH x AS (SELECT 1) SELECT * FROM x'],
    ['VALUES (1)', 'explain: EXPLAIN VALUES (1)'],
    ["COMPILE PLAN 'p' FOR", 'explain: EXPLAIN '],
    ["COMPILE PLAN 'p'", "explain: EXPLAIN COMPILE PLAN 'p'"],
    ['CREATE TABLE t AS SELECT 1', 'explain: EXPLAIN CREATE TABLE t AS SELECT 1'],
    ["COMPILE PLAN 'p' FOR INSERT INTO t SELECT 1", 'explain: EXPLAIN INSERT INTO t SELECT 1'],
    [
      "COMPILE AND EXECUTE PLAN 'p' IF NOT EXISTS FOR INSERT INTO t SELECT 1",
      'explain: EXPLAIN INSERT INTO t SELECT 1',
    ],
  ])('%s', (statement, expected) => {
    expect(one(statement)).toContain(expected);
  });

  it.each([
    'CREATE TABLE hive.db.t (a INT)',
    'CREATE TABLE IF NOT EXISTS `my cat`.db.t (a INT)',
    'CREATE DATABASE hive.db',
    'ALTER TABLE hive.db.t RENAME TO u',
    'DROP TABLE hive.db.t',
    "CREATE FUNCTION hive.db.f AS 'a.B'",
    'CALL sys.compact()',
    'ANALYZE TABLE t COMPUTE STATISTICS',
    'TRUNCATE TABLE t',
    "STOP JOB 'x'",
    "CREATE MATERIALIZED TABLE m FRESHNESS = INTERVAL '1' MINUTE AS SELECT 1",
    'ALTER MATERIALIZED TABLE m SUSPEND',
    'DROP MATERIALIZED TABLE m',
    'DELETE FROM t WHERE a = 1',
    'UPDATE t SET a = 1',
    "EXECUTE PLAN 'p.json'",
    'CREATE SOMETHING t',
    'MSCK REPAIR TABLE t',
  ])('Flink is not asked about %s', (statement) => {
    const plan = planOf(statement);
    expect(plan.steps).toEqual([]);
    expect(plan.statements[0]).toMatchObject({ error: null });
    expect(plan.statements[0]?.note).toContain(NOT_RUN);
  });

  it.each([
    ["EXECUTE JAR WITH ('uri' = 's3://b/a.jar')", 'only the main() of a jar knows its plan'],
    ['SHOW FRAGMENTS', 'Dinghy itself answers it'],
    ['CALL sys.compact()', 'it would take effect at once'],
    ['CREATE TABLE hive.d.t (a INT)', 'it changes something that outlives the session'],
    ['DELETE FROM t WHERE a = 1', "Flink's EXPLAIN does not support DELETE"],
    ["EXECUTE PLAN '/p'", "Flink's EXPLAIN does not support EXECUTE PLAN"],
  ])('%s says why it is not', (statement, why) => {
    expect(one(statement)).toBe(`${NOT_RUN} ${why}`);
  });

  it.each([
    ['INSRT INTO t SELECT 1', 'Line 1: No Flink knows a statement that begins with INSRT. Did you mean "INSERT"?'],
    ['FROBNICATE t', 'Line 1: No Flink knows a statement that begins with FROBNICATE.'],
    ['Flink SQL> SELECT 1', `Line 1: "Flink SQL>" is the prompt of Flink's SQL client. Delete it from the text.`],
  ])('%s is no statement', (statement, error) => {
    expect(planOf(statement)).toMatchObject({ steps: [], statements: [{ error }] });
  });

  it.each([
    ["COMPILE PLAN 'p' FOR INSERT INTO t SELECT 1", 'the file is not written'],
    ["COMPILE AND EXECUTE PLAN 'p' FOR INSERT INTO t SELECT 1", 'the file is not written'],
    ['CREATE TABLE t AS SELECT 1', 'the table is not created'],
    ['INSERT INTO t SELECT 1', null],
    ['SHOW TABLES', null],
  ])('%s says what explain leaves out', (statement, note) => {
    expect(planOf(statement).statements[0]?.note).toBe(note);
  });

  it.each([
    ["SET 'a' = 'b'", 'DDL'],
    ['SHOW TABLES', 'DDL'],
    ["EXECUTE JAR WITH ('uri' = 's3://b/a.jar')", 'DDL'],
    ['CALL sys.compact()', 'DDL'],
    ['SELECT 1', 'Query DML'],
    ['INSERT INTO t SELECT 1', 'Modify DML'],
    ['EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END', 'Modify DML'],
    ['CREATE TABLE t AS SELECT 1', 'Modify DML'],
    ['DELETE FROM t', 'Modify DML'],
  ])("%s is called by Dinky's word: %s", (statement, type) => {
    expect(planOf(statement).statements[0]?.type).toBe(type);
  });

  it.each([
    ['CREATE TABLE t AS SELECT 1', ['t']],
    ['REPLACE TABLE hive.d.t AS SELECT 1', ['hive', 'd', 't']],
    ['CREATE TABLE t (a INT)', null],
    ['INSERT INTO t SELECT 1', null],
    ["COMPILE PLAN 'p' FOR INSERT INTO t SELECT 1", null],
    ["EXECUTE PLAN 'p'", null],
  ])('%s makes by its job: %j', (statement, makes) => {
    expect(planOf(statement).statements[0]?.makes).toEqual(makes);
  });

  it.each([
    ["CREATE CATALOG c WITH ('type' = 'jdbc')", 'turns'],
    ['USE CATALOG c', 'turns'],
    ['USE c.d', 'turns'],
    ['USE d', null],
    ['CREATE TABLE t (a INT)', 'follows'],
    ['DROP VIEW d.v', 'follows'],
    ['CREATE TABLE default_catalog.d.t (a INT)', null],
    ['CREATE TEMPORARY TABLE t (a INT)', null],
    ["SET 'a' = 'b'", null],
    ['SHOW TABLES', null],
    ['INSERT INTO t SELECT 1', null],
  ])('of %s, later statements mean a catalog: %s', (statement, catalog) => {
    expect(planOf(statement).steps.map((step) => step.catalog)).toEqual([catalog]);
  });

  it('what a submit refuses has its reason, and the others are checked', () => {
    const plan = planOf("SHOW TABLES;\nREMOVE JAR 'a';\nSET 'rest.port' = '1';\nINSERT INTO t SELECT 1");
    expect(sent(plan)).toEqual(['run: SHOW TABLES', 'explain: EXPLAIN INSERT INTO t SELECT 1']);
    expect(plan.statements.map(({ line, error }) => [line, error?.slice(0, 30) ?? null])).toEqual([
      [1, null],
      [2, "Line 2: REMOVE JAR can't be ru"],
      [3, 'The SET in line 3 sets "rest.p'],
      [4, null],
    ]);
  });
});

describe('a statement behind an INSERT', () => {
  it('that would change what the INSERT means is refused as a submit refuses it', () => {
    const plan = planOf('INSERT INTO t SELECT 1;\nDROP TABLE t;\nSHOW TABLES');
    expect(sent(plan)).toEqual(['run: SHOW TABLES', 'explain: EXPLAIN INSERT INTO t SELECT 1']);
    expect(plan.statements[1]?.error).toMatch(/^Line 2: DROP TABLE would change what INSERT INTO \(line 1\) means/);
  });

  it('SET between two of them is checked, with a note', () => {
    const plan = planOf("INSERT INTO t SELECT 1;\nSET 'a.b' = 'c';\nINSERT INTO t SELECT 2");
    expect(plan.statements[1]).toMatchObject({ error: null });
    expect(plan.statements[1]?.note).toContain('applies to all of them');
    expect(sent(plan)[0]).toBe("configure: SET 'a.b' = 'c'");
  });

  it('has both notes where there are two, and the reason alone where it is refused', () => {
    const script = (between: string) => {
      const task = aTask({ statement: `INSERT INTO t SELECT 1;\n${between};\nINSERT INTO t SELECT 2` });
      const globals = { pw: { secret: 'prod/pw' }, other: { secret: 'prod/other' } };
      return planExplain([readScript(task, { ...NO_VARIABLES, globals }, false)], task).statements[1];
    };
    const noSecrets = 'explain reads no secrets: ${pw}, ${other} was sent in place of the value';
    const shared = "Line 2: SET 'a.b' is between INSERTs, but applies to all of them: they are one job.";
    expect(script("SET 'a.b' = '${pw}${other}${pw}'")?.note).toBe(`${noSecrets}; ${shared}`);
    expect(script("SET 'a.b' = 'c'")?.note).toBe(shared);
    const refused = script("SET 'rest.port' = '1'");
    expect(refused).toMatchObject({ note: null, error: expect.stringContaining('"rest.port"') as string });
    // The same of what begins with its own note.
    const task = aTask({ statement: "INSERT INTO t SELECT 1;\nSET 'a.b' = 'c';\nSHOW JOBS;" });
    const { statements } = planExplain([readScript(task, NO_VARIABLES, false)], task);
    expect(statements[2]?.note).toMatch(/^Line 3: SHOW runs before INSERT INTO/);
  });

  it('that is refused is none of two jobs', () => {
    const task = aTask({ statement: 'INSERT INTO t SELECT ${from};\nSELECT 1' });
    const globals = { from: { secret: 'prod/from' } };
    const plan = planExplain([readScript(task, { ...NO_VARIABLES, globals }, false)], task);
    expect(plan.statements.map(({ error }) => error === null)).toEqual([false, true]);
    expect(sent(plan)).toEqual(['explain: EXPLAIN SELECT 1']);
  });
});

describe('whatever the statement, as it stands and behind others', () => {
  const before = "CREATE CATALOG own WITH ('type' = 'generic_in_memory');\nUSE CATALOG own;\n";
  const kinds = readVectors<[string, string, string]>('kinds').map(([sql]) => sql);

  it.each(kinds)('what is sent for %s neither starts a job nor lasts', (sql) => {
    for (const script of [sql, `${before}${sql}`]) {
      for (const planned of plannedOf(script)) {
        expect(classify(planned)).toMatchObject({ unrepeatable: false, refusal: null });
        expect(['session', 'rows']).toContain(classify(planned).role);
        expect(classify(planned).kind).not.toMatch(/COMPILE|EXECUTE|MATERIALIZED/);
      }
    }
  });

  it('there are many of them, and most are sent', () => {
    expect(kinds.length).toBeGreaterThan(130);
    expect(kinds.filter((sql) => plannedOf(sql).length > 0).length).toBeGreaterThan(70);
  });

  function plannedOf(script: string): SqlStatement[] {
    let plan: ExplainPlan;
    try {
      plan = planOf(script);
    } catch (error) {
      if (error instanceof AppError) return [];
      throw error;
    }
    const planned = plan.steps.flatMap((step) => [
      step.planned,
      step.older ?? step.planned,
      ...step.parts.map((part) => part.planned),
    ]);
    return planned.flatMap(({ segments }) => splitScript(joinSegments(segments, plan.text)));
  }
});

describe('CREATE TABLE AS', () => {
  const asked = (statement: string, version: string): string => {
    const plan = planOf(statement);
    const [step] = plan.steps;
    return step === undefined ? 'nothing' : joinSegments(plannedFor(step, version).segments, plan.text);
  };

  it.each([
    ["CREATE TABLE t (a AS 1, PRIMARY KEY (b)) WITH ('x' = 'AS') AS SELECT 1", 'SELECT 1'],
    ['CREATE OR REPLACE TABLE t AS (SELECT 1)', '(SELECT 1)'],
    [
      'REPLACE TABLE hive.d.t /* AS */ AS\nWITH x AS (SELECT 1) SELECT * FROM x',
      'WITH x AS (SELECT 1) SELECT * FROM x',
    ],
  ])('%s: as a whole from Flink 2.0 on, before that its query', (statement, query) => {
    expect(asked(statement, '2.0.0')).toBe(`EXPLAIN ${statement}`);
    expect(asked(statement, '2.3-SNAPSHOT')).toBe(`EXPLAIN ${statement}`);
    expect(asked(statement, '1.20.3')).toBe(`EXPLAIN ${query}`);
    expect(planOf(statement).statements[0]?.note).toBe('the table is not created');
  });

  it('every other statement is the same in all versions', () => {
    const compiled = "COMPILE PLAN 'p' FOR INSERT INTO t SELECT 1 AS b";
    for (const statement of ['SELECT 1 AS b', 'INSERT INTO t SELECT 1 AS b', 'SHOW TABLES', compiled]) {
      expect(asked(statement, '1.17.0')).toBe(asked(statement, '2.3.0'));
    }
    expect(asked(compiled, '1.17.0')).toBe('EXPLAIN INSERT INTO t SELECT 1 AS b');
  });
});

describe('DDL that outlives the session', () => {
  const create = (type: string): string => `CREATE CATALOG c WITH ('type' = '${type}');\nUSE CATALOG c;\n`;

  it("is run in a catalog of the task's own only when that is in memory", () => {
    const ddl = 'CREATE TABLE t (a INT)';
    expect(sent(planOf(`${create('generic_in_memory')}${ddl}`)).at(-1)).toBe(`configure: ${ddl}`);
    const paimon = planOf(`${create('paimon')}${ddl}`);
    expect(sent(paimon)).toHaveLength(2);
    expect(paimon.statements[2]).toMatchObject({ kind: 'CREATE TABLE', withheld: 't' });
  });

  it('is in a catalog that took the name of one in memory', () => {
    const again = `${create('generic_in_memory')}DROP CATALOG c;\n${create('hive')}CREATE TABLE t (a INT)`;
    expect(planOf(again).statements.at(-1)?.note).toContain(NOT_RUN);
  });

  it('is that of catalogs too, where the gateway keeps them', () => {
    const catalogs =
      "CREATE CATALOG c WITH ('type' = 'generic_in_memory');\nALTER CATALOG c RESET ('a');\nDROP CATALOG c";
    expect(planOf(catalogs).changesCatalogs).toBe(true);
    expect(sent(planOf(catalogs))).toHaveLength(3);
    // Under that name another catalog may be kept already.
    const task = aTask({ statement: `${catalogs};\nUSE CATALOG c;\nCREATE TABLE t (a INT)` });
    const kept = planExplain([readScript(task, NO_VARIABLES, false)], task, { catalogsLast: true });
    expect(sent(kept)).toEqual(['configure: USE CATALOG c']);
    expect(kept.statements[0]).toMatchObject({
      withheld: 'c',
      note: `${NOT_RUN} it changes something that outlives the session`,
    });
    expect([kept.changesCatalogs, planOf('SHOW CATALOGS').changesCatalogs]).toEqual([false, false]);
  });

  it('is named where a later statement may miss it, and only there', () => {
    const plan = planOf('CREATE TABLE hive.d.Orders (a INT);\nDROP TABLE hive.d.old;\nINSERT INTO t SELECT * FROM x');
    const because = "Object 'orders' not found. This may be because explain has not run CREATE TABLE Orders (line 1).";
    expect(withWithheld("Object 'orders' not found.", plan, 2)).toBe(because);
    expect(withWithheld("Object 'orders_2' not found.", plan, 2)).toBe("Object 'orders_2' not found.");
    expect(withWithheld("Object 'old' not found.", plan, 2)).toBe("Object 'old' not found.");
    expect(withWithheld("Object 'orders' not found.", plan, 0)).toBe("Object 'orders' not found.");
    expect(withWithheld('', plan, 2)).toBe('');
    const two = planOf(
      'CREATE TABLE hive.d.a (x INT);\nCREATE VIEW hive.d.b AS SELECT 1;\nINSERT INTO t SELECT * FROM a, b',
    );
    expect(withWithheld('a: b?', two, 2)).toMatch(/has not run CREATE TABLE a \(line 1\), CREATE VIEW b \(line 2\)\.$/);
    expect(withWithheld('It is a-b_c$a.', two, 2)).toBe('It is a-b_c$a.');
  });

  it("says so of the environment task's", () => {
    const plan = planOf('INSERT INTO t SELECT * FROM x', "SET 'a' = 'b';\nCREATE VIEW hive.d.v AS SELECT 1");
    expect(withWithheld('no v here', plan, 2)).toContain('CREATE VIEW v (environment task 9, line 2)');
  });
});

describe('statements that start a job', () => {
  it('are explained last, wherever they stand, and functions of the task after its jars', () => {
    const plan = planOf("INSERT INTO t SELECT 1;\nADD JAR 'a.jar';\nSHOW TABLES", "SET 'a' = 'b'", { f: 'a.B' });
    expect(sent(plan)).toEqual([
      "configure: SET 'a' = 'b'",
      "configure: ADD JAR 'a.jar'",
      "configure: CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS `f` AS 'a.B'",
      'run: SHOW TABLES',
      'explain: EXPLAIN INSERT INTO t SELECT 1',
    ]);
    expect(plan.steps.map(({ at }) => at)).toEqual([0, 2, null, 3, 1]);
    expect(plan.statements.map(({ line, envId }) => [line, envId])).toEqual([
      [1, 9],
      [1, null],
      [2, null],
      [3, null],
    ]);
  });

  it('INSERTs are explained as the one statement set that a submit sends, each of them a part', () => {
    const plan = planOf('INSERT INTO a SELECT 1;\nSHOW TABLES;\nEXECUTE INSERT INTO b SELECT 2;');
    const [, set] = plan.steps;
    expect(sent(plan)[1]?.replace(/\s+/g, ' ')).toBe(
      'explain: EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END',
    );
    expect(set?.parts.map(({ at, planned }) => [at, joinSegments(planned.segments, plan.text)])).toEqual([
      [0, 'EXPLAIN INSERT INTO a SELECT 1'],
      [2, 'EXPLAIN INSERT INTO b SELECT 2'],
    ]);
  });

  it.each([
    ['EXECUTE STATEMENT SET BEGIN\n INSERT INTO a SELECT 1;\n INSERT INTO b SELECT 2; END;'],
    ['BEGIN STATEMENT SET;\n INSERT INTO a SELECT 1;\n INSERT INTO b SELECT 2; END;'],
  ])('an authored statement set is one statement with its INSERTs as parts: %s', (statement) => {
    const plan = planOf(`SET 'a' = 'b';\n${statement}`);
    expect(sent(plan)[1]?.replace(/\s+/g, ' ')).toBe(
      'explain: EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END',
    );
    const parts = plan.steps[1]?.parts ?? [];
    expect(parts.map(({ at, planned }) => [at, joinSegments(planned.segments, plan.text)])).toEqual([
      [1, 'EXPLAIN INSERT INTO a SELECT 1'],
      [1, 'EXPLAIN INSERT INTO b SELECT 2'],
    ]);
    const [, second] = parts.map(({ planned }) =>
      sentStatement({ statement: plan.text, plan: { ...plan, ...NO_OPTIONS } }, planned),
    );
    expect(second && locate('no b', second)).toBe('line 4: no b');
  });

  it('a statement set below an environment task has its INSERTs as parts too', () => {
    const set = 'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END';
    const plan = planOf(set, "SET 'a' = 'b';\nCREATE TABLE t (a INT);");
    const parts = plan.steps.at(-1)?.parts ?? [];
    expect(parts.map(({ planned }) => joinSegments(planned.segments, plan.text))).toEqual([
      'EXPLAIN INSERT INTO a SELECT 1',
      'EXPLAIN INSERT INTO b SELECT 2',
    ]);
  });

  it('is asked for the nodes of its job too, where they are wanted', () => {
    const asked = (statement: string) => {
      const task = aTask({ statement });
      return sent(planExplain([readScript(task, NO_VARIABLES, false)], task, { asks: 'JSON_EXECUTION_PLAN' }));
    };
    expect(asked('INSERT INTO a SELECT 1')).toEqual(['explain: EXPLAIN JSON_EXECUTION_PLAN INSERT INTO a SELECT 1']);
    expect(asked('EXECUTE SELECT 1')).toEqual(['explain: EXPLAIN JSON_EXECUTION_PLAN SELECT 1']);
  });

  it('a second job is refused, naming both, and the first is explained', () => {
    const plan = planOf('SELECT 1;\nINSERT INTO a SELECT 1;\nINSERT INTO b SELECT 1');
    expect(sent(plan)).toEqual(['explain: EXPLAIN SELECT 1']);
    expect(plan.statements.map(({ error }) => error?.slice(0, 66) ?? null)).toEqual([
      null,
      'Both SELECT (line 1, column 1) and INSERT INTO (line 2, column 1) ',
      'Both SELECT (line 1, column 1) and INSERT INTO (line 3, column 1) ',
    ]);
    const inserts = planOf('INSERT INTO a SELECT 1;\nSELECT 1;\nINSERT INTO b SELECT 1');
    expect(inserts.statements.map(({ error }) => error === null)).toEqual([true, false, true]);
    expect(inserts.steps[0]?.parts).toHaveLength(2);
  });
});

describe("Flink's places in what explain sends", () => {
  const places = (statement: string, word: string): string => {
    const plan = planOf(statement);
    const step = plan.steps.at(-1);
    if (step === undefined) throw new Error('nothing is sent');
    const found = sentStatement({ statement: plan.text, plan: { ...plan, ...NO_OPTIONS } }, step.planned);
    const before = found.sql.slice(0, found.sql.indexOf(word)).split('\n');
    return locate(`${word} at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`, found);
  };

  it.each([
    ['INSERT INTO t SELECT nope FROM s', 'nope', 'nope at line 1, column 22'],
    ["SET 'a' = 'b'; INSERT INTO t\n  SELECT nope FROM s", 'nope', 'nope at line 2, column 10'],
    ['\n  EXECUTE   INSERT INTO t SELECT nope', 'nope', 'nope at line 2, column 34'],
    ["COMPILE PLAN 'p'\n FOR INSERT INTO t SELECT nope", 'nope', 'nope at line 2, column 27'],
    ['INSERT INTO t SELECT 1;\nINSERT INTO t SELECT 1,\n  nope', 'nope', 'nope at line 3, column 3'],
    ['EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT nope; END', 'nope', 'nope at line 1, column 50'],
    ['BEGIN STATEMENT SET;\n  INSERT INTO t SELECT nope;\nEND', 'nope', 'nope at line 2, column 24'],
  ])('%s', (statement, word, expected) => {
    expect(places(statement, word)).toBe(expected);
  });
});

describe('secrets', () => {
  it('a placeholder in a literal is sent as it is, and that is said', () => {
    const task = aTask({ statement: "CREATE TABLE t (a INT) WITH ('password' = '${pw}');\nSELECT * FROM ${from}" });
    const globals = { pw: { secret: 'a/b' }, from: { secret: 'c' } };
    const plan = planExplain([readScript(task, { ...NO_VARIABLES, globals }, false)], task);
    expect(sent(plan)).toEqual(["configure: CREATE TABLE t (a INT) WITH ('password' = '${pw}')"]);
    expect(plan.statements.map(({ note }) => note)).toEqual([
      'explain reads no secrets: ${pw} was sent in place of the value',
      null,
    ]);
    expect(plan.statements[1]?.error).toMatch(/\$\{from\} of line 2 is outside quotes/);
  });

  it('are masked in what is shown', () => {
    expect(planOf("CREATE TABLE t (a INT) WITH ('password' = 'x1')").statements[0]?.sql).not.toContain('x1');
    const hint = 'hints=[[[OPTIONS options:{scan.mode=latest, a.password=x1, y=}z}]]], password=[$0]';
    const masked = 'hints=[[[OPTIONS options:{scan.mode=latest, a.password=******}]]], password=[$0]';
    expect(maskPlan(`${hint}\n${hint}\n`)).toBe(`${masked}\n${masked}\n`);
    expect(maskPlan('cut off: options:{a=b, token=x1')).toBe('cut off: options:{a=b, token=******}');
    expect(maskPlan('options:{token=x1\nx2}]')).toBe('options:{token=******}]');
    const harmless = 'Sink(table=[a], hints=[[[OPTIONS options:{key.format=json}]]])\n+- Calc(select=[password])';
    expect(maskPlan(harmless)).toBe(harmless);
  });
});

describe('segments without their start', () => {
  it('give the rest of the text', () => {
    const text = '0123456789';
    const segments = ['ab', [2, 5], 'cd', [7, 9]] as const;
    const whole = joinSegments(segments, text);
    for (let count = 0; count <= whole.length; count += 1) {
      expect(joinSegments(dropStart(segments, count), text)).toBe(whole.slice(count));
    }
  });
});

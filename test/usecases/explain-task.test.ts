/** explain: Flink checks a task, nothing is started, nothing is written and nothing is left. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { type ExplainedTask, explainTask } from '../../lib/usecases/explain-task.ts';
import type { TaskToInspect } from '../../lib/usecases/inspect-task.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import { aCluster, aClusterConfiguration, aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const DDL = `CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen');
CREATE TABLE a (id BIGINT) WITH ('connector' = 'blackhole');
CREATE TABLE b (id BIGINT) WITH ('connector' = 'blackhole');
`;
const BUDGET_MS = 25_000;

function explain(w: World, request: Partial<TaskToInspect> = {}, budgetMs = BUDGET_MS): Promise<ExplainedTask> {
  return w.clock.run(explainTask(w)({ task: 1, variables: {}, ...request }, { budgetMs }));
}

function of(statement: string): World {
  return world({ tasks: [aTask({ statement })] });
}

describe('a good task', () => {
  it('is explained in one session: DDL run, the INSERTs planned as the one set that a submit sends', async () => {
    const w = of(`${DDL}INSERT INTO a SELECT id FROM src;\nINSERT INTO b SELECT id FROM src;`);
    const explained = await explain(w);
    expect(explained).toMatchObject({ taskId: 1, name: 'demo', ok: true, problems: [] });
    expect(w.flink.configured).toHaveLength(3);
    expect(w.flink.started.map(({ sql }) => sql.replace(/\s+/g, ' '))).toEqual([
      'EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT id FROM src; INSERT INTO b SELECT id FROM src; END',
    ]);
    const [, , , first, second] = explained.statements;
    expect(first).toMatchObject({
      index: 4,
      line: 4,
      envId: null,
      kind: 'INSERT INTO',
      type: 'Modify DML',
      sql: 'INSERT INTO a SELECT id FROM src',
      ok: true,
      checked: true,
      error: null,
      note: null,
      explainTimeMs: 100,
    });
    expect(first?.plan).toMatch(/^== Abstract Syntax Tree ==/);
    const note = 'planned together with line 4, as one statement set';
    expect(second).toMatchObject({ index: 5, line: 5, ok: true, checked: true, plan: null, error: null, note });
    expect(explained.statements[0]).toMatchObject({ type: 'DDL', ok: true, checked: true, plan: null });
  });

  it('starts no job, writes nothing and leaves no session', async () => {
    const w = of(`${DDL}SHOW TABLES;\nINSERT INTO a SELECT id FROM src`);
    expect(await explain(w)).toMatchObject({ ok: true });
    expect(w.flink.jobs.size).toBe(0);
    expect([w.flink.sessionsOpened(), w.flink.openSessions()]).toEqual([1, 0]);
    expect([w.store.heads.size, w.store.bodies.size, w.store.tasks.size, w.store.results.size]).toEqual([0, 0, 0, 0]);
    expect(await w.store.nextRunId()).toBe(1);
  });

  it('needs no JobManager', async () => {
    const w = world();
    w.flink.deadHosts.add('jobmanager:8081');
    expect(await explain(w)).toMatchObject({ ok: true });
  });

  it('gets the same session as a submit, with its variables in place', async () => {
    const task = aTask({
      type: 'standalone',
      clusterId: 1,
      parallelism: 3,
      statement: `${DDL}INSERT INTO a SELECT id + \${n} FROM src`,
    });
    const w = world({ tasks: [task], clusters: [aCluster({ config: { 'table.exec.state.ttl': '1 h' } })] });
    const { statements } = await explain(w, { variables: { n: '7' } });
    expect(w.flink.lastProperties()).toMatchObject({
      'table.exec.state.ttl': '1 h',
      'parallelism.default': '3',
      'pipeline.name': 'demo',
    });
    expect(statements.at(-1)?.sql).toBe('INSERT INTO a SELECT id + 7 FROM src');
  });

  it('that would start a cluster for itself is explained as any other, and starts none', async () => {
    const type = 'kubernetes-application';
    const tasks = [aTask({ type, clusterConfigurationId: 5 })];
    const w = world({ tasks, clusterConfigurations: [aClusterConfiguration({ id: 5, type })] });
    const { ok, statements } = await explain(w);
    expect([ok, statements.length]).toEqual([true, 3]);
    expect(w.flink.started.map(({ sql }) => sql)).toEqual(['EXPLAIN INSERT INTO snk SELECT id FROM src']);
    expect(w.flink.jobs.size).toBe(0);
  });

  it('need not be stored', async () => {
    const w = world({ tasks: [] });
    const { name, statement } = aTask({ name: 'draft' });
    const task = { id: null, fields: { name, statement } };
    expect(await explain(w, { task })).toMatchObject({ name: 'draft', ok: true });
  });

  it('of which Flink has nothing to check needs no gateway', async () => {
    const w = of('CALL sys.compact()');
    const { ok, statements } = await explain(w);
    expect([ok, w.flink.sessionsOpened()]).toEqual([true, 0]);
    expect(statements[0]).toMatchObject({ ok: true, checked: false, plan: null });
  });
});

describe('mistakes', () => {
  it('of one INSERT among several are put to its line, and the others have their plans', async () => {
    const w = of(`${DDL}INSERT INTO a SELECT id FROM src;\n\nINSERT INTO nope SELECT id FROM src;`);
    const { ok, statements } = await explain(w);
    expect(ok).toBe(false);
    expect(statements.map((one) => one.ok)).toEqual([true, true, true, true, false]);
    expect(statements[3]?.plan).toContain('EXPLAIN INSERT INTO a');
    expect(statements[4]?.error).toMatch(/^line 6: Cannot find table .*nope/);
    expect(w.flink.jobs.size).toBe(0);
  });

  it("of a statement set as written are put to the INSERT's line", async () => {
    const set = 'EXECUTE STATEMENT SET BEGIN\n  INSERT INTO a SELECT 1;\n  INSERT INTO nope SELECT 1;\nEND';
    const { statements } = await explain(of(`${DDL}${set}`));
    expect(statements).toHaveLength(4);
    expect(statements[3]).toMatchObject({ line: 4, kind: 'EXECUTE STATEMENT SET', ok: false, plan: null });
    expect(statements[3]?.error).toMatch(/^line 6: Cannot find table .*nope/);
  });

  it('of a set none of whose INSERTs is wrong by itself stay with the set', async () => {
    const w = of(`${DDL}INSERT INTO a SELECT id FROM src;\nINSERT INTO b SELECT id FROM src;`);
    w.flink.fault = (call, before, sql) => {
      if (call === 'start' && before && sql.includes('STATEMENT SET')) throw new AppError('flink.rejected', 'no set');
    };
    const { statements } = await explain(w);
    expect(statements.map(({ error }) => error)).toEqual([null, null, null, 'line 4: no set', null]);
  });

  it('are all found, not just the first', async () => {
    const w = of("SET 'rest.port' = '1';\nINSERT INTO x SELECT 1;\nHELP;\nINSERT INTO y SELECT 1;\nSELECT 1;");
    const { statements, problems } = await explain(w);
    expect(statements.map(({ line, ok }) => [line, ok])).toEqual([1, 2, 3, 4, 5].map((line) => [line, false]));
    expect(problems).toEqual([]);
    expect(statements[4]?.error).toMatch(/^Both INSERT INTO \(line 2, column 1\) and SELECT \(line 5, column 1\)/);
  });

  it('of the environment task name it and its line', async () => {
    const env = aTask({ id: 9, name: 'shared', dialect: 'FlinkSqlEnv', statement: `\n${DDL}DESCRIBE src;\n` });
    const w = world({ tasks: [aTask({ envId: 9, statement: 'INSERT INTO a SELECT id FROM src' }), env] });
    w.flink.fault = (call, before, sql) => {
      if (call === 'configure' && before && sql.includes('TABLE b')) throw new AppError('flink.rejected', 'no b');
    };
    const { statements } = await explain(w);
    expect(statements[2]).toMatchObject({ line: 4, envId: 9, error: 'environment task 9, line 4: no b' });
    expect(statements[4]).toMatchObject({ index: 5, line: 1, envId: null, ok: true });
  });

  it('of functions by class name belong to no statement', async () => {
    const w = world({ tasks: [aTask({ configJson: { customConfig: {}, udfRefer: { f: 'a.B' } } })] });
    w.flink.fault = (call, before, sql) => {
      if (call === 'configure' && before && sql.includes('a.B')) throw new AppError('flink.rejected', 'no class a.B');
    };
    const { ok, problems, statements } = await explain(w);
    expect([ok, problems]).toEqual([false, ["function `f` AS 'a.B' of the task's udfRefer: no class a.B"]]);
    expect(statements.every((one) => one.ok)).toBe(true);
  });

  it('that a submit refuses the whole task for are told beside its statements', async () => {
    const w = world({ tasks: [aTask({ savePointStrategy: 3 })] });
    const { ok, problems, statements } = await explain(w);
    expect(ok).toBe(false);
    expect(problems).toEqual([expect.stringMatching(/no savePointPath/)]);
    expect(statements.every((one) => one.ok && one.checked)).toBe(true);
  });

  it.each([
    ['variable.missing', { statement: 'SELECT ${a}, ${b}' }, /\$\{a\} \(line 1\), \$\{b\}/],
    ['sql.syntax', { statement: "SELECT 'open" }, /line 1/],
    ['sql.empty', { statement: '-- nothing' }, /nothing to run/],
    ['config.refused', { configJson: { customConfig: { 'rest.port': '1' }, udfRefer: {} } }, /rest\.port/],
    ['task.invalid', { enabled: false }, /disabled/],
    ['cluster.notFound', { type: 'standalone', clusterId: 5 }, /cluster 5/],
  ])('%s: refused as a submit is, before any session', async (code, changes, message) => {
    const w = world({ tasks: [aTask(changes)] });
    const error = await appErrorOf(explain(w));
    expect([error.code, w.flink.sessionsOpened()]).toEqual([code, 0]);
    expect(error.message).toMatch(message);
  });

  it('a task that is not there', async () => {
    expect((await appErrorOf(explain(world(), { task: 7 }))).message).toMatch(/^Task Not Exist/);
  });
});

describe('what would last', () => {
  it('is not sent, and is named where it may be missed', async () => {
    const w = of(`CREATE TABLE hive.db.orders (a INT);\nINSERT INTO orders SELECT 1`);
    const { ok, statements } = await explain(w);
    expect(w.flink.configured).toEqual([]);
    expect(w.flink.started.map(({ sql }) => sql)).toEqual(['EXPLAIN INSERT INTO orders SELECT 1']);
    expect(ok).toBe(false);
    expect(statements[0]).toMatchObject({
      ok: true,
      checked: false,
      note: 'not run by explain, because it changes something that outlives the session',
    });
    expect(statements[1]?.error).toMatch(
      /^line 2: Cannot find .*orders.* This may be because explain has not run CREATE TABLE orders \(line 1\)\.$/,
    );
  });

  it('is not sent either when the catalog that it was written for could not be made', async () => {
    const w = of(`CREATE CATALOG hive WITH ('type' = 'hive');
USE CATALOG hive;
CREATE CATALOG mem WITH ('type' = 'generic_in_memory');
USE CATALOG mem;
CREATE TABLE t (a INT);
CREATE TEMPORARY TABLE u (a INT);
CREATE TABLE default_catalog.default_database.v (a INT)`);
    w.flink.fault = (call, before, sql) => {
      if (call === 'configure' && before && sql.includes('CATALOG mem')) throw new AppError('flink.failed', 'no mem');
    };
    const { statements } = await explain(w);
    expect(w.flink.configured.slice(2)).toEqual([
      'CREATE TEMPORARY TABLE u (a INT)',
      'CREATE TABLE default_catalog.default_database.v (a INT)',
    ]);
    expect(statements[4]).toMatchObject({
      ok: true,
      checked: false,
      note: 'not run by explain, because it depends on line 3, which failed',
    });
  });

  it('catalogs are, where the gateway keeps them', async () => {
    const statement = "CREATE CATALOG c WITH ('type' = 'generic_in_memory');\nUSE CATALOG c";
    for (const [kind, configured] of [
      ['file', ['USE CATALOG c']],
      ['generic_in_memory', ["CREATE CATALOG c WITH ('type' = 'generic_in_memory')", 'USE CATALOG c']],
    ] as const) {
      const configJson = { customConfig: { 'table.catalog-store.kind': kind }, udfRefer: {} };
      const w = world({ tasks: [aTask({ statement, configJson })] });
      const { statements } = await explain(w);
      expect(w.flink.configured).toEqual(configured);
      expect(statements[0]?.checked).toBe(kind !== 'file');
      expect([w.flink.jobs.size, w.flink.openSessions()]).toEqual([0, 0]);
    }
  });

  it('of all statements only those that read or change the session reach Flink', async () => {
    const lasting = [
      'CREATE DATABASE c.d',
      'DROP TABLE c.d.t',
      'CALL sys.compact()',
      'TRUNCATE TABLE a',
      'ANALYZE TABLE a COMPUTE STATISTICS',
      "STOP JOB 'x'",
      'DROP MATERIALIZED TABLE m',
    ];
    const jobs = 'UPDATE a SET id = 1;\nCREATE TABLE c AS SELECT id FROM src';
    const w = of(`${lasting.join(';\n')};\n${DDL}SHOW TABLES;\n${jobs}`);
    await explain(w);
    expect(w.flink.configured.map((sql) => sql.slice(0, 16))).toEqual([
      'CREATE TABLE src',
      'CREATE TABLE a (',
      'CREATE TABLE b (',
    ]);
    expect(w.flink.started.map(({ sql }) => sql)).toEqual(['SHOW TABLES']);
    expect(w.flink.jobs.size).toBe(0);
  });
});

describe('secrets', () => {
  it('are not read: the reference is sent as it stands, and that is said', async () => {
    const statement = "CREATE TABLE t (id INT) WITH ('connector' = 'x', 'password' = '${pw}');\nSHOW TABLES";
    const variables = [{ name: 'pw', value: { secret: 'shop/pw' }, note: null }];
    const w = world({ tasks: [aTask({ fragment: true, statement })], variables });
    const { statements } = await explain(w);
    expect(w.flink.configured[0]).toContain("'password' = '${pw}'");
    expect(statements[0]).toMatchObject({ ok: true, note: expect.stringContaining('${pw}') as string });
    expect(statements[1]).toMatchObject({ ok: true, note: null });
  });

  it('do not show in plans and errors', async () => {
    const w = of("CREATE TABLE a (id INT) WITH ('password' = 'hunter2');\nINSERT INTO a SELECT 1;");
    w.flink.fault = (call, before, sql) => {
      if (call !== 'configure' || !before) return;
      throw new AppError('flink.rejected', `cannot make: ${sql}`);
    };
    const explained = await explain(w);
    expect(explained.statements[0]?.error).toContain('******');
    expect(JSON.stringify(explained)).not.toContain('hunter2');
  });

  it('do not show as a word of an error, without their key', async () => {
    const w = of(
      "CREATE TABLE a (id INT) WITH ('password' = 'q7', 'url' = 'jdbc:m://u:zwq@h');\nINSERT INTO a SELECT 1;",
    );
    w.flink.fault = (call, before) => {
      if (call === 'configure' && before) throw new AppError('flink.rejected', 'u was refused with q7, and with zwq.');
    };
    expect((await explain(w)).statements[0]?.error).toContain('u was refused with ******, and with ******.');
  });
});

describe('a gateway that is away', () => {
  it('is one clear error', async () => {
    const w = world();
    w.flink.fault = (call, before) => {
      if (call === 'open' && before) throw new AppError('flink.unreachable', 'connection refused.');
    };
    const { code, message } = await appErrorOf(explain(w));
    expect(code).toBe('flink.unreachable');
    expect(message).toMatch(/^The SQL gateway \(http:\/\/gateway:8083\) is out of reach: connection refused\. Nothing/);
  });

  it('half-way, too, and the session is closed', async () => {
    const w = world();
    w.flink.fault = (call, before) => {
      if (call === 'fetch' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    expect((await appErrorOf(explain(w))).code).toBe('flink.noReply');
    expect(w.flink.openSessions()).toBe(0);
  });

  it('that is slow: what was not checked in time says so', async () => {
    const w = of(`${DDL}INSERT INTO a SELECT id FROM src;`);
    w.flink.planningMs = BUDGET_MS * 2;
    const { ok, statements } = await explain(w);
    expect([ok, w.flink.openSessions()]).toEqual([false, 0]);
    expect(statements.map((one) => one.ok)).toEqual([true, true, true, false]);
    expect(statements[3]?.error).toBe('line 4: Not checked: Flink did not answer within the time limit of explain.');
  });
});

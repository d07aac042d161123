/** exportSql: the SQL as it would be run, in the order in which it would work, without secrets; Flink is not asked. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { exportSql } from '../../lib/usecases/export-sql.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import { aClusterConfiguration, aTask, type Definitions } from '../fakes/memory-definitions.ts';
import { world } from './world.ts';

const OPTIONS = "SET 'pipeline.name' = 'demo';\nSET 'execution.runtime-mode' = 'STREAMING';";

function exported(task: Partial<TaskDefinition>, others: Definitions = {}, variables = {}): Promise<string> {
  const { tasks = [], ...rest } = others;
  const w = world({ ...rest, tasks: [aTask(task), ...tasks] });
  w.flink.fault = (call) => {
    throw new Error(`${call}: Flink was asked`);
  };
  return w.clock.run(exportSql(w)({ task: 1, variables }, { budgetMs: 25_000 }));
}

describe('the SQL of a task', () => {
  it('has the options of its session and the variables in place', async () => {
    const customConfig = { 'table.exec.state.ttl': "1 'h'" };
    const statement = "n := 5;\n-- all of them\nSELECT ${n}, '${who}' FROM t;\nSELECT 2";
    const sql = await exported(
      { statement: statement.replace(';\nSELECT 2', ''), parallelism: 2, configJson: { customConfig, udfRefer: {} } },
      {},
      { who: 'me' },
    );
    expect(sql).toContain("SET 'parallelism.default' = '2';\n");
    expect(sql).toContain("SET 'table.exec.state.ttl' = '1 ''h''';\n");
    expect(sql).toMatch(/\n-- all of them\nSELECT 5, 'me' FROM t$/);
    expect(sql).not.toMatch(/:=|\$\{/);
  });

  it('begins with its environment task', async () => {
    const env = aTask({ id: 9, dialect: 'FlinkSqlEnv', statement: "CREATE TABLE t (a INT) WITH ('connector' = 'x');" });
    const sql = await exported({ envId: 9, statement: 'SELECT a FROM t' }, { tasks: [env] });
    expect(sql).toBe(`${OPTIONS}\nCREATE TABLE t (a INT) WITH ('connector' = 'x');\nSELECT a FROM t`);
  });

  it('makes its functions after the jars that they come from', async () => {
    const udfRefer = { up: 'org.Up' };
    const made = "CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS `up` AS 'org.Up';";
    const of = (statement: string) => exported({ statement, configJson: { customConfig: {}, udfRefer } });
    expect(await of("ADD JAR '/a.jar';\nADD JAR '/b.jar';\nSELECT up('x')")).toBe(
      `${OPTIONS}\nADD JAR '/a.jar';\nADD JAR '/b.jar';\n${made}\nSELECT up('x')`,
    );
    expect(await of("SELECT up('x')")).toBe(`${OPTIONS}\n${made}\nSELECT up('x')`);
  });

  it('ends each statement of its environment task, also where its author has not', async () => {
    const sql = async (statement: string) => {
      const env = aTask({ id: 9, dialect: 'FlinkSqlEnv', statement });
      return (await exported({ envId: 9, statement: 'SELECT a FROM t' }, { tasks: [env] })).replace(`${OPTIONS}\n`, '');
    };
    expect(await sql("SET 'a' = 'b'")).toBe("SET 'a' = 'b';\nSELECT a FROM t");
    expect(await sql("SET 'a' = 'b' -- the end")).toBe("SET 'a' = 'b' -- the end\n;\nSELECT a FROM t");
    expect(await sql("SET 'a' = 'b' /* ; */ ; -- the end;")).toBe(
      "SET 'a' = 'b' /* ; */ ; -- the end;\nSELECT a FROM t",
    );
    expect(await sql('-- nothing yet')).toBe('-- nothing yet\nSELECT a FROM t');
    expect(await sql('x := 1;')).toBe('SELECT a FROM t');
  });

  it('makes its functions between whole statements', async () => {
    const udfRefer = { up: 'org.Up' };
    const made = "CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS `up` AS 'org.Up';";
    const of = async (statement: string, env: string | null = null) => {
      const tasks = env === null ? [] : [aTask({ id: 9, dialect: 'FlinkSqlEnv', statement: env })];
      const task = { statement, configJson: { customConfig: {}, udfRefer }, envId: env === null ? null : 9 };
      return (await exported(task, { tasks })).replace(`${OPTIONS}\n`, '');
    };
    expect(await of("ADD JAR '/a.jar' -- one; two\n;\nSELECT up('x')")).toBe(
      `ADD JAR '/a.jar' -- one; two\n;\n${made}\nSELECT up('x')`,
    );
    expect(await of("SET 'a' = 'b';\nADD JAR '/a;b.jar';\nSELECT up('x');\nSHOW JARS")).toBe(
      `SET 'a' = 'b';\nADD JAR '/a;b.jar';\n${made}\nSELECT up('x');\nSHOW JARS`,
    );
    expect(await of("-- jars\nADD JAR /* a; b */ '/a.jar';\n/* c */ SELECT up('x')")).toBe(
      `-- jars\nADD JAR /* a; b */ '/a.jar';\n${made}\n/* c */ SELECT up('x')`,
    );
    expect(await of("SELECT up('x');\nADD JAR '/a.jar'")).toBe(`SELECT up('x');\nADD JAR '/a.jar';\n${made}`);
    expect(await of("SELECT up('x');\nSHOW JARS", "ADD JAR '/a.jar'")).toBe(
      `ADD JAR '/a.jar';\n${made}\nSELECT up('x');\nSHOW JARS`,
    );
    expect(await of("ADD JAR '/b.jar';\nSELECT up('x')", "ADD JAR '/a.jar'")).toBe(
      `ADD JAR '/a.jar';\nADD JAR '/b.jar';\n${made}\nSELECT up('x')`,
    );
    expect(await of('SELECT 1;')).toBe(`${made}\nSELECT 1;`);
    expect(await of('SELECT add FROM t; SHOW JARS')).toBe(`${made}\nSELECT add FROM t; SHOW JARS`);
    const type = 'kubernetes-application';
    const clusterConfigurations = [aClusterConfiguration({ id: 5, type })];
    const own = { type, clusterConfigurationId: 5, configJson: { customConfig: {}, udfRefer } };
    const statement = "ADD JAR '/a.jar';\nINSERT INTO t SELECT up('x')";
    expect(await exported({ ...own, statement }, { clusterConfigurations })).toBe(
      `${OPTIONS}\nADD JAR '/a.jar';\n${made}\nINSERT INTO t SELECT up('x')`,
    );
  });

  it('shows no secret above its functions nor below them', async () => {
    const statement = "SET 'a' = '${api_token}';\nADD JAR '/${api_token}/a.jar';\nSELECT '${api_token}', 'b'";
    const configJson = { customConfig: {}, udfRefer: { up: 'org.Up' } };
    const sql = await exported({ statement, configJson }, {}, { api_token: 'planted-9' });
    expect(sql.replace(`${OPTIONS}\n`, '')).toBe(
      "SET 'a' = '******';\nADD JAR '/******/a.jar';\n" +
        "CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS `up` AS 'org.Up';\nSELECT '******', 'b'",
    );
  });

  it('shows no part of a secret that is SQL on both sides of its functions', async () => {
    const variables = [{ name: 'api_token', value: "/planted-1.jar';\nSELECT 'planted-2", note: null }];
    const configJson = { customConfig: {}, udfRefer: { up: 'org.Up' } };
    const sql = await exported({ statement: "ADD JAR '${api_token}'", configJson, fragment: true }, { variables });
    expect(sql).not.toMatch(/planted/);
    expect(sql).toMatch(/\nADD JAR '\*{6}\nCREATE TEMPORARY SYSTEM FUNCTION .*;\n\*{6}'$/);
  });

  it('shows no secret: neither of an option, nor of a literal, a variable or a store', async () => {
    const customConfig = { 'my.password': 'planted-1' };
    const variables = [
      { name: 'pw', value: { secret: 'shop/pw' }, note: null },
      { name: 'api_token', value: 'planted-2', note: null },
    ];
    const statement = `CREATE TABLE t (a INT) WITH ('connector' = 'x', 'password' = 'planted-3', 'p' = '\${pw}', 'x' = '\${api_token}');
SELECT a FROM t WHERE b = 'planted-2'`;
    const sql = await exported(
      { statement, fragment: true, configJson: { customConfig, udfRefer: {} } },
      { variables },
    );
    expect(sql).not.toMatch(/planted/);
    expect(sql).toContain("'p' = '${pw}'");
    expect(sql).toContain("SET 'my.password' = '******';");
  });

  it('of a jar is the statement that runs it', async () => {
    const statement = "EXECUTE JAR WITH ('uri' = 's3://b/a.jar', 'main-class' = 'M')";
    expect(await exported({ dialect: 'FlinkJar', statement })).toBe(`${OPTIONS}\n${statement}`);
  });
});

describe('no SQL', () => {
  it('of a task that is not there, or that a submit would refuse', async () => {
    const w = world({ tasks: [aTask({ statement: 'SELECT ${missing}' })] });
    const of = (task: number) => appErrorOf(w.clock.run(exportSql(w)({ task, variables: {} }, { budgetMs: 1_000 })));
    expect((await of(99)).message).toMatch(/^Task Not Exist: there is no task 99/);
    expect((await of(1)).message).toMatch(/\$\{missing\}/);
  });
});

/** exportSql: the SQL as it would be run, in the order in which it would work, without secrets; Flink is not asked. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { exportSql } from '../../lib/usecases/export-sql.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import { aTask, type Definitions } from '../fakes/memory-definitions.ts';
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

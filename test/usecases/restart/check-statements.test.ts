/** What a restart asks Flink about changed statements while the old run goes on: what Flink refuses is not stopped for. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../../lib/domain/definition/definitions.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { restartTask } from '../../../lib/usecases/restart-task.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';
import {
  aCluster,
  aClusterConfiguration,
  aTask,
  type Definitions,
  memoryDefinitions,
} from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const DDL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');\n";
const SQL = `${DDL}INSERT INTO snk SELECT 1;`;
const OTHER = `${DDL}INSERT INTO snk SELECT 2;`;
const WRONG = `${DDL}\nINSERT INTO nope SELECT 1;`;
const BUDGET_MS = 25_000;

async function live(task: Partial<TaskDefinition> = {}): Promise<World> {
  const w = world({ tasks: [aTask({ statement: SQL, dedupeSeconds: 0, ...task })] });
  w.jarSource.kept.set('s3://jars/a.jar', 'a'.repeat(64));
  w.jarSource.kept.set('s3://jars/b.jar', 'b'.repeat(64));
  await w.submit();
  await w.pollTask();
  expect(head(w, 1).status).toBe('RUNNING');
  w.flink.started.length = 0;
  return w;
}

const head = (w: World, id: number): RunHead => w.store.heads.get(id)!;

interface How extends Definitions {
  readonly path?: string;
  readonly budgetMs?: number;
}

function restartBy(w: World, task: Partial<TaskDefinition>, { path, budgetMs = BUDGET_MS, ...beside }: How = {}) {
  const definitions = memoryDefinitions({
    ...beside,
    tasks: [aTask({ dedupeSeconds: 0, ...task }), ...(beside.tasks ?? [])],
  });
  const request = { taskId: 1, savePointPath: path ?? null };
  return w.clock.run(restartTask({ ...w, definitions })(request, { caller: 'test', budgetMs }));
}

const asked = (w: World): string[] => w.flink.started.map(({ sql }) => sql).filter((sql) => sql.startsWith('EXPLAIN'));

function isUntouched(w: World): void {
  expect(head(w, 1)).toMatchObject({ status: 'RUNNING', restart: null, savepoint: null, cancelAskedAt: null });
  expect(w.store.heads.has(2)).toBe(false);
  expect(w.flink.savepoints.begun).toEqual([]);
  expect(w.flink.openSessions()).toBe(0);
}

describe('statements that have changed', () => {
  it('are planned by Flink before anything is stopped', async () => {
    const w = await live();
    const before: number[] = [];
    w.flink.fault = (call, isBefore, sql) => {
      if (call === 'start' && isBefore && sql.startsWith('EXPLAIN')) before.push(w.flink.savepoints.begun.length);
    };
    expect((await restartBy(w, { statement: OTHER })).head).toMatchObject({ id: 2, submitStatus: 'SUCCESS' });
    expect(asked(w)).toEqual(['EXPLAIN INSERT INTO snk SELECT 2']);
    expect(before).toEqual([0]);
    expect(w.flink.openSessions()).toBe(0);
  });

  it.each([
    ['with a savepoint', {}],
    ['from a path', { path: 'file:/savepoints/given' }],
  ])('and that Flink refuses leave the old run alone, and its line is told (%s)', async (_how, how) => {
    const w = await live();
    await expect(restartBy(w, { statement: WRONG }, how)).rejects.toMatchObject({
      code: 'flink.rejected',
      message: expect.stringMatching(
        /^Task 1 can't be restarted, and nothing was stopped: Flink refuses the new statements: line 3: Cannot find table .*nope/,
      ) as string,
    });
    isUntouched(w);
    expect((await restartBy(w, { statement: OTHER }, how)).head).toMatchObject({ submitStatus: 'SUCCESS' });
  });

  it('are told with the line of the one that is wrong, though Flink is sent all INSERTs as one', async () => {
    const w = await live();
    const statement = `${DDL}INSERT INTO snk SELECT 1;\n\nINSERT INTO nope SELECT 1;`;
    const { message } = await appErrorOf(restartBy(w, { statement }));
    expect(message).toMatch(/: line 4: Cannot find table .*nope/);
    isUntouched(w);
  });

  it('of the environment task are asked about as well', async () => {
    const w = await live();
    const env = aTask({ id: 9, dialect: 'FlinkSqlEnv', statement: "SET 'a' = 'b';" });
    await restartBy(w, { statement: SQL, envId: 9 }, { tasks: [env] });
    expect(asked(w)).toHaveLength(1);
  });

  it('and a function of the task that Flink does not take is refused', async () => {
    const w = await live();
    w.flink.fault = (call, before, sql) => {
      if (call === 'configure' && before && sql.includes('FUNCTION')) throw new AppError('flink.rejected', 'No class.');
    };
    const configJson = { customConfig: {}, udfRefer: { 'a.B': 'b' } };
    const { message } = await appErrorOf(restartBy(w, { statement: SQL, configJson }));
    expect(message).toMatch(/udfRefer: No class\./);
    isUntouched(w);
  });

  it('are asked about once, however often the old run is written meanwhile', async () => {
    const w = await live();
    const { updateHead } = w.store;
    let lost = 2;
    Object.assign(w.store, {
      updateHead: (...args: Parameters<typeof updateHead>) =>
        args[1].restart !== undefined && (lost -= 1) >= 0 ? Promise.resolve(null) : updateHead(...args),
    });
    expect((await restartBy(w, { statement: OTHER })).head).toMatchObject({ submitStatus: 'SUCCESS' });
    expect(lost).toBe(-1);
    expect(asked(w)).toHaveLength(1);
  });
});

describe('what Flink is asked about', () => {
  it('is nothing where the statements are as they were', async () => {
    const w = await live();
    await restartBy(w, { statement: SQL });
    expect(head(w, 2).submitStatus).toBe('SUCCESS');
    expect(asked(w)).toEqual([]);
  });

  it('is nothing where only what belongs to no statement has changed', async () => {
    const w = await live();
    await restartBy(w, { statement: SQL, note: 'another note', dedupeSeconds: 60, savePointStrategy: 1 });
    expect(head(w, 2).submitStatus).toBe('SUCCESS');
    expect(asked(w)).toEqual([]);
  });

  it.each<[string, Partial<TaskDefinition>, Definitions]>([
    ['an option', { configJson: { customConfig: { 'table.exec.state.ttl': '1 h' }, udfRefer: {} } }, {}],
    ['the parallelism', { parallelism: 3 }, {}],
    [
      'the gateway',
      { type: 'standalone', clusterId: 4 },
      { clusters: [aCluster({ id: 4, sqlGateway: 'http://other:8083' })] },
    ],
  ])('are the statements where %s is another one', async (_what, task, beside) => {
    const w = await live();
    await restartBy(w, { statement: SQL, ...task }, beside);
    expect(asked(w)).toHaveLength(1);
    expect(head(w, 2).submitStatus).toBe('SUCCESS');
  });

  it('is no jar', async () => {
    const jar = (name: string) =>
      `EXECUTE JAR WITH ('uri' = 's3://jars/${name}.jar', 'main-class' = 'dinghy.example.NumbersJob')`;
    const w = await live({ dialect: 'FlinkJar', statement: jar('a') });
    await restartBy(w, { dialect: 'FlinkJar', statement: jar('b') });
    expect(head(w, 2).submitStatus).toBe('SUCCESS');
    expect(asked(w)).toEqual([]);
  });

  it('is no script that gets a cluster of its own', async () => {
    const w = await live();
    const type = 'kubernetes-application';
    w.flink.platforms.add(type);
    const clusterConfigurations = [aClusterConfiguration({ id: 5, type })];
    await restartBy(w, { statement: OTHER, type, clusterConfigurationId: 5 }, { clusterConfigurations });
    expect(w.flink.clusters).toHaveLength(1);
    expect(asked(w)).toEqual([]);
  });

  it('has the values of secrets, and what is told of it has not', async () => {
    const variables = [{ name: 'stored', value: { secret: 'stored' }, note: null }];
    const w = await live();
    w.secrets.values.set('stored', 'hush-hush');
    const secret = (table: string) => `${DDL}INSERT INTO ${table} SELECT '\${stored}';`;
    w.flink.fault = (call, before, sql) => {
      if (call === 'start' && before && sql.includes('nope')) throw new AppError('flink.rejected', `No table: ${sql}`);
    };
    const { message } = await appErrorOf(restartBy(w, { statement: secret('nope'), fragment: true }, { variables }));
    expect(message).toMatch(/No table: EXPLAIN INSERT INTO nope/);
    expect(message).not.toContain('hush-hush');
    isUntouched(w);
    await restartBy(w, { statement: secret('snk'), fragment: true }, { variables });
    expect(asked(w).at(-1)).toContain("'hush-hush'");
  });
});

describe('a statement that explain leaves out, because it would last', () => {
  const LASTING = "CREATE CATALOG c WITH ('type' = 'jdbc');\nCREATE TABLE c.d.t (id BIGINT);\n";

  it('may be what a later one misses: the restart goes on, as the run may', async () => {
    const w = await live();
    let refusals = 0;
    w.flink.fault = (call, before, sql) => {
      if (call !== 'start' || !before || !sql.startsWith('EXPLAIN')) return;
      refusals += 1;
      throw new AppError('flink.rejected', 'No table t.');
    };
    await restartBy(w, { statement: `${LASTING}${SQL}` });
    expect(refusals).toBe(1);
    expect(head(w, 1)).toMatchObject({ status: 'FINISHED', restart: { runId: 2 } });
  });

  it.each([
    ['a mistake that the parser finds', `${LASTING}${SQL}`, 'INSERT', 'SQL parse failed. Encountered "SELEC".'],
    ['one before it', `SET 'x' = 'y';\n${LASTING}${SQL}`, "SET 'x'", 'No such option.'],
  ])('does not hide %s', async (_what, statement, of, said) => {
    const w = await live();
    w.flink.fault = (_call, before, sql) => {
      if (before && sql.includes(of)) throw new AppError('flink.rejected', said);
    };
    const { message } = await appErrorOf(restartBy(w, { statement }));
    expect(message).toContain(said);
    isUntouched(w);
  });
});

describe('a question that Flink does not answer', () => {
  it.each(['flink.unreachable', 'flink.noReply'] as const)('(%s) stops nothing', async (code) => {
    const w = await live();
    let opened = 0;
    w.flink.fault = (call, before) => {
      // The first session is the one that shows that Flink is there.
      if (call === 'open' && before && (opened += 1) === 2) throw new AppError(code, 'Away.');
    };
    const error = await appErrorOf(restartBy(w, { statement: OTHER }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(
      /^Task 1 can't be restarted, and nothing was stopped: Flink could not check the new statements\. The SQL gateway \(http:\/\/gateway:8083\) is out of reach: Away\./,
    );
    isUntouched(w);
  });

  it('in time stops nothing, and says what else can be done', async () => {
    const w = await live();
    w.flink.planningMs = 60_000;
    const { code, message } = await appErrorOf(restartBy(w, { statement: OTHER }));
    expect(code).toBe('budget.exceeded');
    expect(message).toMatch(
      /nothing was stopped: Flink did not say within \d+ s whether it accepts the new statements/,
    );
    expect(message).toMatch(/Try again\. Or stop the task with a savepoint/);
    isUntouched(w);
  });

  it('at the opening of its session stops nothing either', async () => {
    const w = await live();
    let opened = 0;
    w.flink.fault = async (call, before) => {
      if (call === 'open' && before && (opened += 1) === 2) await w.clock.sleep(60_000);
    };
    expect((await appErrorOf(restartBy(w, { statement: OTHER }))).code).toBe('budget.exceeded');
    isUntouched(w);
  });

  it('leaves time for the stop when it is answered late', async () => {
    const w = await live();
    w.flink.planningMs = 10_000;
    await restartBy(w, { statement: OTHER });
    expect(head(w, 1)).toMatchObject({ status: 'FINISHED', savepoint: { state: 'done' } });
  });

  it('within a short budget has half of it', async () => {
    const w = await live();
    w.flink.planningMs = 1_000;
    await restartBy(w, { statement: OTHER }, { budgetMs: 4_000 });
    expect(head(w, 1)).toMatchObject({ status: 'FINISHED', savepoint: { state: 'done' } });
  });

  it('because of a bug is that bug', async () => {
    const w = await live();
    w.flink.fault = (call, before, sql) => {
      if (call === 'start' && before && sql.startsWith('EXPLAIN')) throw new TypeError('a bug');
    };
    await expect(restartBy(w, { statement: OTHER })).rejects.not.toBeInstanceOf(AppError);
    isUntouched(w);
  });
});

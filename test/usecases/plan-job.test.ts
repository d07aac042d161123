/** getJobPlan, getStreamGraph and the statement of a request: planned, nothing started, nothing left. */
import { describe, expect, it } from 'vitest';
import type { DescribedTask } from '../../lib/domain/definition/described-task.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { PlannedJob } from '../../lib/domain/explain/stream-graph.ts';
import { explainTask } from '../../lib/usecases/explain-task.ts';
import { planJob } from '../../lib/usecases/plan-job.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const DDL = `CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen');
CREATE TABLE a (id BIGINT) WITH ('connector' = 'blackhole');
`;
const INSERT = 'INSERT INTO a SELECT id FROM src';
const SCOPE = { budgetMs: 25_000 };

const asked = (fields: DescribedTask['fields'], id: number | null = null) => ({ task: { id, fields }, variables: {} });

function plan(w: World, fields: DescribedTask['fields'], id: number | null = null): Promise<PlannedJob> {
  return w.clock.run(planJob(w)(asked(fields, id), SCOPE));
}

const refused = (w: World, fields: DescribedTask['fields'], id: number | null = null) =>
  appErrorOf(plan(w, fields, id));

describe('the plan of a statement without a task', () => {
  it('has the nodes that Flink lists, and starts and leaves nothing', async () => {
    const w = world({ tasks: [] });
    const planned = await plan(w, { statement: `${DDL}${INSERT}` });
    expect(planned).toMatchObject({ name: 'statement', type: 'STREAMING', nodes: [{ id: 1 }, { id: 3 }] });
    expect(w.flink.started.map(({ sql }) => sql)).toEqual([`EXPLAIN JSON_EXECUTION_PLAN ${INSERT}`, 'SET']);
    expect([w.flink.jobs.size, w.flink.openSessions()]).toEqual([0, 0]);
    expect([w.store.heads.size, w.store.bodies.size, w.store.tasks.size]).toEqual([0, 0, 0]);
  });

  it('plans several INSERTs as one job', async () => {
    const w = world({ tasks: [] });
    await plan(w, { statement: `${DDL}${INSERT};${INSERT}` });
    expect(w.flink.started[0]?.sql).toMatch(/^EXPLAIN JSON_EXECUTION_PLAN STATEMENT SET\s+BEGIN\s/);
  });

  it('has name and type as the script leaves them', async () => {
    const w = world({ tasks: [] });
    const set = "SET 'pipeline.name' = 'mine';\nSET 'execution.runtime-mode' = 'batch';\n";
    expect(await plan(w, { name: 'other', statement: `${set}${DDL}${INSERT}` })).toMatchObject({
      name: 'mine',
      type: 'BATCH',
    });
    expect(await plan(w, { name: 'other', statement: `${DDL}${INSERT}`, batchModel: true })).toMatchObject({
      ...{ name: 'other', type: 'BATCH' },
    });
  });

  it('runs where the cluster is that it names, whatever type it is said to be', async () => {
    const cluster = aCluster({ id: 4, type: 'kubernetes-session', config: { 'table.exec.state.ttl': '1 h' } });
    const w = world({ tasks: [], clusters: [cluster] });
    await plan(w, { statement: `${DDL}${INSERT}`, clusterId: 4, type: 'local' });
    expect(w.flink.lastProperties()).toMatchObject({ 'table.exec.state.ttl': '1 h' });
    await plan(w, { statement: `${DDL}${INSERT}` });
    expect(w.flink.lastProperties()).not.toHaveProperty('table.exec.state.ttl');
  });

  it.each([
    [
      'a cluster that is not there',
      { clusterId: 9 },
      'cluster.notFound',
      /^The task of this request runs on cluster 9/,
    ],
    [
      'an impossible type',
      { type: 'spark' },
      'task.invalid',
      /^The task of this request \(statement\): unknown type "spark"/,
    ],
    ['another dialect', { dialect: 'Mysql' }, 'task.invalid', /dialect "Mysql" is not supported/],
    [
      'a type that needs a cluster',
      { type: 'standalone' },
      'task.invalid',
      /^The task of this request of type standalone/,
    ],
    ['an environment that is not there', { envId: 7 }, 'task.notFound', /^The task of this request starts with task 7/],
    [
      'a bad option',
      { configJson: { customConfig: { 'rest.port': '1' }, udfRefer: {} } },
      'config.refused',
      /customConfig of the task of this request/,
    ],
  ])('names %s', async (_name, fields, code, message) => {
    const error = await refused(world({ tasks: [] }), { statement: INSERT, ...fields });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

describe('the plan of a stored task', () => {
  it('has what the request says in place of what is stored', async () => {
    const w = world({ tasks: [aTask({ id: 5, parallelism: 3 })] });
    expect(await plan(w, {}, 5)).toMatchObject({ name: 'demo' });
    await plan(w, { statement: `${DDL}${INSERT}`, name: 'draft' }, 5);
    expect(w.flink.lastProperties()).toMatchObject({ 'parallelism.default': '3', 'pipeline.name': 'draft' });
    expect(w.flink.started.at(-2)?.sql).toBe(`EXPLAIN JSON_EXECUTION_PLAN ${INSERT}`);
  });

  it('does not exist where the task does not, although there is a statement', async () => {
    const error = await refused(world({ tasks: [] }), { statement: 'SELECT 1' }, 99);
    expect(error).toMatchObject({ code: 'task.notFound' });
    expect(error.message).toMatch(/^Task Not Exist: there is no task 99/);
  });
});

describe('no plan', () => {
  it.each([
    ['a mistake', `${DDL}INSERT INTO nope SELECT id FROM src`, 'flink.rejected', /^line 3: .*nope/],
    ['no job', DDL, 'task.invalid', /^There is no plan\. No statement of it starts a job\. /],
    [
      'a jar',
      "EXECUTE JAR WITH ('uri' = 's3://b/a.jar', 'main-class' = 'M')",
      'task.invalid',
      /EXECUTE JAR \(line 1\): .*only the main\(\) of a jar/,
    ],
    ['what EXPLAIN does not take', 'DELETE FROM a', 'task.invalid', /DELETE \(line 1\): .*EXPLAIN does not support/],
    ['two jobs', `${DDL}SELECT 1;\n${INSERT}`, 'sql.refused', /^Both SELECT .* would start a job/],
    ['a variable without a value', 'SELECT ${x}', 'variable.missing', /\$\{x\}/],
  ])('of %s says why', async (_name, statement, code, message) => {
    const error = await refused(world({ tasks: [] }), { statement });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('where Flink is away, and says where it was looked for', async () => {
    const w = world({ tasks: [] });
    w.flink.fault = (call) => {
      if (call === 'open') throw new AppError('flink.unreachable', 'connection refused.');
    };
    const error = await refused(w, { statement: INSERT });
    expect(error.message).toMatch(/^The SQL gateway \(http:\/\/gateway:8083\) is out of reach: connection refused\./);
  });
});

describe('explaining a statement without a task', () => {
  it('speaks of no task 0', async () => {
    const w = world({ tasks: [] });
    const configJson = { customConfig: {}, udfRefer: {} };
    const explained = await w.clock.run(explainTask(w)(asked({ statement: 'SELECT 1', configJson, name: 'q' }), SCOPE));
    expect(explained).toMatchObject({ ok: true, name: 'q' });
    const big = asked({ statement: `SELECT '${'x'.repeat(300_000)}'` });
    const error = await appErrorOf(w.clock.run(explainTask(w)(big, SCOPE)));
    expect(error.message).toMatch(/^The statement of the task of this request has 300009 bytes/);
  });
});

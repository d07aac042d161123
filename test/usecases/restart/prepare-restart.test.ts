/** What a restart checks and makes ready while the old run goes on: whatever is wrong is refused, and nothing is stopped. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../../lib/domain/definition/definitions.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { restartTask } from '../../../lib/usecases/restart-task.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';
import { aClusterConfiguration, aTask, memoryDefinitions } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const SQL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x};";
const JAR = 's3://jars/a.jar';
const SHA = 'a'.repeat(64);

async function live(task: Partial<TaskDefinition>, variables: Record<string, string> = {}): Promise<World> {
  const w = world({ tasks: [aTask({ dedupeSeconds: 0, ...task })] });
  w.jarSource.kept.set(JAR, SHA);
  await w.submit({ variables });
  await w.pollTask();
  expect(head(w, 1).status).toBe('RUNNING');
  return w;
}
const head = (w: World, id: number): RunHead => w.store.heads.get(id)!;
/** By another definition than that of the old run. */
const restartBy = (w: World, task: Partial<TaskDefinition>, type = 'kubernetes-application') => {
  const clusterConfigurations = [aClusterConfiguration({ id: 5, type })];
  const definitions = memoryDefinitions({ tasks: [aTask({ dedupeSeconds: 0, ...task })], clusterConfigurations });
  const scope = { caller: 'test', budgetMs: 25_000 };
  return w.clock.run(restartTask({ ...w, definitions })({ taskId: 1, savePointPath: null }, scope));
};
const isUntouched = (w: World): void => {
  expect(head(w, 1)).toMatchObject({ status: 'RUNNING', restart: null, savepoint: null, cancelAskedAt: null });
  expect(w.store.heads.has(2)).toBe(false);
  expect(w.flink.savepoints.begun).toEqual([]);
};

describe('the variables of the old run', () => {
  it('that are not known any more are not taken for none: refused', async () => {
    const w = await live({ statement: SQL.replace('${x}', '1') }, { x: '7' });
    w.store.bodies.clear();
    await expect(w.restart()).rejects.toMatchObject({
      code: 'run.conflict',
      message:
        "Run 1 of task 1 was started with variables that are not in the table any more, so it can't be restarted. " +
        'Stop it with a savepoint (savepointTask, type "stop"), then submit it with its variables. Nothing was stopped.',
    });
    isUntouched(w);
  });

  it('that it was given and that are not kept are refused by name, without their value', async () => {
    const w = await live({ statement: SQL }, { x: '7', db_password: 'hunter22' });
    const { code, message } = await appErrorOf(w.restart());
    expect(code).toBe('run.conflict');
    expect(message).toMatch(/^Run 1 of task 1 was given a value for "db_password" that Dinghy does not keep/);
    expect(message).not.toContain('hunter22');
    isUntouched(w);
  });
});

describe('a definition', () => {
  it('that starts nothing that goes on is refused', async () => {
    const w = await live({ statement: SQL }, { x: '7' });
    await expect(restartBy(w, { statement: 'SELECT 1;' })).rejects.toMatchObject({
      code: 'task.invalid',
      message: "Task 1 can't be restarted: its definition starts no job that goes on. Nothing was stopped.",
    });
    isUntouched(w);
  });

  it('that uses other variables than before is run by them: nobody has that work yet', async () => {
    const w = await live({ statement: SQL }, { x: '7', y: '1' });
    await restartBy(w, { statement: SQL.replace('${x}', '${y}') });
    expect(head(w, 2)).toMatchObject({ submitStatus: 'SUCCESS', fp: head(w, 1).fp });
    expect(head(w, 2).usedFp).not.toBe(head(w, 1).usedFp);
    expect(w.store.tasks.get(1)?.claims).toMatchObject({ [head(w, 2).usedFp!]: 2, [head(w, 2).fp]: 2 });
    expect(w.flink.started.at(-1)?.sql).toContain('SELECT 1');
  });

  it('of another run type starts the new run there, under a name that its record knows', async () => {
    const w = await live({ statement: SQL }, { x: '7' });
    w.flink.platforms.add('kubernetes-application');
    await restartBy(w, { statement: SQL, type: 'kubernetes-application', clusterConfigurationId: 5 });
    const { jobId, deployment, savePointPath } = head(w, 2);
    expect(deployment).toMatchObject({ name: `dinghy-2-${jobId?.slice(0, 8)}` });
    expect(w.flink.clusters.map(({ clusterId, jobId: id }) => [clusterId, id])).toEqual([[deployment?.name, jobId]]);
    expect(savePointPath).toBe(head(w, 1).savepoint?.path);
    expect(head(w, 2)).toMatchObject({ address: `${deployment?.name}-rest.default:8081` });
    expect(head(w, 2).events.map(({ cause }) => cause)).toContain('sent for the first time');
  });

  it('that needs a newer gateway than there is is refused', async () => {
    const w = await live({ statement: SQL }, { x: '7' });
    w.flink.version = () => Promise.resolve('1.20.0');
    const refused = restartBy(w, { statement: SQL, type: 'kubernetes-application', clusterConfigurationId: 5 });
    await expect(refused).rejects.toMatchObject({ code: 'cluster.invalid' });
    isUntouched(w);
  });
});

describe('a jar', () => {
  const statement = `EXECUTE JAR WITH ('uri' = '${JAR}', 'main-class' = 'dinghy.example.NumbersJob')`;

  it('is run again from the savepoint of the old run, and its record names what the jar contained', async () => {
    const w = await live({ dialect: 'FlinkJar', statement });
    await w.restart();
    expect(head(w, 2)).toMatchObject({ submitStatus: 'SUCCESS', savePointPath: head(w, 1).savepoint?.path });
    expect(w.flink.jars.runs.at(-1)?.what.savePointPath).toBe(head(w, 1).savepoint?.path);
    expect((await w.store.readBody(head(w, 2)))?.plan.job).toMatchObject({ kind: 'jar', uri: JAR, sha256: SHA });
  });
});

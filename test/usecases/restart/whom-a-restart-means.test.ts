/** Which run a restart means, when it is a repeat, and what it answers when it can't be done. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { newWish } from '../../../lib/domain/run/savepoint-wish.ts';
import { restartTask } from '../../../lib/usecases/restart-task.ts';
import { aClusterConfiguration, aTask, memoryDefinitions } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SQL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x};";
const GIVEN = 'file:/savepoints/given';

let w: World;
beforeEach(async () => {
  w = world({ tasks: [aTask({ statement: SQL, dedupeSeconds: 0 })] });
  await w.submit({ variables: { x: '7' } });
  await w.pollTask();
});

const head = (id: number): RunHead => w.store.heads.get(id)!;
const change = (id: number, changes: Partial<RunHead>): void =>
  void w.store.heads.set(id, { ...head(id), ...changes, v: head(id).v + 1 });
const restartBy = (caller: string, savePointPath: string | null = null) =>
  w.clock.run(restartTask(w)({ taskId: 1, savePointPath }, { caller, budgetMs: 25 * SECOND }));
/** The record of this run can't be read. */
const isDamaged = (id: number): void => {
  const { readHead } = w.store;
  const damage = new AppError('store.invalid', `Run ${id} can't be read.`);
  Object.assign(w.store, { readHead: (one: number) => (one === id ? Promise.reject(damage) : readHead(one)) });
};

describe('the newest live run', () => {
  beforeEach(async () => {
    await w.submit({ variables: { x: '8' } });
    await w.pollTask();
  });

  it('is restarted, although an older one can not be read', async () => {
    isDamaged(1);
    expect((await w.restart()).head).toMatchObject({ id: 3, submitStatus: 'SUCCESS', follows: { runId: 2 } });
  });

  it('may be one that can not be read: then nothing is stopped', async () => {
    isDamaged(2);
    await expect(w.restart()).rejects.toMatchObject({ code: 'store.invalid' });
    expect(head(1)).toMatchObject({ restart: null, cancelAskedAt: null });
    expect(w.flink.savepoints.begun).toEqual([]);
  });
});

describe('a task', () => {
  it('without a live run is answered with what to call instead', async () => {
    const job = w.flink.jobs.get(head(1).jobId!)!;
    Object.assign(job, { state: 'FINISHED', endedAt: w.clock.now() });
    await expect(w.restart()).rejects.toMatchObject({
      code: 'run.notFound',
      message: 'Job Instance Not Exist: task 1 has no live run to restart. Start it with submitTask.',
    });
  });

  it.each([
    ['whose job nobody has confirmed', { status: 'INITIALIZING' }, /has no job in Flink yet/],
    ['that is being cancelled', { cancelAskedAt: 1 }, /is being cancelled/],
    ['that is a preview', { kind: 'preview' }, /is a preview/],
  ] as const)('with a live run %s is refused, and nothing is changed', async (_, changes, why) => {
    change(1, changes);
    if ('status' in changes) w.flink.jobs.clear();
    await expect(w.restart()).rejects.toMatchObject({
      code: 'run.conflict',
      message: expect.stringMatching(why) as string,
    });
    expect(head(1)).toMatchObject({ restart: null, ...changes });
    expect(w.store.heads.has(2)).toBe(false);
  });

  it('with a live run that is being stopped is refused: it will not go on', async () => {
    w.flink.savepoints.takesMs = MINUTE;
    change(1, { savepoint: newWish('stop', 'ab'.repeat(16), 'me', w.clock.now()), active: 'WISH#1' });
    await expect(w.restart()).rejects.toMatchObject({
      code: 'run.conflict',
      message: 'Run 1 of task 1 is being stopped. Nothing was changed.',
    });
    expect(head(1).restart).toBeNull();
  });
});

describe('a restart that is sent again', () => {
  it.each([
    [14_999, true],
    [15_000, false],
  ])('by the same caller %i ms later is the same one: %s', async (ms, duplicate) => {
    await w.restart();
    await w.clock.advance(head(2).intentAt + ms - w.clock.now());
    expect(await w.restart()).toMatchObject({ duplicate, head: { id: duplicate ? 2 : 3 } });
  });

  it('by somebody else is another one', async () => {
    await restartBy('me');
    expect(await restartBy('you')).toMatchObject({ duplicate: false, head: { id: 3 } });
  });

  it('by somebody else while the new run still waits is the same one', async () => {
    w.flink.savepoints.takesMs = MINUTE;
    await restartBy('me');
    expect(await restartBy('you')).toMatchObject({ duplicate: true, head: { id: 2 } });
    expect(w.store.heads.has(3)).toBe(false);
  });

  it('from another path is another one', async () => {
    await w.restart(GIVEN);
    expect(await w.restart(GIVEN)).toMatchObject({ duplicate: true, head: { id: 2 } });
    expect(await w.restart('file:/savepoints/other')).toMatchObject({
      duplicate: false,
      head: { id: 3, savePointPath: 'file:/savepoints/other' },
    });
  });

  it('is no repeat of a submit', async () => {
    expect(await w.restart()).toMatchObject({ duplicate: false, keyed: false, dedupeSeconds: 0 });
    await w.submit({ variables: { x: '9' } });
    await w.pollTask();
    expect(await w.restart()).toMatchObject({ duplicate: false });
  });
});

describe('the new run', () => {
  it('that is cancelled at the very moment in which it may begin starts nothing', async () => {
    const { updateHead } = w.store;
    Object.assign(w.store, {
      updateHead: async (...given: Parameters<typeof updateHead>) => {
        const result = await updateHead(...given);
        if (given[2]?.includes('has ended: starts from') !== true) return result;
        change(2, { cancelAskedAt: w.clock.now(), cancelAskedBy: 'you' });
        return head(2);
      },
    });
    await w.restart(null, 5 * SECOND);
    expect(w.flink.started).toHaveLength(1);
  });

  it('whose details can not be read is known, and the answer says which it is', async () => {
    const { readBody } = w.store;
    Object.assign(w.store, {
      readBody: (one: RunHead) => (one.id === 2 ? Promise.resolve(null) : readBody(one)),
    });
    await expect(w.restart()).rejects.toMatchObject({
      code: 'store.unavailable',
      message: "Run 2 of task 1 can't be read now.",
    });
  });

  it('of a task that names a path of its own starts from what the old run has left all the same', async () => {
    w = world({
      tasks: [aTask({ statement: SQL, dedupeSeconds: 0, savePointStrategy: 3, savePointPath: 's3://own' })],
    });
    await w.submit({ variables: { x: '7' } });
    await w.pollTask();
    w.flink.savepoints.takesMs = 30 * SECOND;
    const waiting = await w.restart();
    expect([waiting.head.savePointPath, waiting.body.jobConfig.savePointPath]).toEqual([null, null]);
    await w.clock.advance(MINUTE);
    for (let n = 0; n < 3; n += 1) await w.reconcile();
    expect(w.flink.started.map(({ config }) => config['execution.state-recovery.path'])).toEqual([
      's3://own',
      head(1).savepoint?.path,
    ]);
  });

  it('names the JobManager that answers when it is sent, and says which send it was', async () => {
    w.flink.savepoints.takesMs = 30 * SECOND;
    await w.restart();
    await w.clock.advance(MINUTE);
    w.flink.jmId = '/tmp/flink-web-2';
    let refusals = 1;
    w.flink.fault = (call, before) => {
      if (call === 'start' && before && (refusals -= 1) >= 0) throw new AppError('flink.unreachable', 'Refused.');
    };
    for (let n = 0; n < 3; n += 1) {
      await w.reconcile();
      await w.clock.advance(MINUTE);
    }
    expect(head(2)).toMatchObject({ jmId: '/tmp/flink-web-2', sends: 2 });
    const causes = head(2).events.map(({ cause }) => cause);
    expect(causes).toContain('sent for the first time');
    expect(causes).toContain('send 2: no send before has started a job');
  });

  it('with a cluster of its own is looked for there, also when the reply to its first send is lost', async () => {
    w.flink.platforms.add('kubernetes-application');
    const task = aTask({ statement: SQL, dedupeSeconds: 0, type: 'kubernetes-application', clusterConfigurationId: 5 });
    const definitions = memoryDefinitions({ tasks: [task], clusterConfigurations: [aClusterConfiguration()] });
    w.flink.savepoints.takesMs = 30 * SECOND;
    const request = { caller: 'test', budgetMs: 25 * SECOND };
    await w.clock.run(restartTask({ ...w, definitions })({ taskId: 1, savePointPath: null }, request));
    const own = head(2).address;
    expect([head(2).follows?.isWaiting, own]).toEqual([true, `${head(2).deployment?.name}-rest.default:8081`]);
    w.flink.fault = (call, before) => {
      if (call === 'deploy' && !before) throw new AppError('flink.noReply', 'No reply.');
    };
    for (let n = 0; n < 3; n += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(w.flink.clusters).toHaveLength(1);
    expect(head(2)).toMatchObject({ status: 'RUNNING', sends: 1, address: own });
  });

  it('is sent by the sweep that finds the old run ended', async () => {
    w.flink.savepoints.takesMs = 30 * SECOND;
    await w.restart();
    await w.clock.advance(MINUTE);
    let sweeps = 0;
    while (w.flink.started.length < 2 && sweeps < 5) {
      await w.reconcile();
      sweeps += 1;
      if (head(1).status === 'FINISHED' && head(2).follows?.isWaiting === false) break;
      await w.clock.advance(MINUTE);
    }
    expect(w.flink.started).toHaveLength(2);
    expect(sweeps).toBeLessThanOrEqual(2);
  });

  it('is answered as soon as Flink has taken its job', async () => {
    await w.restart();
    expect(w.clock.now() - (head(2).answeredAt ?? 0)).toBeLessThan(100);
  });

  it('that waits is shown without a path to start from', async () => {
    w.flink.savepoints.takesMs = MINUTE;
    const { head: waiting, body } = await w.restart();
    expect(waiting.savePointPath).toBeNull();
    expect(body.jobConfig.savePointPath).toBeNull();
  });
});

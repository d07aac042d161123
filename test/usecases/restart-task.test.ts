/** A restart, with a death at every step: one job at its end, or the old one and the reason. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { restartTask } from '../../lib/usecases/restart-task.ts';
import { aTask, memoryDefinitions } from '../fakes/memory-definitions.ts';
import { openapi } from './openapi.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const SQL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); x := 0; INSERT INTO snk SELECT ${x};";
const GIVEN = 'file:/savepoints/given';

let w: World;
beforeEach(async () => {
  w = world({ tasks: [aTask({ statement: SQL, dedupeSeconds: 0 })] });
  await w.submit({ variables: { x: '7', day: '1' } });
  await w.pollTask();
});

const head = (id: number): RunHead => w.store.heads.get(id)!;
const jobOf = (id: number) => w.flink.jobs.get(head(id).jobId ?? '');
const living = (): number[] =>
  [...w.store.heads.values()].filter((one) => w.flink.jobs.get(one.jobId ?? '')?.endedAt === null).map(({ id }) => id);
const claimed = (): number[] => [...new Set(Object.values(w.store.tasks.get(1)!.claims))];

async function settle(): Promise<void> {
  for (let i = 0; i < 8; i += 1) {
    await w.clock.advance(MINUTE);
    await w.reconcile();
  }
}

describe('a restart', () => {
  it('stops the run with a savepoint, and starts another one from it, with the same variables', async () => {
    const { head: now, body, duplicate } = await w.restart();
    expect(duplicate).toBe(false);
    expect(now).toMatchObject({ id: 2, submitStatus: 'SUCCESS', savePointPath: head(1).savepoint?.path });
    expect(body.jobConfig).toMatchObject({ variables: { x: '7', day: '1' }, savePointPath: now.savePointPath });
    expect(head(1)).toMatchObject({
      status: 'FINISHED',
      restart: { runId: 2 },
      savepoint: { type: 'stop', state: 'done' },
    });
    expect(w.flink.started.at(-1)).toMatchObject({ sql: expect.stringContaining('7') as string });
    expect(w.flink.started.at(-1)?.config['execution.state-recovery.path']).toBe(now.savePointPath);
    expect(living()).toEqual([2]);
    expect(claimed()).toEqual([2]);
  });

  it('just after the start of the job waits for its tasks', async () => {
    w.flink.tasksStartMs = 3_000;
    const restarted = w.restart();
    await w.clock.advance(10_000);
    expect((await restarted).head).toMatchObject({ id: 2, savePointPath: head(1).savepoint?.path });
    expect(head(1).savepoint).toMatchObject({ state: 'done' });
    expect(living()).toEqual([2]);
  });

  it('from a given path stops the run without a savepoint', async () => {
    const { head: now } = await w.restart(GIVEN);
    expect(now).toMatchObject({ id: 2, submitStatus: 'SUCCESS', savePointPath: GIVEN });
    expect(w.flink.savepoints.begun).toEqual([]);
    expect(head(1)).toMatchObject({ status: 'CANCELED', cancelAskedBy: 'test' });
    expect(living()).toEqual([2]);
  });

  it('that is sent again a moment later is the same one', async () => {
    await w.restart();
    expect(await w.restart()).toMatchObject({ duplicate: true, head: { id: 2 } });
    const path = head(2).savePointPath;
    expect(await w.restart(path)).toMatchObject({ duplicate: false, head: { id: 3, savePointPath: path } });
    expect(await w.restart(path)).toMatchObject({ duplicate: true, head: { id: 3 } });
    await w.clock.advance(16_000);
    expect(await w.restart()).toMatchObject({ duplicate: false, head: { id: 4 } });
    expect(living()).toEqual([4]);
  });

  it('whose savepoint outlasts the call is ended by the reconciler', async () => {
    w.flink.savepoints.takesMs = 2 * MINUTE;
    const { head: waiting } = await w.restart();
    expect(waiting).toMatchObject({ id: 2, submitStatus: 'INITIALIZE', follows: { runId: 1, isWaiting: true } });
    expect(await w.submit({ variables: { x: '7' } }, 3_000)).toMatchObject({ duplicate: true, head: { id: 2 } });
    await settle();
    expect(living()).toEqual([2]);
    expect(head(2)).toMatchObject({ status: 'RUNNING', savePointPath: head(1).savepoint?.path });
  });

  it('whose savepoint fails leaves the run as it was, and says why', async () => {
    w.flink.savepoints.failure = 'the disk is full';
    const { head: failed } = await w.restart();
    expect(failed).toMatchObject({ id: 2, status: 'FAILED', error: 'not restarted: the disk is full. Run 1 goes on' });
    expect(living()).toEqual([1]);
    expect(claimed()).toEqual([1]);
    expect(await w.submit({ variables: { x: '7' } })).toMatchObject({ duplicate: true, head: { id: 1 } });
    expect(await w.restart(GIVEN)).toMatchObject({ head: { id: 3, submitStatus: 'SUCCESS' } });
    expect(living()).toEqual([3]);
  });

  it('that another run has overtaken stops nothing, leaves the claim to that run, and says why', async () => {
    const { putHead } = w.store;
    // Once the new run is there and waits: from then on only its claims are left to make.
    Object.assign(w.store, {
      putHead: async (one: RunHead) => {
        const there = await putHead(one);
        const task = w.store.tasks.get(1)!;
        const claims = Object.fromEntries(Object.keys(task.claims).map((fp) => [fp, 99]));
        if (one.id === 2) w.store.tasks.set(1, { ...task, claims, claimSeq: task.claimSeq + 1 });
        return there;
      },
    });
    const { head: overtaken } = await w.restart();
    expect(overtaken).toMatchObject({ id: 2, status: 'FAILED', error: expect.stringMatching(/another run/) as string });
    expect(w.flink.savepoints.begun).toEqual([]);
    expect(living()).toEqual([1]);
    expect(head(1)).toMatchObject({ status: 'RUNNING', restart: { runId: 2, state: 'failed' } });
    expect(claimed()).toEqual([99]);
  });

  it('while Flink is away is refused, and nothing is changed', async () => {
    w.flink.deadHosts.add('jobmanager:8081');
    await expect(w.restart()).rejects.toMatchObject({ code: 'flink.unreachable' });
    expect(head(1)).toMatchObject({ restart: null, savepoint: null });
    w.flink.deadHosts.clear();
    await settle();
    expect(living()).toEqual([1]);
  });

  it('whose first send is refused for a moment is sent again, until a job is there', async () => {
    let refusals = 3;
    w.flink.fault = (call, before) => {
      if (call === 'start' && before && (refusals -= 1) >= 0) throw new AppError('flink.unreachable', 'Refused.');
    };
    expect((await w.restart()).head).toMatchObject({ id: 2, submitStatus: 'INITIALIZE' });
    await settle();
    expect(living()).toEqual([2]);
    expect(head(2)).toMatchObject({ status: 'RUNNING', sends: 4, savePointPath: head(1).savepoint?.path });
  });

  it('by a definition that can not be run is refused, and nothing is stopped', async () => {
    const definitions = memoryDefinitions({ tasks: [aTask({ statement: 'SELECT 1;' })] });
    const asked = restartTask({ ...w, definitions })(
      { taskId: 1, savePointPath: null },
      { caller: 'test', budgetMs: 25_000 },
    );
    await expect(w.clock.run(asked)).rejects.toThrow(/starts no job that goes on\. Nothing was stopped/);
    expect(head(1).restart).toBeNull();
  });

  it('of a task without a live run is refused', async () => {
    Object.assign(jobOf(1)!, { state: 'FINISHED', endedAt: w.clock.now() });
    await expect(w.restart()).rejects.toThrow(/^Job Instance Not Exist/);
  });

  it('and a cancel meanwhile: both runs end', async () => {
    w.flink.savepoints.takesMs = 2 * MINUTE;
    await w.restart();
    await w.cancel();
    await settle();
    expect(living()).toEqual([]);
    expect(head(2).status).toBe('CANCELED');
    expect(await w.submit({ variables: { x: '7' } })).toMatchObject({ duplicate: false, head: { id: 3 } });
  });

  it('and a kill meanwhile: both end, and the savepoint is kept', async () => {
    w.flink.savepoints.takesMs = 2 * MINUTE;
    await w.restart();
    await openapi(w).kill();
    await settle();
    expect(living()).toEqual([]);
    expect(head(1).savepoint?.state).toBe('done');
  });

  it('of a job that ends by itself meanwhile starts from what it has left, or says that there is nothing', async () => {
    w.flink.savepoints.takesMs = 2 * MINUTE;
    await w.restart();
    Object.assign(jobOf(1)!, { state: 'FAILED', endedAt: w.clock.now() });
    await settle();
    expect(living()).toEqual([]);
    expect(head(2)).toMatchObject({ status: 'FAILED', error: expect.stringMatching(/without a savepoint/) as string });
  });
});

const NEVER = new Promise<never>(() => {
  // For good.
});

describe.each([
  ['with a savepoint', null],
  ['from a given path', GIVEN],
])('a restart %s that dies', (_how, path) => {
  /** Dies at the call with this number, before or after it took effect. */
  async function dieAt(step: number, after: boolean): Promise<boolean> {
    let calls = 0;
    let dead = false;
    const die = async <T>(work: () => Promise<T>): Promise<T> => {
      if (dead) return await NEVER;
      calls += 1;
      if (calls !== step) return await work();
      if (after) await work();
      dead = true;
      throw new Error('died');
    };
    const store = new Proxy(w.store, {
      get: (target, name) => {
        if (name === 'within') return () => store;
        const value: unknown = Reflect.get(target, name);
        const isWrite =
          typeof value === 'function' && ['updateHead', 'putHead', 'claim', 'putBody'].includes(String(name));
        return isWrite
          ? (...given: unknown[]) => die(() => Reflect.apply(value, target, given) as Promise<unknown>)
          : value;
      },
    });
    const jobManager = {
      ...w.jobManager,
      askForSavepoint: (...given: Parameters<typeof w.jobManager.askForSavepoint>) =>
        die(() => w.flink.askForSavepoint(...given)),
      cancel: (...given: Parameters<typeof w.jobManager.cancel>) => die(() => w.flink.cancel(...given)),
    };
    const asked = restartTask({ ...w, store, jobManager })(
      { taskId: 1, savePointPath: path },
      { caller: 'test', budgetMs: 25_000 },
    );
    await w.clock.run(asked).catch((error: unknown) => {
      if (!(error instanceof AppError) && (error as Error).message !== 'died') throw error;
    });
    return dead;
  }

  const STEPS = Array.from({ length: 12 }, (_, i) => i + 1).flatMap((n) => [[n, false] as const, [n, true] as const]);

  it.each(STEPS)('at write or send %i (after it took effect: %s), and the job ends by itself', async (step, after) => {
    await openapi(w).savepoint('trigger');
    await dieAt(step, after);
    const old = jobOf(1)!;
    if (old.endedAt === null) Object.assign(old, { state: 'FINISHED', endedAt: w.clock.now() });
    await w.reconcile();
    await w.clock.advance(MINUTE);
    await w.reconcile();
    const { head: next } = await w.submit({ variables: { x: '7' } });
    await settle();
    expect(living()).toEqual([next.id]);
  });

  it.each(STEPS)('at write or send %i (after it took effect: %s)', async (step, after) => {
    const died = await dieAt(step, after);
    await settle();
    expect(living()).toHaveLength(1);
    const [one] = living();
    expect(claimed()).toEqual([one]);
    if (!died) expect(one).toBe(2);
    const other = one === 1 ? w.store.heads.get(2) : head(1);
    if (one === 1 && other !== undefined && other.status !== 'VOID') {
      expect(other).toMatchObject({
        status: 'FAILED',
        error: expect.stringMatching(/^not restarted: .*Run 1 goes on$/) as string,
      });
    }
    if (one === 2) expect(head(2).savePointPath).toBe(path ?? head(1).savepoint?.path);
    expect(await w.submit({ variables: { x: '7' } })).toMatchObject({ duplicate: true, head: { id: one } });
    expect(living()).toEqual([one]);
  });
});

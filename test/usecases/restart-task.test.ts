/** A restart, with a death at every step: one job at its end, or the old one and the reason. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { restartTask } from '../../lib/usecases/restart-task.ts';
import { aCluster, aTask, memoryDefinitions } from '../fakes/memory-definitions.ts';
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

  it('starts the new run in the very sweep that records the end of the old one', async () => {
    w.flink.savepoints.takesMs = 2 * MINUTE;
    await w.restart();
    await w.clock.advance(2 * MINUTE);
    w.flink.savepoints.progress();
    expect(living()).toEqual([]);
    await w.reconcile();
    expect(head(1).status).toBe('FINISHED');
    expect(living()).toEqual([2]);
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

  it('whose JobManager was restarted before the send that was lost is sent again', async () => {
    w.flink.savepoints.takesMs = 2 * MINUTE;
    await w.restart();
    const lost = [
      new AppError('flink.unreachable', 'connection refused'),
      new AppError('flink.noReply', 'No reply.'),
    ].values();
    w.flink.fault = (call, before) => {
      if (call !== 'start' || !before) return;
      w.flink.jmId = '/tmp/flink-web-restarted';
      const { value } = lost.next();
      if (value !== undefined) throw value;
    };
    await settle();
    expect(head(2)).toMatchObject({ status: 'RUNNING', sends: 3, jmId: '/tmp/flink-web-restarted' });
    expect(living()).toEqual([2]);
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
      triggerSavepoint: (...given: Parameters<typeof w.jobManager.triggerSavepoint>) =>
        die(() => w.flink.triggerSavepoint(...given)),
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

  it.each(STEPS)('at write or send %i (after it took effect: %s), and a kill', async (step, after) => {
    await dieAt(step, after);
    await openapi(w).kill();
    await settle();
    expect(living()).toEqual([]);
  });

  it.each(STEPS)(
    'at write or send %i (after it took effect: %s), and a stop once that is known',
    async (step, after) => {
      await dieAt(step, after);
      await settle();
      const [one = 0] = living();
      expect((await openapi(w).savepoint('stop')).success).toBe(true);
      expect(living()).toEqual([]);
      expect(head(one)).toMatchObject({ status: 'FINISHED', savepoint: { state: 'done' } });
    },
  );

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

describe('the variables of a restart', () => {
  const SECRET_SQL = SQL.replace('SELECT ${x}', "SELECT CHAR_LENGTH('${api_token}') + ${x}");
  const GIVEN_BEFORE = { x: '7', day: 'monday', api_token: 'hush-1', url: 'jdbc:x://h/d?password=hush-2' };

  beforeEach(async () => {
    const definitions = {
      variables: [{ name: 'stored', value: { secret: 'stored' }, note: null }],
      tasks: [
        aTask({ statement: SECRET_SQL, dedupeSeconds: 0 }),
        aTask({ id: 2, statement: SQL.replace('${x}', "'${stored}'"), dedupeSeconds: 0, fragment: true }),
      ],
    };
    w = world(definitions);
    w.secrets.values.set('stored', 'first value');
    await w.submit({ variables: GIVEN_BEFORE });
    await w.pollTask();
  });

  const restart = (variables?: Readonly<Record<string, string>>, taskId = 1) =>
    w.clock.run(
      restartTask(w)(
        { taskId, savePointPath: null, ...(variables === undefined ? {} : { variables }) },
        { caller: 'test', budgetMs: 25_000 },
      ),
    );
  const HIDDEN = { api_token: GIVEN_BEFORE.api_token, url: GIVEN_BEFORE.url };
  const refused = async (variables: Readonly<Record<string, string>> | undefined, reason: RegExp): Promise<void> => {
    await expect(restart(variables)).rejects.toMatchObject({
      code: 'run.conflict',
      message: expect.stringMatching(reason) as string,
    });
    expect(head(1)).toMatchObject({ status: 'RUNNING', restart: null, savepoint: null });
    expect(w.store.heads.size).toBe(1);
  };

  it('are those of the run; values that are not kept are given again, and need not be the same', async () => {
    const { head: now, body } = await restart({ ...HIDDEN, api_token: 'hush-3' });
    expect(now).toMatchObject({ id: 2, submitStatus: 'SUCCESS' });
    expect(w.flink.started.at(-1)?.sql).toContain("CHAR_LENGTH('hush-3') + 7");
    expect(body.jobConfig.variables).toMatchObject({ x: '7', day: 'monday', api_token: '******' });
    expect(JSON.stringify([now, body.jobConfig])).not.toContain('hush');
    expect(living()).toEqual([2]);
  });

  it('that are not kept are asked for by name, with how to give them', async () => {
    await refused(
      undefined,
      /^Run 1 of task 1 was given a value for "api_token" and "url" that Dinghy does not keep.*variables\.api_token=/,
    );
    await refused({ url: HIDDEN.url }, /was given a value for "api_token" that/);
    await refused({ api_token: 'hush-1' }, /was given a value for "url" that/);
  });

  it('are not taken from what an answer shows of them', async () => {
    await refused({ ...HIDDEN, api_token: '******' }, /was given a value for "api_token" that/);
  });

  it('may be given again as they were, and not otherwise', async () => {
    await refused(
      { ...HIDDEN, x: '8' },
      /^Run 1 of task 1 runs with another value of "x"\..*stop it with a savepoint/i,
    );
    await refused({ ...HIDDEN, more: '8' }, /^Run 1 of task 1 was given no variable "more"\./);
    await refused({ ...HIDDEN, toString: '8' }, /was given no variable "toString"/);
    expect((await restart({ ...HIDDEN, x: '7' })).head).toMatchObject({ id: 2, submitStatus: 'SUCCESS' });
  });

  it('need not be given where the run has none that are hidden, whatever their values look like', async () => {
    w = world({ tasks: [aTask({ statement: SQL, dedupeSeconds: 0 })] });
    await w.submit({ variables: { x: '7', stars: 'a ****** b' } });
    await w.pollTask();
    expect((await restart()).body.jobConfig.variables).toEqual({ x: '7', stars: 'a ****** b' });
  });

  it('that name a secret of a store are read again', async () => {
    await w.submit({ taskId: 2, variables: {} });
    w.secrets.values.set('stored', 'second value');
    const { head: now, body } = await restart(undefined, 2);
    expect(now).toMatchObject({ id: 3, taskId: 2, submitStatus: 'SUCCESS' });
    expect(w.flink.started.at(-1)?.sql).toContain('second value');
    expect(JSON.stringify([now, body])).not.toContain('second value');
  });

  it('whose secret is gone from its store are refused, and nothing is stopped', async () => {
    await w.submit({ taskId: 2, variables: {} });
    w.secrets.values.delete('stored');
    await expect(restart(undefined, 2)).rejects.toMatchObject({ code: 'secret.notFound' });
    expect(head(2).restart).toBeNull();
  });
});

describe('a restart while things change', () => {
  const OTHER = 'other:8081';
  const restartWith = (changes: object, scope = { caller: 'test', budgetMs: 25_000 }, path: string | null = null) =>
    w.clock.run(restartTask({ ...w, ...changes })({ taskId: 1, savePointPath: path }, scope));
  const defined = (changes: Parameters<typeof aTask>[0]) => ({
    definitions: memoryDefinitions({
      tasks: [aTask({ statement: SQL, dedupeSeconds: 0, ...changes })],
      clusters: [aCluster({ id: 7, hosts: OTHER })],
    }),
  });
  const untouched = (): void => {
    expect(head(1)).toMatchObject({ status: 'RUNNING', restart: null, savepoint: null, cancelAskedAt: null });
    expect(w.store.heads.size).toBe(1);
    expect(living()).toEqual([1]);
  };

  it('the definition is gone: refused', async () => {
    await expect(restartWith({ definitions: memoryDefinitions({ tasks: [] }) })).rejects.toThrow(/^Task Not Exist/);
    untouched();
  });

  it('the definition is disabled, or is no valid one any more: refused', async () => {
    await expect(restartWith(defined({ enabled: false }))).rejects.toThrow(/disabled/);
    await expect(restartWith(defined({ clusterId: 99, type: 'standalone' }))).rejects.toThrow(/99/);
    await expect(restartWith(defined({ statement: "INSERT INTO snk SELECT '${nobody}'" }))).rejects.toThrow(/nobody/);
    untouched();
  });

  it('the task has another cluster: the run is stopped where it is, and the new one starts there', async () => {
    const { head: now } = await restartWith(defined({ clusterId: 7, type: 'standalone' }));
    expect(now).toMatchObject({ id: 2, hosts: OTHER, address: OTHER, submitStatus: 'SUCCESS' });
    expect(head(1)).toMatchObject({ status: 'FINISHED', hosts: 'jobmanager:8081' });
    expect(living()).toEqual([2]);
  });

  it.each(['jobmanager:8081', OTHER])('it has another cluster, and %s is away: refused', async (host) => {
    w.flink.deadHosts.add(host);
    const asked = restartWith(defined({ clusterId: 7, type: 'standalone' }));
    await expect(asked).rejects.toMatchObject({ code: 'flink.unreachable' });
    untouched();
  });

  it('Flink does not show the job: refused, with a path too', async () => {
    const jobs = [...w.flink.jobs];
    w.flink.jobs.clear();
    await expect(w.restart()).rejects.toThrow(/does not show its job/);
    await expect(w.restart(GIVEN)).rejects.toThrow(/does not show its job/);
    for (const [id, job] of jobs) w.flink.jobs.set(id, job);
    untouched();
  });

  it('the job ends in the same moment: it is not started from nothing', async () => {
    w.flink.fault = (call, before) => {
      if (call === 'triggerSavepoint' && before)
        Object.assign(jobOf(1)!, { state: 'FINISHED', endedAt: w.clock.now() });
    };
    const { head: failed } = await w.restart();
    await settle();
    expect(living()).toEqual([]);
    expect(head(failed.id)).toMatchObject({
      status: 'FAILED',
      error: expect.stringMatching(/not restarted/) as string,
    });
  });

  it('a savepoint that the job outlives is under way: the job is stopped with one of its own', async () => {
    w.flink.savepoints.takesMs = MINUTE / 2;
    await openapi(w).savepoint('trigger');
    expect(head(1).savepoint).toMatchObject({ type: 'trigger', state: 'wanted' });
    await w.restart();
    await settle();
    expect(w.flink.savepoints.begun.map(({ ask }) => ask.type)).toEqual(['trigger', 'stop']);
    expect(living()).toEqual([2]);
    expect(head(2).savePointPath).toBe(head(1).savepoint?.path);
  });

  it.each([
    ['stop', /is being stopped/],
    ['cancel', /is being/],
  ])('a %s with a savepoint is under way: refused, and the job ends by that', async (type, reason) => {
    w.flink.savepoints.takesMs = MINUTE / 2;
    await openapi(w).savepoint(type);
    await expect(w.restart()).rejects.toThrow(reason);
    await settle();
    expect(living()).toEqual([]);
    expect([...w.store.heads.keys()]).toEqual([1]);
  });

  it('two callers ask at once: one restart, and both get its run', async () => {
    w.flink.savepoints.takesMs = 5_000;
    const ask = (caller: string) => restartTask(w)({ taskId: 1, savePointPath: null }, { caller, budgetMs: 25_000 });
    const [one, two] = await w.clock.run(Promise.all([ask('first'), ask('second')]));
    expect([one.head.id, two.head.id]).toEqual([one.head.id, one.head.id]);
    expect(one.duplicate).not.toBe(two.duplicate);
    await settle();
    expect(living()).toEqual([one.head.id]);
    expect(w.flink.savepoints.begun).toHaveLength(1);
  });

  it.each([
    [null, GIVEN],
    [GIVEN, 'file:/savepoints/another'],
  ])(
    'two callers ask at once, for different things: the second is told which run is on its way',
    async (one, other) => {
      w.flink.savepoints.takesMs = 5_000;
      const ask = (path: string | null) =>
        restartTask(w)({ taskId: 1, savePointPath: path }, { caller: 'test', budgetMs: 25_000 });
      const [done, refused] = await w.clock.run(Promise.allSettled([ask(one), ask(other)]));
      expect(done).toMatchObject({ status: 'fulfilled', value: { duplicate: false, head: { id: 2 } } });
      expect(refused).toMatchObject({
        status: 'rejected',
        reason: { code: 'run.conflict', message: expect.stringMatching(/as run 2\b/) as string },
      });
      await settle();
      expect(living()).toEqual([2]);
    },
  );

  it.each(['s3://elsewhere/savepoint', 'file:///etc/passwd', 's3://own/../elsewhere/x'])(
    'the path is outside of where paths may lie: %s is refused',
    async (path) => {
      const settings = { ...w.settings, savepointPrefixes: ['s3://own/'] };
      await expect(restartWith({ settings }, undefined, path)).rejects.toThrow(/savePointPath|prefix/i);
      untouched();
    },
  );

  it('the task has another live run with other variables: the newest is restarted, and the other goes on', async () => {
    await w.submit({ variables: { x: '8' } });
    expect((await w.restart()).head).toMatchObject({ id: 3 });
    await settle();
    expect(new Set(living())).toEqual(new Set([1, 3]));
    expect(head(1)).toMatchObject({ status: 'RUNNING', restart: null });
    expect(new Set(claimed())).toEqual(new Set([1, 3]));
  });
});

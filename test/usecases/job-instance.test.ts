/** Which run a poll shows, and when it asks Flink. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { BUDGET_MS } from '../../lib/domain/limits.ts';
import { voidHead } from '../../lib/domain/run/new-run.ts';
import type { HeadChange, RunHead } from '../../lib/domain/run/run.ts';
import { getJobInstance, getJobInstanceByTaskId } from '../../lib/usecases/job-instance.ts';
import { reachability } from '../../lib/usecases/record/refresh.ts';
import { aHead } from '../contracts/job-store.contract.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { type World, world } from './world.ts';

const byTask = (w: World, id = 1): Promise<RunHead | null> =>
  w.clock.run(getJobInstanceByTaskId({ ...w, secrets: null })({ id }));

const claimedNumber = (w: World, latestRunId: number): void =>
  void w.store.tasks.set(1, { ...w.store.tasks.get(1)!, latestRunId });

describe('a run that is asked for by its number', () => {
  it('and was never one, or is void, is refused by name', async () => {
    const w = world();
    w.store.heads.set(7, voidHead(7, 1, 'somebody', w.clock.now()));
    for (const id of [7, 99]) {
      await expect(w.poll(id)).rejects.toMatchObject({
        code: 'run.notFound',
        message: `Job Instance Not Exist: there is no run ${id}. Check the id that submitTask returned.`,
      });
    }
  });
});

describe('the latest run of a task', () => {
  it('is none before it was run', async () => {
    expect(await byTask(world())).toBeNull();
  });

  it('is the newest number, with what Flink says now', async () => {
    const w = world();
    await w.submit();
    await w.clock.advance(5_000);
    expect(await byTask(w)).toMatchObject({ id: 1, status: 'RUNNING' });
  });

  it.each<[string, (w: World) => void]>([
    ['was claimed a moment ago', () => undefined],
    ['never became a run', (w) => void w.store.heads.set(9, voidHead(9, 1, 'somebody', 5))],
    ["is another task's", (w) => void w.store.heads.set(9, aHead(9, { taskId: 8 }))],
  ])('is the one before when the newest number %s', async (_what, put) => {
    const w = world();
    await w.submit();
    claimedNumber(w, 9);
    put(w);
    expect(await byTask(w)).toMatchObject({ id: 1, taskId: 1 });
  });

  it('is the newest number although the index does not list it yet', async () => {
    const w = world();
    await w.submit();
    w.store.runsOfTask = () => Promise.resolve([]);
    expect(await byTask(w)).toMatchObject({ id: 1 });
  });

  it('costs one read before the task was run', async () => {
    const w = world();
    let reads = 0;
    w.store.runsOfTask = () => Promise.resolve([(reads += 1)]);
    w.store.readHead = () => Promise.reject(new Error(`not to be read: ${(reads += 1)}`));
    expect([await byTask(w), reads]).toEqual([null, 0]);
  });

  it('is none when no number became a run', async () => {
    const w = world();
    w.store.tasks.set(1, { claims: {}, claimSeq: 1, latestRunId: 9 });
    w.store.heads.set(9, voidHead(9, 1, 'somebody', 5));
    expect(await byTask(w)).toBeNull();
  });
});

describe('Flink is asked', () => {
  const THREE_MINUTES_AGO = virtualClock().now() - 180_000;
  const looksOf = async (changes: Partial<RunHead>, afterMs: number): Promise<number> => {
    const w = world();
    const { head } = await w.submit();
    w.store.heads.set(1, { ...head, refreshedAt: w.clock.now(), ...changes });
    await w.clock.advance(afterMs);
    let looks = 0;
    w.flink.fault = (call, before) => {
      if (call === 'job' && before) looks += 1;
    };
    await w.poll(1);
    return looks;
  };

  it.each<[string, Partial<RunHead>, number, number]>([
    ['of a run in its first minute when nobody asked for a second', {}, 1_000, 1],
    ['but not twice in a second', {}, 899, 0],
    ['of a run of three minutes when nobody asked for 3 s', { intentAt: THREE_MINUTES_AGO }, 3_000, 1],
    ['but not twice in 2 s', { intentAt: THREE_MINUTES_AGO }, 2_000, 0],
    ['of an old run when nobody asked for 5 s', { intentAt: 0 }, 5_000, 1],
    ['but not a moment before', { intentAt: 0 }, 4_999, 0],
    ['when nobody has ever asked', { refreshedAt: null }, 0, 1],
    ['of no run that is over', { status: 'FINISHED' }, 60_000, 0],
    ['of no run without a job', { jobId: null, kind: 'none' }, 60_000, 0],
  ])('%s', async (_when, changes, afterMs, looks) => expect(await looksOf(changes, afterMs)).toBe(looks));
});

describe('a poll', () => {
  const fails = (w: World, error: Error): void => {
    w.flink.fault = (call, before) => {
      if (call === 'job' && before) throw error;
    };
  };

  /** Ten seconds after its submit. */
  async function submitted(): Promise<World> {
    const w = world();
    await w.submit();
    await w.clock.advance(10_000);
    return w;
  }

  const stored = (w: World): RunHead => w.store.heads.get(1)!;

  it('of a run that is over, or has no job, writes nothing', async () => {
    for (const changes of [{ status: 'FINISHED' }, { jobId: null, kind: 'none' }] as const) {
      const w = await submitted();
      w.store.heads.set(1, { ...stored(w), refreshedAt: null, ...changes });
      await w.poll(1);
      expect(stored(w).refreshedAt).toBeNull();
    }
  });

  it('asks Flink only if it was the first to take the right to', async () => {
    const w = await submitted();
    w.store.takeRefresh = () => Promise.resolve(false);
    fails(w, new TypeError('not to be asked'));
    expect(await w.poll(1)).toEqual(stored(w));
  });

  it('does not wait for Flink longer than half a second, nor past its own time', async () => {
    for (const [budgetMs, tookMs] of [
      [25_000, 500],
      [200, 200],
    ] as const) {
      const w = await submitted();
      w.flink.fault = (call, before) => (call === 'job' && before ? w.clock.sleep(60_000) : undefined);
      const startedAt = w.clock.now();
      await w.clock
        .run(getJobInstance({ ...w, secrets: null })({ id: 1 }, { budgetMs, maySee: () => true }))
        .catch(() => null);
      expect(w.clock.now() - startedAt).toBe(tookMs);
    }
  });

  it('that is given no time has that of a call: a table that hangs is told of', async () => {
    const w = await submitted();
    w.store.readHead = async () => {
      await w.clock.sleep(600_000);
      return null;
    };
    const startedAt = w.clock.now();
    await expect(w.poll(1)).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(w.clock.now() - startedAt).toBe(BUDGET_MS);
  });

  it('that can not reach Flink says so, also when the record has moved on meanwhile', async () => {
    const w = await submitted();
    fails(w, new AppError('flink.unreachable', 'connection refused'));
    w.store.updateHead = () => Promise.resolve(null);
    const head = await w.poll(1);
    expect(head).toMatchObject({ id: 1, status: 'CREATED', unreachableSince: w.clock.now() });
    expect(stored(w).unreachableSince).toBeNull();
  });

  it('that could not ask at all says nothing of Flink', async () => {
    const w = await submitted();
    w.store.heads.set(1, { ...stored(w), lastSeenAt: null });
    fails(w, new AppError('local.exhausted', 'No socket left.'));
    const { v } = stored(w);
    expect(await w.poll(1)).toMatchObject({ v, unreachableSince: null, lastSeenAt: null });
  });

  it('that Flink answers with 404 leaves the record as it is: that is for the reconciler to judge', async () => {
    const w = await submitted();
    w.store.heads.set(1, { ...stored(w), lastSeenAt: null });
    w.flink.jobs.clear();
    const { v } = stored(w);
    expect(await w.poll(1)).toMatchObject({ v, status: 'CREATED', lastSeenAt: null });
  });

  it('fails by a bug, as it must', async () => {
    const w = await submitted();
    const { job } = w.flink;
    w.flink.job = () => {
      w.flink.job = job;
      return Promise.reject(new TypeError('x is undefined'));
    };
    await expect(w.poll(1)).rejects.toThrow(TypeError);
    expect(stored(w).unreachableSince).toBeNull();
  });

  it('does not look for another leader where there is one host alone', async () => {
    const w = await submitted();
    const asked: string[] = [];
    w.flink.fault = (call, before) => {
      if (before) asked.push(call);
      if (call === 'job' && before) throw new AppError('flink.unreachable', 'connection refused');
    };
    await w.poll(1);
    expect(asked).toEqual(['job']);
  });

  it('finds the job at whichever host leads now', async () => {
    const clusters = [aCluster({ id: 1, hosts: 'a:8081,b:8081' })];
    const w = world({ tasks: [aTask({ type: 'standalone', clusterId: 1 })], clusters });
    await w.submit();
    w.flink.deadHosts.add('a:8081');
    await w.clock.advance(10_000);
    expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', unreachableSince: null });
  });

  it('of a job that failed leaves the end to the reconciler when it has not the time to be told why', async () => {
    const w = await submitted();
    Object.assign([...w.flink.jobs.values()][0]!, { state: 'FAILED', endedAt: w.clock.now() });
    w.flink.failureCause = () => Promise.reject(new AppError('flink.failed', 'HTTP 500.'));
    expect(await w.poll(1)).toMatchObject({ status: 'CREATED', error: null });
  });

  it('that meets an end which another has recorded adds nothing to it', async () => {
    const w = await submitted();
    const { updateHead } = w.store;
    const ended = { status: 'CANCELED', finishedAt: 5, active: null, lastSeenAt: null } as const;
    w.store.updateHead = async (head, change, cause) => {
      w.store.updateHead = updateHead;
      await updateHead(head, ended, 'ended');
      return await updateHead(head, change, cause);
    };
    expect(await w.poll(1)).toMatchObject(ended);
    expect(stored(w)).toMatchObject(ended);
  });
});

describe('what a look says of Flink being there', () => {
  const AT = 500_000;
  const deployment = { type: 'yarn-application', name: 'a', namespace: null, clusterId: 'b', jobManager: null };
  const seen = { kind: 'job', job: { state: 'RUNNING', ranAt: 1, endedAt: null }, address: 'jm:8081' } as const;

  it.each<[string, Partial<RunHead>, 'seen' | 'noJob' | 'unreachable', HeadChange | null]>([
    ['first out of reach', {}, 'unreachable', { unreachableSince: AT }],
    ['still out of reach', { unreachableSince: 5 }, 'unreachable', null],
    ['in reach again', { unreachableSince: 5 }, 'seen', { unreachableSince: null, lastSeenAt: AT }],
    ['in reach again, without the job', { unreachableSince: 5 }, 'noJob', { unreachableSince: null }],
    ['never seen before', {}, 'seen', { lastSeenAt: AT }],
    ['seen a minute ago', { lastSeenAt: AT - 60_000 }, 'seen', { lastSeenAt: AT }],
    ['seen less than a minute ago', { lastSeenAt: AT - 59_999 }, 'seen', null],
    ['without the job', {}, 'noJob', null],
    ["first seen, at the address of a run's own cluster", { deployment }, 'seen', { lastSeenAt: AT }],
    ["without the job, at the address of a run's own cluster", { deployment, unreachableSince: 5 }, 'noJob', null],
  ])('%s', (_what, changes, kind, change) => {
    expect(reachability(aHead(1, changes), kind === 'seen' ? seen : { kind }, AT)).toEqual(change);
  });
});

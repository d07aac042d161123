/** When a job was last seen, by polls and by sweeps: never the time at which somebody answered who does not know it. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { ANY_RUNS, type RunPage } from '../../lib/domain/run/run-page.ts';
import { getRun } from '../../lib/usecases/job-instance.ts';
import { listRuns } from '../../lib/usecases/list-runs.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { HOSTS, type World, world } from './world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const OWN = { type: 'yarn-application', name: 'a', namespace: null, clusterId: 'b', jobManager: null };

const stored = (w: World, id = 1): RunHead => w.store.heads.get(id)!;

/** Runs 1 to n, which run, and which nobody polls. */
async function running(n = 1): Promise<World> {
  const w = world({ tasks: Array.from({ length: n }, (_, i) => aTask({ id: i + 1 })) });
  for (let taskId = 1; taskId <= n; taskId++) await w.submit({ taskId });
  await w.clock.advance(5_000);
  await w.reconcile();
  await w.clock.advance(DAY);
  return w;
}

/** The time at which it began. */
async function sweep(w: World): Promise<number> {
  const at = w.clock.now();
  await w.reconcile();
  await w.clock.advance(10_000);
  return at;
}

const outOfReach = (w: World): void => void w.flink.deadHosts.add(HOSTS);

/** Another JobManager is there, which has none of the jobs. */
function replace(w: World): void {
  w.flink.jobs.clear();
  w.flink.jmId = '/tmp/another';
}

async function readsOf(w: World, work: () => Promise<unknown>): Promise<string[]> {
  const { readHead, sweptAt } = w.store;
  const reads: string[] = [];
  w.store.readHead = (id) => (reads.push('readHead'), readHead(id));
  w.store.sweptAt = (hosts) => (reads.push('sweptAt'), sweptAt(hosts));
  await work();
  Object.assign(w.store, { readHead, sweptAt });
  return reads;
}

describe('a sweep that finds all as it was', () => {
  it('writes no run', async () => {
    const w = await running(3);
    const before = [1, 2, 3].map((id) => stored(w, id));
    await sweep(w);
    expect([1, 2, 3].map((id) => stored(w, id))).toEqual(before);
  });

  it('is when the jobs were last seen, once Flink is out of reach', async () => {
    const w = await running();
    await sweep(w);
    const seenAt = await sweep(w);
    outOfReach(w);
    for (const waitMs of [0, 1_000, 10_000, DAY]) {
      await w.clock.advance(waitMs);
      expect(await w.poll(1)).toMatchObject({ unreachableSince: expect.any(Number) as number, lastSeenAt: seenAt });
      expect(await w.pollTask()).toMatchObject({ lastSeenAt: seenAt });
    }
  });

  it('is when they were last seen in lists, and in what one run is asked for by', async () => {
    const w = await running(3);
    const polledAt = (await w.poll(2)).lastSeenAt;
    await w.clock.advance(1);
    const seenAt = await sweep(w);
    await w.clock.advance(1);
    const laterAt = (await w.poll(3)).lastSeenAt;
    expect(polledAt).toBeLessThan(seenAt);
    const { runs } = await listed(w);
    expect(runs.map(({ id, lastSeenAt }) => [id, lastSeenAt])).toEqual([
      [3, Math.max(seenAt, laterAt ?? 0)],
      [2, seenAt],
      [1, seenAt],
    ]);
    outOfReach(w);
    const scope = { budgetMs: 5_000, maySee: () => true };
    const { head } = await w.clock.run(getRun({ ...w, secrets: null })({ id: 1 }, scope));
    expect(head.lastSeenAt).toBe(seenAt);
  });

  it('is shown to a caller who comes while another one asks Flink', async () => {
    const w = await running();
    const seenAt = await sweep(w);
    w.store.takeRefresh = () => Promise.resolve(false);
    expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', lastSeenAt: seenAt });
  });
});

/** Of the heads in memory, newest first. */
function listed(w: World): Promise<RunPage> {
  const runs = [...w.store.heads.values()].sort((a, b) => b.id - a.id);
  const page = { runs, next: null, unreadable: [] };
  const runList = {
    runs: () => Promise.resolve(page),
    run: (id: number) => Promise.resolve(w.store.heads.get(id) ?? null),
    twins: () => Promise.resolve(page),
  };
  const bound = { ...runList, within: () => bound };
  const scope = { budgetMs: 5_000, maySee: () => true };
  return w.clock.run(listRuns({ ...w, runList: bound })({ ...ANY_RUNS, since: null }, scope));
}

describe('a JobManager that does not know the job', () => {
  it('has not seen it: the sweep before is when it was last seen, to its end', async () => {
    const w = await running();
    const seenAt = await sweep(w);
    replace(w);
    expect((await w.poll(1)).lastSeenAt).toBe(seenAt);
    for (let minute = 0; minute < 12 && stored(w).finishedAt === null; minute++) {
      await sweep(w);
      await w.clock.advance(50_000);
      expect((await w.poll(1)).lastSeenAt).toBe(seenAt);
      expect((await listed(w)).runs[0]?.lastSeenAt).toBe(seenAt);
    }
    expect(stored(w)).toMatchObject({ status: 'UNKNOWN', lastSeenAt: seenAt });
  });

  it('has not seen it either when it was out of reach before', async () => {
    const w = await running();
    const seenAt = await sweep(w);
    outOfReach(w);
    await w.clock.advance(30_000);
    await w.poll(1);
    await sweep(w);
    replace(w);
    w.flink.deadHosts.clear();
    await w.clock.advance(30_000);
    expect(await w.poll(1)).toMatchObject({ unreachableSince: null, lastSeenAt: seenAt });
    await sweep(w);
    await sweep(w);
    expect((await w.poll(1)).lastSeenAt).toBe(seenAt);
  });

  it('keeps no time for the others of its cluster, until the one that is missed is known to be', async () => {
    const w = await running(2);
    const seenAt = await sweep(w);
    w.flink.jobs.delete(stored(w, 1).jobId ?? '');
    await sweep(w);
    await w.clock.advance(5 * MINUTE);
    const laterAt = await sweep(w);
    const { runs } = await listed(w);
    expect(runs.map(({ id, lastSeenAt }) => [id, lastSeenAt])).toEqual([
      [2, laterAt],
      [1, seenAt],
    ]);
  });

  it('that gives place to the one that does is forgotten', async () => {
    const w = await running();
    await sweep(w);
    const jobs = [...w.flink.jobs];
    replace(w);
    await sweep(w);
    w.flink.jmId = '/tmp/flink-web-1';
    for (const [id, job] of jobs) w.flink.jobs.set(id, job);
    const backAt = await sweep(w);
    expect(stored(w).missedAt).toBeNull();
    expect((await listed(w)).runs[0]?.lastSeenAt).toBeGreaterThanOrEqual(backAt);
  });
});

describe('a sweep keeps its time for the jobs of a cluster', () => {
  /** What becomes of run 2 while run 1 is as it was, and whether that is a sight of all the jobs. */
  type Row = readonly [string, boolean, (w: World) => void];
  const set = (w: World, changes: object): void =>
    void Object.assign(w.flink.jobs.get(stored(w, 2).jobId ?? '')!, changes);
  const details = (w: World): void => {
    const { job } = w.flink;
    w.flink.job = (address, id, signal) =>
      id === stored(w, 2).jobId ? Promise.reject(new AppError('flink.failed', 'HTTP 500.')) : job(address, id, signal);
  };
  it.each<Row>([
    ['one of which has changed its state', true, (w) => set(w, { state: 'RESTARTING' })],
    [
      'one of which is listed as ended, but does not say more',
      true,
      (w) => {
        set(w, { state: 'FINISHED', endedAt: w.clock.now() });
        details(w);
      },
    ],
    [
      'also where the record of one has gone since the index was read',
      true,
      (w) => {
        set(w, { state: 'RESTARTING' });
        const { readHead } = w.store;
        w.store.readHead = (id) => (id === 2 ? Promise.resolve(null) : readHead(id));
      },
    ],
    [
      'but not where one is not listed, and asked for it, Flink fails',
      false,
      (w) => {
        w.flink.jobs.delete(stored(w, 2).jobId ?? '');
        details(w);
      },
    ],
    [
      'but not where Flink lists none, and fails for one of them',
      false,
      (w) => {
        w.flink.overview = () => Promise.reject(new AppError('flink.failed', 'HTTP 500.'));
        details(w);
      },
    ],
  ])('%s', async (_what, isKept, becomes) => {
    const w = await running(2);
    const before = await sweep(w);
    await w.clock.advance(MINUTE);
    becomes(w);
    const at = await sweep(w);
    expect(w.store.swept.get(HOSTS)).toBe(isKept ? at : before);
  });

  it('but not where it went out of reach while one of them was looked at, and no run goes wrong by that', async () => {
    const w = await running(2);
    const before = await sweep(w);
    await w.clock.advance(MINUTE);
    for (const job of w.flink.jobs.values()) Object.assign(job, { state: 'FINISHED', endedAt: w.clock.now() });
    w.flink.job = async (_address, id) => {
      if (id === stored(w, 1).jobId) throw new AppError('flink.failed', 'HTTP 500.');
      await w.clock.sleep(100);
      outOfReach(w);
      throw new AppError('flink.unreachable', 'connection refused');
    };
    const { updateHead } = w.store;
    w.store.updateHead = async (...args) => {
      await w.clock.sleep(1_000);
      return await updateHead(...args);
    };
    expect(await w.reconcile()).toMatchObject({ failedRuns: 0 });
    expect(stored(w, 1).endSeenAt).not.toBeNull();
    expect(w.store.swept.get(HOSTS)).toBe(before);
  });
});

describe('a sweep keeps no time', () => {
  it.each<[string, (w: World) => void]>([
    ['of a cluster that is out of reach', outOfReach],
    [
      'where it could not look at each run',
      (w) => {
        // Run 2 has ended, and what became of it can't be read.
        Object.assign([...w.flink.jobs.values()][1]!, { state: 'FINISHED', endedAt: w.clock.now() });
        const { readHead } = w.store;
        w.store.readHead = (id) =>
          id === 2 ? Promise.reject(new AppError('store.unavailable', 'throttled')) : readHead(id);
      },
    ],
    [
      'where it could not read all of the index',
      (w) => {
        const { activeRuns } = w.sweep;
        w.sweep.activeRuns = (partition, after) =>
          partition === 'LIVE#7'
            ? Promise.reject(new AppError('store.unavailable', 'throttled'))
            : activeRuns(partition, after);
      },
    ],
    ['that goes on where the last one stopped', (w) => void (w.sweep.cursor = { 'LIVE#1': 1 })],
  ])('%s', async (_what, disturb) => {
    const w = await running(2);
    const seenAt = await sweep(w);
    await w.clock.advance(MINUTE);
    disturb(w);
    await sweep(w);
    expect(w.store.swept.get(HOSTS)).toBe(seenAt);
  });

  it('where a job is missed and its run, which somebody has written meanwhile, does not say so yet', async () => {
    const w = await running(2);
    const seenAt = await sweep(w);
    w.flink.jobs.delete(stored(w, 1).jobId ?? '');
    const { updateHead } = w.store;
    w.store.updateHead = () => Promise.resolve(null);
    await sweep(w);
    w.store.updateHead = updateHead;
    expect(stored(w).missedAt).toBeNull();
    expect((await listed(w)).runs.map(({ lastSeenAt }) => lastSeenAt)).toEqual([seenAt, seenAt]);
  });

  it.each<[string, Partial<RunHead>]>([
    ['that a run has for itself', { deployment: OWN, hosts: 'own:8081' }],
    ['of which all runs are over', { status: 'FINISHED', active: 'WATCH#1', hosts: 'ended:8081' }],
  ])('of a cluster %s', async (_what, changes) => {
    const w = await running(2);
    w.store.heads.set(1, { ...stored(w), ...changes });
    const seenAt = await sweep(w);
    expect([...w.store.swept]).toEqual([[HOSTS, seenAt]]);
  });

  it('when the table does not take it, and says so', async () => {
    const w = await running();
    const seenAt = await sweep(w);
    w.sweep.noteSwept = () => Promise.reject(new AppError('store.unavailable', 'throttled'));
    await sweep(w);
    expect(w.store.swept.get(HOSTS)).toBe(seenAt);
    expect(w.log.lines.map(({ message }) => message)).toContain('time of the sweep not recorded');
  });
});

describe('a poll', () => {
  it('that is fresh is one read, whatever sweeps have seen', async () => {
    const w = await running();
    await sweep(w);
    await w.poll(1);
    await w.clock.advance(1_000);
    expect(await readsOf(w, () => w.poll(1))).toEqual(['readHead']);
  });

  it('of a run that is out of reach is one read, but for the first', async () => {
    const w = await running();
    await sweep(w);
    outOfReach(w);
    expect(await readsOf(w, () => w.poll(1))).toEqual(['readHead', 'sweptAt']);
    for (const waitMs of [1_000, 10_000]) {
      await w.clock.advance(waitMs);
      expect(await readsOf(w, () => w.poll(1))).toEqual(['readHead']);
    }
  });

  it('does not fail where the time of the sweep can not be read', async () => {
    const w = await running();
    await sweep(w);
    outOfReach(w);
    const { lastSeenAt } = stored(w);
    for (const code of ['store.unavailable', 'store.invalid'] as const) {
      w.store.sweptAt = () => Promise.reject(new AppError(code, 'The item is damaged.'));
      expect(await w.poll(1)).toMatchObject({ lastSeenAt });
    }
  });

  it('fails by a bug, as it must', async () => {
    const w = await running();
    outOfReach(w);
    w.store.sweptAt = () => Promise.reject(new TypeError('x is undefined'));
    await expect(w.poll(1)).rejects.toThrow(TypeError);
  });
});

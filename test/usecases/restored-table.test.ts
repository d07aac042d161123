/**
 * The table was restored from a backup, or copied from another stage: its counter lags behind its runs, and claims and keys
 * name numbers that belong to other work.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { headAt } from '../builders/a-head.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const OTHER_TASK = 9;
const NO_VARIABLES = '[]';

let w: World;
beforeEach(() => {
  w = world({ tasks: [aTask()] });
});

/** A run of before, as it stands in the table; by default a live one of another task. */
function old(id: number, changes: Partial<RunHead> = {}): RunHead {
  const fp = w.ids.sha256(NO_VARIABLES);
  const live = { status: 'RUNNING', submitStatus: 'SUCCESS', active: null, refreshedAt: w.clock.now() } as const;
  const head = headAt(w.clock.now() - 3_600_000, { id, taskId: OTHER_TASK, fp, ...live, ...changes });
  w.store.heads.set(id, head);
  return head;
}

const claimed = (runId: number, latestRunId = runId): void => {
  w.store.tasks.set(1, { claims: { [w.ids.sha256(NO_VARIABLES)]: runId }, claimSeq: 1, latestRunId });
};

const keyed = async (runId: number): Promise<void> => {
  const hash = w.ids.sha256('k');
  const requestHash = w.ids.sha256('{"taskId":1,"variables":[],"savePointPath":null,"isOnline":false}');
  await w.keys.putKey({ caller: 'test', hash }, { runId, requestHash, owner: 'of before' });
};

/** Of all calls to the store, those that draw or write something for a run. */
function counted(): Record<'nextRunId' | 'claim' | 'putHead' | 'putBody', number> {
  const counts = { nextRunId: 0, claim: 0, putHead: 0, putBody: 0 };
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
    const plain = w.store[name] as (...args: unknown[]) => Promise<unknown>;
    Object.assign(w.store, {
      [name]: (...args: unknown[]) => {
        counts[name] += 1;
        return plain(...args);
      },
    });
  }
  return counts;
}

const startedAnew = (run: { head: RunHead; duplicate: boolean }, others: readonly number[]): void => {
  expect(run).toMatchObject({ duplicate: false, head: { taskId: 1, submitStatus: 'SUCCESS' } });
  expect(others).not.toContain(run.head.id);
  expect(w.flink.jobs.has(run.head.jobId ?? '')).toBe(true);
  expect(w.store.heads.get(run.head.id)?.taskId).toBe(1);
};

describe('a number that is taken by a run of another task', () => {
  it.each(['RUNNING', 'INITIALIZING', 'FINISHED', 'VOID'] as const)(
    '%s: another is drawn, the run is left',
    async (status) => {
      const before = old(1, { status });
      startedAnew(await w.submit(), [1]);
      expect(w.store.heads.get(1)).toEqual(before);
    },
  );

  it('other variables of the same task are other work as well', async () => {
    old(1, { taskId: 1, fp: 'of other variables' });
    startedAnew(await w.submit(), [1]);
  });

  it.each([2, 100, 5_000, 60_000])('%i numbers in a row: the counter is raised by leaps', async (lag) => {
    for (let id = 1; id <= lag; id += 1) old(id);
    const counts = counted();
    const run = await w.submit();
    expect(run.head.id).toBeGreaterThan(lag);
    expect(run.head.id).toBeLessThan(4 * lag + 20);
    expect(counts.nextRunId).toBeLessThan(20);
    expect(counts.putHead).toBeLessThan(20);
    startedAnew(run, [lag]);
    const again = { ...counts };
    expect((await w.submit({ variables: { x: '1' } })).head.id).toBe(run.head.id + 1);
    expect(counts.nextRunId - again.nextRunId).toBe(1);
  });

  it('what the task itself knows of later numbers is leapt over at once', async () => {
    for (let id = 1; id <= 700; id += 1) old(id, { taskId: id === 700 ? 1 : OTHER_TASK, status: 'FINISHED' });
    w.store.tasks.set(1, { claims: {}, claimSeq: 3, latestRunId: 700 });
    const counts = counted();
    expect((await w.submit()).head.id).toBe(701);
    expect(counts).toMatchObject({ nextRunId: 2, putHead: 1 });
  });

  it('the counter is never lowered', async () => {
    for (let i = 0; i < 50; i += 1) await w.store.nextRunId();
    await w.store.raiseRunCounter(7);
    expect(await w.store.nextRunId()).toBe(51);
  });
});

describe('a claim that names a run of another task', () => {
  it.each(['RUNNING', 'INITIALIZING', 'FINISHED'] as const)('%s: stands in nobody\u2019s way', async (status) => {
    const before = old(40, { status, finishedAt: w.clock.now() });
    claimed(40);
    startedAnew(await w.submit(), [40]);
    expect(w.store.heads.get(40)).toEqual(before);
    expect(Object.values(w.store.tasks.get(1)?.claims ?? {})).not.toContain(40);
  });

  it('that is being cancelled is not waited for', async () => {
    old(40, { cancelAskedAt: w.clock.now() });
    claimed(40);
    const before = w.clock.now();
    startedAnew(await w.submit(), [40]);
    expect(w.clock.now() - before).toBeLessThan(5_000);
  });

  it('from another savepoint is no conflict', async () => {
    old(40, { savePointPath: 's3://b/sp-1' });
    claimed(40);
    startedAnew(await w.submit({ savePointPath: 's3://b/sp-2' }), [40]);
  });

  it('does not keep a run that must be alone from starting, a run of the task does', async () => {
    old(40);
    w.store.tasks.set(1, { claims: { of: 40 }, claimSeq: 1, latestRunId: 40 });
    startedAnew(await w.submit({ isOnline: true }), [40]);
    const other = world({ tasks: [aTask()] });
    w = other;
    old(40, { taskId: 1, fp: 'of' });
    w.store.tasks.set(1, { claims: { of: 40 }, claimSeq: 1, latestRunId: 40 });
    expect(await w.submit({ isOnline: true })).toMatchObject({ duplicate: true, head: { id: 40 } });
  });

  it('is cleared away with the old ones, however live that run is', async () => {
    const claims = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`fp-${i}`, 100 + i]));
    for (const id of Object.values(claims)) old(id);
    w.store.tasks.set(1, { claims, claimSeq: 70, latestRunId: 169 });
    startedAnew(await w.submit(), Object.values(claims));
    expect(Object.keys(w.store.tasks.get(1)?.claims ?? {}).length).toBeLessThan(70);
  });

  it('a live run of the task with these variables is still a duplicate', async () => {
    old(40, { taskId: 1 });
    claimed(40);
    expect(await w.submit()).toMatchObject({ duplicate: true, head: { id: 40 } });
    expect(w.flink.jobs.size).toBe(0);
  });
});

describe('a key that names a run of another task', () => {
  it.each(['RUNNING', 'FINISHED'] as const)('%s: is pointed to a new run', async (status) => {
    const before = old(40, { status });
    await keyed(40);
    const first = await w.submit({ key: 'k' });
    startedAnew(first, [40]);
    expect(w.store.heads.get(40)).toEqual(before);
    expect(await w.submit({ key: 'k' })).toMatchObject({ duplicate: true, head: { id: first.head.id } });
  });

  it('the very number that is drawn now: the key is not taken for one\u2019s own', async () => {
    old(1, { taskId: 1, status: 'FINISHED', finishedAt: 1, answeredAt: 1 });
    await keyed(1);
    expect(await w.submit({ key: 'k' })).toMatchObject({ duplicate: true, head: { id: 1, status: 'FINISHED' } });
    expect(w.flink.jobs.size).toBe(0);
  });

  it('the very number that is drawn now, and of another task', async () => {
    old(1);
    await keyed(1);
    startedAnew(await w.submit({ key: 'k' }), [1]);
  });
});

describe('the latest run of a task', () => {
  it('is none of another task', async () => {
    old(40);
    old(3, { taskId: 1, status: 'FINISHED' });
    claimed(40);
    expect(await w.pollTask()).toMatchObject({ id: 3 });
  });

  it('is none when all that is there is of other tasks', async () => {
    old(40);
    claimed(40);
    expect(await w.pollTask()).toBeNull();
  });

  it('is not ended by a cancel when it is of another task', async () => {
    const before = old(40);
    claimed(40);
    expect(await w.cancel()).toEqual({ cancelled: null, others: [] });
    expect(w.store.heads.get(40)).toEqual(before);
  });
});

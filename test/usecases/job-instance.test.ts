/** Which run a poll shows, and when it asks Flink. */
import { describe, expect, it } from 'vitest';
import { voidHead } from '../../lib/domain/new-run.ts';
import type { HeadChange, RunHead } from '../../lib/domain/run.ts';
import { getJobInstanceByTaskId, reachability } from '../../lib/usecases/job-instance.ts';
import { aHead } from '../adapters/job-store.contract.ts';
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
        message: `Job Instance Not Exist: there is no run ${id}. Check the id that submitTask answered.`,
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

  it('is none when no number became a run', async () => {
    const w = world();
    w.store.tasks.set(1, { claims: {}, claimSeq: 1, latestRunId: 9 });
    w.store.heads.set(9, voidHead(9, 1, 'somebody', 5));
    expect(await byTask(w)).toBeNull();
  });
});

describe('Flink is asked', () => {
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
    ['when nobody asked for 5 s', {}, 5_000, 1],
    ['but not a moment before', {}, 4_999, 0],
    ['when nobody has ever asked', { refreshedAt: null }, 0, 1],
    ['of no run that is over', { status: 'FINISHED' }, 60_000, 0],
    ['of no run without a job', { jobId: null, kind: 'none' }, 60_000, 0],
  ])('%s', async (_when, changes, afterMs, looks) => expect(await looksOf(changes, afterMs)).toBe(looks));
});

describe('what a look says of Flink being there', () => {
  const AT = 500_000;
  const deployment = { type: 'yarn-application', name: 'a', namespace: null, clusterId: 'b', jobManager: null };
  const seen = { kind: 'job', job: { state: 'RUNNING', ranAt: 1, endedAt: null }, address: 'jm:8081' } as const;

  it.each<[string, Partial<RunHead>, 'seen' | 'noJob' | 'unreachable', HeadChange | null]>([
    ['first out of reach', {}, 'unreachable', { unreachableSince: AT }],
    ['still out of reach', { unreachableSince: 5 }, 'unreachable', null],
    ['in reach again', { unreachableSince: 5 }, 'seen', { unreachableSince: null, lastSeenAt: AT }],
    ['in reach again, without the job', { unreachableSince: 5 }, 'noJob', { unreachableSince: null, lastSeenAt: AT }],
    ['never seen before', {}, 'seen', { lastSeenAt: AT }],
    ['seen a minute ago', { lastSeenAt: AT - 60_000 }, 'seen', { lastSeenAt: AT }],
    ['seen less than a minute ago', { lastSeenAt: AT - 59_999 }, 'seen', null],
    ['without the job', {}, 'noJob', null],
    ["without the job, at the address of a run's own cluster", { deployment, unreachableSince: 5 }, 'noJob', null],
  ])('%s', (_what, changes, kind, change) => {
    expect(reachability(aHead(1, changes), kind === 'seen' ? seen : { kind }, AT)).toEqual(change);
  });
});

/** What one cancel writes of a run, whom it tells, how long it waits for Flink, and when it is refused. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { HeadChange, RunHead } from '../../lib/domain/run/run.ts';
import { cancelTask } from '../../lib/usecases/cancel-task.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const WITH_VARIABLE = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x};";

/** A live run, changed as the test says, and the job ids that Flink is told to cancel from now on. */
async function bed(changes: Partial<RunHead> = {}) {
  const w = world({ tasks: [aTask({ statement: WITH_VARIABLE })] });
  const { head: submitted } = await w.submit({ variables: { x: '1' } });
  const head = { ...submitted, ...changes };
  w.store.heads.set(head.id, head);
  const told: string[] = [];
  w.flink.fault = (call, before, jobId) => {
    if (call === 'cancel' && before) told.push(jobId);
  };
  return { w, head, told };
}

/** The first time that the wish is written, this happens before. */
function before(w: World, happens: (head: RunHead) => unknown): void {
  const update = w.store.updateHead.bind(w.store);
  w.store.updateHead = async (head: RunHead, change: HeadChange, cause: string | null) => {
    if (change.cancelAskedAt !== undefined) {
      w.store.updateHead = update;
      await happens(head);
    }
    return await update(head, change, cause);
  };
}

it('the outcome of a cancel names the run and those that go on, and none that can not be read where all can', async () => {
  const { w } = await bed();
  const outcome = await w.cancel();
  expect(outcome).toEqual({ cancelled: w.store.heads.get(1), others: [] });
  expect(outcome).not.toHaveProperty('unreadable');
});

describe('the wish', () => {
  it('is in the history of the run, with who had it', async () => {
    const { w } = await bed();
    await w.cancel();
    expect(w.store.heads.get(1)?.events.map(({ cause }) => cause)).toContain('cancel asked by test');
  });

  it('is written although the run has changed since it was read, and is told to Flink', async () => {
    const { w, head, told } = await bed();
    before(w, (read) => w.store.updateHead(read, { lastSeenAt: 5 }, null));
    const { cancelled } = await w.cancel();
    expect(cancelled).toMatchObject({ cancelAskedBy: 'test', lastSeenAt: 5 });
    expect(told).toEqual([head.jobId]);
  });

  it('stays that of whoever was first', async () => {
    const { w } = await bed();
    before(w, (read) => w.store.updateHead(read, { cancelAskedAt: 5, cancelAskedBy: 'somebody' }, 'cancel asked'));
    expect((await w.cancel()).cancelled).toMatchObject({ cancelAskedAt: 5, cancelAskedBy: 'somebody' });
  });

  it('is not written of a run that has ended meanwhile, and Flink is told nothing', async () => {
    const { w, told } = await bed();
    before(w, (read) => w.store.updateHead(read, { status: 'FINISHED', finishedAt: 5, active: null }, 'seen'));
    expect((await w.cancel()).cancelled).toMatchObject({ status: 'FINISHED', cancelAskedAt: null });
    expect(told).toEqual([]);
  });

  it('comes to an end when the run is not in the table any more (a restored table)', async () => {
    const { w } = await bed();
    before(w, () => w.store.heads.delete(1));
    expect((await w.cancel()).cancelled).toMatchObject({ id: 1, cancelAskedAt: null });
  });

  it('repeated after the end of its run tells Flink nothing', async () => {
    const { w, told } = await bed();
    await w.cancel();
    expect(await w.poll(1)).toMatchObject({ status: 'CANCELED' });
    expect(await w.cancel()).toMatchObject({ as: 'repeat', cancelled: { status: 'CANCELED' } });
    expect(told).toHaveLength(1);
  });
});

describe('the answer', () => {
  const three = async (): Promise<World> => {
    const { w } = await bed();
    w.flink.fault = (call) => {
      if (call === 'cancel') throw new AppError('flink.noReply', 'No reply.');
    };
    await w.submit({ variables: { x: '2' } });
    return w;
  };

  it('of a new cancel says nothing of earlier ones', async () => {
    const { w } = await bed();
    expect(await w.cancel()).not.toHaveProperty('as');
  });

  it('names no run as going on that somebody has asked to end', async () => {
    const w = await three();
    await w.cancel();
    await w.clock.advance(60_000);
    await w.submit({ variables: { x: '3' } });
    expect(await w.cancel()).toMatchObject({ cancelled: { id: 3 }, others: [1] });
  });

  it('of a repeat does not name its own run as going on, though the first one broke off', async () => {
    const w = await three();
    before(w, () => Promise.reject(new AppError('store.unavailable', 'DynamoDB could not be used.')));
    await expect(w.cancel()).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(await w.cancel()).toMatchObject({ as: 'repeat', cancelled: { id: 2 }, others: [1] });
  });

  it('to a cancel that a refused submit explains leaves a line in the log', async () => {
    const { w } = await bed();
    const at = w.clock.now();
    await w.keys.markRefusal('test', 1, { at, id: 'r1' });
    expect(await w.cancel(true)).toEqual({ cancelled: null, others: [], as: 'echo' });
    expect(w.log.lines.map(({ fields }) => fields)).toContainEqual({ taskId: 1, caller: 'test', refusedAt: at });
  });

  it('of a run on a session cluster without a known address: the wish is kept', async () => {
    const { w } = await bed({ hosts: '', address: '' });
    expect((await w.cancel()).cancelled?.cancelAskedAt).toBe(w.clock.now());
  });
});

describe('Flink is told', () => {
  it.each<[string, Partial<RunHead>, boolean]>([
    ['of a job that is confirmed', {}, true],
    ['of a preview, which is never confirmed', { status: 'INITIALIZING', kind: 'preview' }, true],
    ['not of a job that nobody has confirmed: whoever does finds the wish', { status: 'INITIALIZING' }, false],
    ['not of a run without a job', { status: 'INITIALIZING', kind: 'none', jobId: null }, false],
  ])('%s', async (_of, changes, isTold) => {
    const { w, told } = await bed(changes);
    // Else this very cancel would see the job and confirm it.
    w.flink.job = () => Promise.reject(new AppError('flink.noReply', 'No reply.'));
    expect((await w.cancel()).cancelled?.cancelAskedAt).toBe(w.clock.now());
    expect(told).toHaveLength(isTold ? 1 : 0);
  });
});

describe('a Flink that hangs on the cancel', () => {
  it.each([
    ['3 s', 25_000, 3_000],
    ['no longer than the budget', 2_000, 2_000],
  ])('is waited for %s, and the answer is a success', async (_for, budgetMs, waitedMs) => {
    const { w } = await bed();
    w.flink.fault = async (call) => {
      if (call === 'cancel') await w.clock.sleep(60_000);
    };
    const startedAt = w.clock.monotonic();
    const deps = { ...w, secrets: null };
    const asked = cancelTask(deps)({ taskId: 1, mayBeEcho: false }, { caller: 'test', budgetMs });
    expect((await w.clock.run(asked)).cancelled).toMatchObject({ id: 1, cancelAskedBy: 'test' });
    expect(w.clock.monotonic() - startedAt).toBe(waitedMs);
  });
});

describe('a run with a cluster of its own whose JobManager has no known address', () => {
  const deployment = (jobManager: string | null) =>
    ({
      ...{ type: 'yarn-application', name: 'dinghy-1', namespace: null, clusterId: 'application_1_1' },
      jobManager,
    }) as const;
  const NOWHERE = { hosts: '', address: '' };
  const LATER = 'http://rm:8088/proxy/{clusterId}';

  it.each<[string, Partial<RunHead>]>([
    ['and never will', { status: 'INITIALIZING', deployment: deployment(null) }],
    ['although it was made', { status: 'CREATED', deployment: deployment(LATER) }],
    ['and was made', { status: 'CREATED', deployment: deployment(null) }],
  ])('%s: refused, with what to do by hand, and no wish is written', async (_what, changes) => {
    const { w } = await bed({ ...NOWHERE, ...changes });
    await expect(w.cancel()).rejects.toMatchObject({
      code: 'flink.unreachable',
      message: expect.stringMatching(
        /^Run 1 of task 1 runs on its own cluster, and Dinghy does not know the address of its JobManager\. End it by hand: .*application_1_1.*\. Set jobManager in the cluster configuration, so that Dinghy can cancel later runs\.$/,
      ) as string,
    });
    expect(w.store.heads.get(1)?.cancelAskedAt).toBeNull();
  });

  it('yet, for it is being made: the wish is written', async () => {
    const { w } = await bed({ ...NOWHERE, status: 'INITIALIZING', deployment: deployment(LATER) });
    expect((await w.cancel()).cancelled?.cancelAskedAt).toBe(w.clock.now());
  });

  it('is named together with the runs that go on', async () => {
    const { w } = await bed();
    await w.submit({ variables: { x: '2' } });
    const { head } = await w.submit({ variables: { x: '3' } });
    w.store.heads.set(3, { ...head, ...NOWHERE, deployment: deployment(null) });
    await expect(w.cancel()).rejects.toThrow(
      /^Run 3 .* cancel later runs\. Other runs of the task are still live: 2, 1\.$/,
    );
  });
});

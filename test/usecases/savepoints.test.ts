/** What is recorded of a run's savepoints when it ends, and what a submit by LATEST or EARLIEST starts from. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import type { CompletedState } from '../../lib/domain/run/savepoint.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const LATEST = 1;
const EARLIEST = 2;

const counting = (savePointStrategy: number): World => world({ tasks: [aTask({ savePointStrategy })] });

const savepoint = (name: string, completedAt: number): CompletedState => ({
  path: `s3://b/${name}`,
  isSavepoint: true,
  completedAt,
  discarded: false,
});

/** The job has ended, as Flink says it; Dinghy has not looked yet. */
function ends(w: World, head: RunHead, state: 'FINISHED' | 'FAILED' | 'CANCELED', ...left: CompletedState[]): void {
  const jobId = head.jobId ?? '';
  Object.assign(w.flink.jobs.get(jobId) ?? {}, { state, endedAt: w.clock.now() });
  w.flink.completed.set(jobId, left);
}

/** A run that has ended, with everything about it recorded; long enough ago to stand in nobody's way. */
async function endedRun(w: World, left: CompletedState[], variables: Record<string, string> = {}): Promise<RunHead> {
  const { head } = await w.submit({ variables });
  ends(w, head, 'FINISHED', ...left);
  await w.reconcile();
  await w.clock.advance(MINUTE);
  return head;
}

const failing = (call: string, error = new AppError('flink.failed', 'Internal server error.')) => {
  return (seen: string, before: boolean): void => {
    if (seen === call && before) throw error;
  };
};

const headOf = async (w: World, id: number): Promise<RunHead> => {
  const head = await w.store.readHead(id);
  if (head === null) throw new Error(`no run ${id}`);
  return head;
};

const startedFrom = (w: World): (string | undefined)[] =>
  w.flink.started.map(({ config }) => config['execution.state-recovery.path']);

describe('the end of a run', () => {
  it('is recorded by the sweep with what its job left behind', async () => {
    const w = world();
    const { head } = await w.submit();
    ends(w, head, 'FINISHED', savepoint('sp-1', 1_000), savepoint('sp-2', 2_000));
    await w.reconcile();
    expect(await headOf(w, 1)).toMatchObject({ status: 'FINISHED', endSeenAt: null });
    const origin = { taskId: 1, fp: head.fp, jobId: head.jobId, runId: 1, kind: 'savepoint' };
    expect(w.savepoints.all).toEqual([
      { ...origin, path: 's3://b/sp-1', completedAt: 1_000 },
      { ...origin, path: 's3://b/sp-2', completedAt: 2_000 },
    ]);
  });

  it('is recorded by a poll in the same way', async () => {
    const w = world();
    const { head } = await w.submit();
    ends(w, head, 'FINISHED', savepoint('sp-1', 1_000));
    expect((await w.poll(1)).status).toBe('FINISHED');
    expect(w.savepoints.all.map(({ path }) => path)).toEqual(['s3://b/sp-1']);
  });

  it('comes after its savepoints: who dies in between leaves them for the next one, who records them once', async () => {
    const w = world();
    const { head } = await w.submit();
    ends(w, head, 'FINISHED', savepoint('sp-1', 1_000));
    const { updateHead } = w.store;
    const order: string[] = [];
    Object.assign(w.store, {
      updateHead: () => {
        order.push(`${w.savepoints.all.length} recorded`);
        return Promise.reject(new AppError('store.unavailable', 'gone'));
      },
    });
    await w.reconcile();
    expect([order, (await headOf(w, 1)).status]).toEqual([['1 recorded'], 'CREATED']);
    Object.assign(w.store, { updateHead });
    await w.reconcile();
    expect([w.savepoints.all.length, (await headOf(w, 1)).status]).toEqual([1, 'FINISHED']);
  });

  it('has nothing of a live job, of a preview, and of a job that never ran', async () => {
    const w = world({ tasks: [aTask(), aTask({ id: 2, statement: 'SELECT 1' })] });
    const asked: string[] = [];
    w.flink.fault = (call, before) => {
      if (call === 'checkpoints' && before) asked.push(call);
    };
    const { head } = await w.submit();
    await w.reconcile();
    await w.submit({ taskId: 2 });
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FAILED', endedAt: w.clock.now(), ranAt: null });
    await w.reconcile();
    expect((await headOf(w, 1)).status).toBe('FAILED');
    expect(asked).toEqual([]);
  });

  it('waits for one more sweep when Flink can not be asked for them, and has them then', async () => {
    const w = world();
    const { head } = await w.submit();
    ends(w, head, 'FINISHED', savepoint('sp-1', 1_000));
    w.flink.fault = failing('checkpoints');
    await w.reconcile();
    expect(await headOf(w, 1)).toMatchObject({ status: 'CREATED', endSeenAt: w.clock.now() });
    await w.clock.advance(MINUTE);
    w.flink.fault = () => undefined;
    await w.reconcile();
    expect((await headOf(w, 1)).status).toBe('FINISHED');
    expect(w.savepoints.all).toHaveLength(1);
  });

  it('waits no longer than two looks 50 s apart, and then ends without them', async () => {
    const w = world();
    const { head } = await w.submit();
    ends(w, head, 'FAILED', savepoint('sp-1', 1_000));
    w.flink.fault = failing('checkpoints', new AppError('flink.noReply', 'No reply.'));
    await w.reconcile();
    await w.clock.advance(40_000);
    await w.reconcile();
    expect((await headOf(w, 1)).status).toBe('CREATED');
    await w.clock.advance(10_000);
    await w.reconcile();
    expect((await headOf(w, 1)).status).toBe('FAILED');
    expect(w.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toContain(
      'a run ends without a record of its savepoints',
    );
  });

  it('is left to the sweep by a poll that can not have them in its time', async () => {
    const w = world();
    const { head } = await w.submit();
    ends(w, head, 'FINISHED', savepoint('sp-1', 1_000));
    w.flink.fault = async (call, before) => {
      if (call === 'checkpoints' && before) await w.clock.sleep(600);
    };
    for (let i = 0; i < 20; i += 1) {
      expect((await w.poll(1)).status).toBe('CREATED');
      await w.clock.advance(10_000);
    }
    expect((await headOf(w, 1)).endSeenAt).toBeNull();
    await w.reconcile();
    expect((await headOf(w, 1)).status).toBe('FINISHED');
    expect(w.savepoints.all).toHaveLength(1);
  });

  it('is recorded by a poll also when the leader has moved to another host since the submit', async () => {
    const cluster = aCluster({ id: 1, hosts: 'old:8081,new:8081', sqlGateway: null });
    const w = world({ tasks: [aTask({ type: 'standalone', clusterId: 1 })], clusters: [cluster] });
    const { head } = await w.submit();
    expect(head.address).toBe('old:8081');
    ends(w, head, 'FINISHED', savepoint('sp-1', 1_000));
    w.flink.deadHosts.add('old:8081');
    expect((await w.poll(1)).status).toBe('FINISHED');
    expect(w.savepoints.all.map(({ path }) => path)).toEqual(['s3://b/sp-1']);
  });

  it('of a preview that nobody has read to its end leaves nothing', async () => {
    const w = world({ tasks: [aTask({ statement: 'SELECT 1' })] });
    w.flink.fault = failing('fetch', new AppError('flink.noReply', 'No reply.'));
    const { head } = await w.submit();
    w.flink.fault = () => undefined;
    const job = { sql: '', config: {}, ranAt: w.clock.now(), endedAt: null, cause: null, state: 'RUNNING' } as const;
    w.flink.jobs.set(head.jobId ?? '', { ...job, id: head.jobId ?? '' });
    ends(w, head, 'FINISHED', savepoint('sp-1', 1_000));
    await w.clock.advance(2 * MINUTE);
    await w.reconcile();
    expect([(await headOf(w, 1)).status, w.savepoints.all]).toEqual(['CANCELED', []]);
  });

  it('is not held up by a table that does not take them for longer either', async () => {
    const w = world();
    const { head } = await w.submit();
    ends(w, head, 'FINISHED', savepoint('sp-1', 1_000));
    Object.assign(w.savepoints, { record: () => Promise.reject(new AppError('store.unavailable', 'no')) });
    await w.reconcile();
    expect((await headOf(w, 1)).status).toBe('CREATED');
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect((await headOf(w, 1)).status).toBe('FINISHED');
  });
});

describe('a submit that says itself where it starts from', () => {
  const left = [savepoint('sp-1', 1_000), savepoint('sp-3', 3_000)];

  it.each([
    ['LATEST', 0, 's3://b/sp-3'],
    ['EARLIEST', LATEST, 's3://b/sp-1'],
    ['NONE', LATEST, undefined],
  ] as const)('%s counts in place of strategy %i of the task', async (startsFrom, strategy, path) => {
    const w = counting(strategy);
    await endedRun(w, left);
    const { body } = await w.submit({ startsFrom });
    expect(startedFrom(w)).toEqual([undefined, path]);
    expect(body.jobConfig).toMatchObject({ savePointStrategy: startsFrom, savePointPath: path ?? null });
  });

  it('gets the live run as any other repeat does, and is another request under the same key', async () => {
    const w = counting(0);
    const first = await w.submit({ startsFrom: 'LATEST', key: 'k' });
    expect(await w.submit({ startsFrom: 'LATEST' })).toMatchObject({ duplicate: true, head: { id: first.head.id } });
    expect(await w.submit({ startsFrom: 'LATEST', key: 'k' })).toMatchObject({ duplicate: true });
    await expect(w.submit({ startsFrom: 'NONE', key: 'k' })).rejects.toThrow(/already belongs to another request/);
    await expect(w.submit({ key: 'k' })).rejects.toThrow(/already belongs to another request/);
  });
});

describe('a submit by LATEST or EARLIEST', () => {
  it.each([
    ['LATEST', LATEST, 's3://b/sp-3'],
    ['EARLIEST', EARLIEST, 's3://b/sp-1'],
  ])('%s starts from the right one by completion, fixed in head, plan and answer', async (name, strategy, path) => {
    const w = counting(strategy);
    await endedRun(w, [savepoint('sp-2', 2_000), savepoint('sp-3', 3_000)]);
    await endedRun(w, [savepoint('sp-1', 1_000)]);
    const { head, body } = await w.submit();
    expect(head.savePointPath).toBe(path);
    expect(body.plan.savePointPath).toBe(path);
    expect(body.jobConfig).toMatchObject({ savePointStrategy: name, savePointPath: path });
    expect(w.store.bodies.get(`${head.id}/writer-1`)).toEqual(body);
    expect(startedFrom(w).at(-1)).toBe(path);
  });

  it('starts empty when there is none', async () => {
    const w = counting(LATEST);
    const { head, body } = await w.submit();
    expect([head.savePointPath, startedFrom(w)]).toEqual([null, [undefined]]);
    expect(body.jobConfig).toMatchObject({ savePointStrategy: 'LATEST', savePointPath: null });
  });

  it('asks nothing for the other strategies, nor for a path in the request', async () => {
    const w = world({ tasks: [aTask(), aTask({ id: 2, savePointStrategy: LATEST })] });
    let looked = 0;
    Object.assign(w.savepoints, { find: () => Promise.resolve((looked += 1)) });
    await w.submit();
    await w.submit({ taskId: 2, savePointPath: 's3://b/asked' });
    expect([looked, startedFrom(w)]).toEqual([0, [undefined, 's3://b/asked']]);
  });

  it('takes nothing of a run with other variables', async () => {
    const statement = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x};";
    const w = world({ tasks: [aTask({ statement, savePointStrategy: LATEST })] });
    await endedRun(w, [savepoint('of-1', 1_000)], { x: '1' });
    await endedRun(w, [savepoint('of-2', 2_000)], { x: '2' });
    await w.submit({ variables: { x: '1' } });
    await w.submit({ variables: { x: '3' } });
    expect(startedFrom(w).slice(2)).toEqual(['s3://b/of-1', undefined]);
  });

  it('finds a savepoint whose run nobody has seen end yet', async () => {
    const w = counting(LATEST);
    const { head } = await w.submit();
    await w.clock.advance(MINUTE);
    ends(w, head, 'FINISHED', savepoint('by-hand', w.clock.now()));
    const second = await w.submit();
    expect([second.duplicate, second.head.savePointPath]).toEqual([false, 's3://b/by-hand']);
    expect(await headOf(w, 1)).toMatchObject({ status: 'FINISHED' });
  });

  it('finds a retained checkpoint whose run nobody has seen end yet: that it stays follows from the end', async () => {
    const w = counting(LATEST);
    const { head } = await w.submit();
    await w.clock.advance(MINUTE);
    const config = { 'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION' };
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { config });
    ends(w, head, 'CANCELED', { ...savepoint('chk-7', w.clock.now()), isSavepoint: false });
    const second = await w.submit();
    expect([second.duplicate, second.head.savePointPath]).toEqual([false, 's3://b/chk-7']);
  });

  it('asks Flink once more for what a run left whose end was recorded without', async () => {
    const w = counting(LATEST);
    const { head } = await w.submit();
    const config = { 'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION' };
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { config });
    const checkpoint = { ...savepoint('chk-6', 6_000), isSavepoint: false };
    ends(w, head, 'CANCELED', savepoint('late', 5_000), checkpoint);
    w.flink.fault = (call, before, jobId) => {
      if (call === 'checkpoints' && before && jobId === head.jobId) throw new AppError('flink.failed', 'No.');
    };
    await w.reconcile();
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect([(await headOf(w, 1)).status, w.savepoints.all]).toEqual(['CANCELED', []]);
    // Newer runs with other variables are no reason to look no further.
    for (let x = 0; x < 4; x += 1) await endedRun(w, [savepoint(`other-${x}`, 9_000)], { x: String(x) });
    w.flink.fault = () => undefined;
    expect((await w.submit()).head.savePointPath).toBe('s3://b/chk-6');
  });

  it('goes by what is recorded when Flink does not answer that, within 2 s', async () => {
    const w = counting(LATEST);
    await endedRun(w, [savepoint('sp-1', 1_000)]);
    w.flink.fault = async (call, before) => {
      if (call === 'checkpoints' && before) await w.clock.sleep(60_000);
    };
    const startedAt = w.clock.now();
    const { head } = await w.submit();
    expect(head.savePointPath).toBe('s3://b/sp-1');
    expect(w.clock.now() - startedAt).toBeLessThan(3_000);
  });

  it('is refused, and nothing is sent, when the record can not be read', async () => {
    const w = counting(LATEST);
    Object.assign(w.savepoints, { find: () => Promise.reject(new AppError('store.unavailable', 'no table')) });
    await expect(w.submit()).rejects.toThrow('no table');
    expect([w.flink.started, w.store.heads.size, w.flink.openSessions()]).toEqual([[], 0, 0]);
  });

  it('is sent again from the very same path, whatever has been recorded since', async () => {
    const w = counting(LATEST);
    const first = await endedRun(w, [savepoint('sp-1', 1_000)]);
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'INITIALIZING', savePointPath: 's3://b/sp-1' });
    await w.savepoints.record({ ...savepointOf(first), path: 's3://b/sp-9', completedAt: 9_000 });
    w.flink.fault = () => undefined;
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(await headOf(w, head.id)).toMatchObject({ status: 'RUNNING', sends: 2, savePointPath: 's3://b/sp-1' });
    expect(startedFrom(w).slice(-1)).toEqual(['s3://b/sp-1']);
  });

  it.each([
    ['LATEST', LATEST],
    ['EARLIEST', EARLIEST],
  ])(
    '%s: a repeat is a duplicate of the live run, although another path would be chosen now',
    async (_name, strategy) => {
      const w = counting(strategy);
      const first = await endedRun(w, [savepoint('sp-5', 5_000)]);
      const { head } = await w.submit();
      for (const [path, completedAt] of [
        ['s3://b/sp-1', 1_000],
        ['s3://b/sp-9', 9_000],
      ] as const)
        await w.savepoints.record({ ...savepointOf(first), path, completedAt });
      const repeat = await w.submit();
      expect(repeat).toMatchObject({ duplicate: true, head: { id: head.id, savePointPath: 's3://b/sp-5' } });
      expect(repeat.body.jobConfig.savePointPath).toBe('s3://b/sp-5');
      const keyed = await w.submit({ key: 'k' });
      expect(keyed).toMatchObject({ duplicate: true, head: { id: head.id } });
      expect(w.flink.jobs.size).toBe(2);
    },
  );

  it('meets a request for the path it was given: the same work; for another one: refused', async () => {
    const w = counting(LATEST);
    await endedRun(w, [savepoint('sp-5', 5_000)]);
    const { head } = await w.submit();
    expect(await w.submit({ savePointPath: 's3://b/sp-5' })).toMatchObject({ duplicate: true, head: { id: head.id } });
    await expect(w.submit({ savePointPath: 's3://b/sp-6' })).rejects.toThrow(/started from s3:\/\/b\/sp-5/);
  });

  it('takes a new number when its own was made void while it looked, and looks again', async () => {
    const w = counting(LATEST);
    const first = await endedRun(w, [savepoint('sp-1', 1_000)]);
    let slow = true;
    w.flink.fault = async (call, before) => {
      if (call !== 'checkpoints' || !before || !slow) return;
      slow = false;
      const taken = (await w.store.readTask(1)).claims[first.fp] ?? 0;
      await w.store.putHead({ ...first, id: taken, status: 'VOID', writer: 'another', jobId: null });
      await w.savepoints.record({ ...savepointOf(first), path: 's3://b/sp-2', completedAt: 2_000 });
    };
    const { head, body } = await w.submit();
    expect(head).toMatchObject({ id: 3, savePointPath: 's3://b/sp-2', status: 'CREATED' });
    expect(body.plan.savePointPath).toBe('s3://b/sp-2');
    expect(w.flink.jobs.size).toBe(2);
  });
});

function savepointOf(head: RunHead) {
  return { taskId: head.taskId, fp: head.fp, kind: 'savepoint', jobId: head.jobId ?? '', runId: head.id } as const;
}

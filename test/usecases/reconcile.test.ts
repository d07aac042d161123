/** Each row of the reconciler's table (protocol.md section 6), over the fakes; time is the test's. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import type { FlinkJobState } from '../../lib/domain/run/status.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;

/** A submit whose statement the gateway has been given, and whose fate nobody learned: its submitter is gone. */
async function lostSubmit(w: World): Promise<RunHead> {
  w.flink.fault = (call, before) => {
    if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
  };
  const { head } = await w.submit();
  expect(head).toMatchObject({ status: 'INITIALIZING', open: [1] });
  w.flink.fault = () => undefined;
  return head;
}

function putJob(w: World, head: RunHead, state: FlinkJobState, changes: object = {}): void {
  const id = head.jobId ?? '';
  const ended = ['FINISHED', 'FAILED', 'CANCELED'].includes(state);
  const times = { ranAt: w.clock.now(), endedAt: ended ? w.clock.now() : null, cause: null };
  w.flink.jobs.set(id, { id, sql: '', config: {}, state, ...times, ...changes });
}

async function now(w: World, id: number): Promise<RunHead> {
  const head = await w.store.readHead(id);
  if (head === null) throw new Error(`no run ${id}`);
  return head;
}

const refuse =
  (...calls: string[]) =>
  (call: string) => {
    if (calls.includes(call)) throw new AppError('flink.unreachable', 'connection refused');
  };

describe('reconcile: the job is there', () => {
  it('confirms a run whose submitter did not learn of its job', async () => {
    const w = world();
    const head = await lostSubmit(w);
    putJob(w, head, 'RUNNING');
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'RUNNING', submitStatus: 'SUCCESS', active: 'LIVE#1', open: [] });
  });

  it.each([
    ['FINISHED', 'FINISHED', 'SUCCESS', null],
    ['FAILED', 'FAILED', 'SUCCESS', 'out of memory'],
    ['CANCELED', 'CANCELED', 'SUCCESS', 'cancelled in Flink at 2026-01-31 12:00:25 UTC, not through Dinghy'],
  ] as const)('ends a run as Flink says: %s', async (state, status, submitStatus, error) => {
    const w = world();
    const head = await lostSubmit(w);
    putJob(w, head, state, { cause: 'out of memory' });
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status, submitStatus, error, active: null });
    expect((await now(w, 1)).finishedAt).toBe(w.flink.jobs.get(head.jobId ?? '')?.endedAt);
  });

  it('says FAILED of a submission whose job never ran', async () => {
    const w = world();
    const head = await lostSubmit(w);
    putJob(w, head, 'FAILED', { ranAt: null, cause: 'no such savepoint' });
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', error: 'no such savepoint' });
  });

  it('is told why a job failed where a poll had not the time to ask', async () => {
    const w = world();
    const { head } = await w.submit();
    putJob(w, head, 'FAILED', { cause: 'out of memory' });
    const { failureCause } = w.flink;
    w.flink.failureCause = async (address, jobId, signal) => {
      await w.clock.sleep(700, signal);
      if (signal.aborted) throw new AppError('budget.exceeded', 'Out of time.');
      return await failureCause(address, jobId, signal);
    };
    await w.clock.advance(10_000);
    expect(await w.poll(1)).toMatchObject({ status: 'CREATED', error: null });
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'FAILED', error: 'out of memory' });
  });

  it('ends a failed run without a reason when Flink does not tell it', async () => {
    const w = world();
    const { head } = await w.submit();
    putJob(w, head, 'FAILED', { cause: 'out of memory' });
    w.flink.failureCause = () => Promise.reject(new AppError('flink.failed', 'Internal server error.'));
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'FAILED', error: 'Flink gave no reason' });
  });

  it('follows a live run, and reads nothing of it while nothing changes', async () => {
    const w = world();
    const { head } = await w.submit();
    await w.reconcile();
    expect((await now(w, 1)).status).toBe('RUNNING');
    const { v } = await now(w, 1);
    let looks = 0;
    w.flink.fault = (call, before) => {
      if (call === 'job' && before) looks += 1;
    };
    await w.reconcile();
    expect([looks, (await now(w, 1)).v]).toEqual([0, v]);
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'RESTARTING' });
    await w.reconcile();
    expect((await now(w, 1)).status).toBe('RESTARTING');
  });

  it('asks a cluster for one overview, however many runs it has', async () => {
    const w = world({ tasks: Array.from({ length: 30 }, (_, n) => aTask({ id: n + 1 })) });
    for (let taskId = 1; taskId <= 30; taskId += 1) await w.submit({ taskId });
    const calls: string[] = [];
    w.flink.fault = (call, before) => {
      if (before) calls.push(call);
    };
    await w.reconcile();
    expect(calls.filter((call) => call === 'overview')).toHaveLength(1);
    expect([...w.store.heads.values()].every(({ status }) => status === 'RUNNING')).toBe(true);
  });
});

describe('reconcile: Flink is away', () => {
  it('does nothing but note the cluster, for as long as it takes', async () => {
    const w = world();
    const { head } = await w.submit();
    w.flink.fault = refuse('identify', 'overview', 'job');
    for (let minute = 0; minute < 180; minute += 30) {
      await w.clock.advance(30 * MINUTE);
      await w.reconcile();
    }
    expect((await now(w, 1)).status).toBe(head.status);
    expect(w.sweep.clusters.get('jobmanager:8081')?.unreachableSince).not.toBeNull();
    const polled = await w.poll(1);
    expect(polled.unreachableSince).not.toBeNull();
  });

  it('does not let one dead cluster hold up the others', async () => {
    const cluster = (id: number, hosts: string) => ({
      id,
      name: `c${id}`,
      type: 'standalone',
      hosts,
      sqlGateway: null,
      config: {},
      note: null,
      enabled: true,
    });
    const tasks = [1, 2].map((id) => aTask({ id, type: 'standalone', clusterId: id }));
    const w = world({ tasks, clusters: [cluster(1, 'dead:8081'), cluster(2, 'alive:8081')] });
    for (const taskId of [1, 2]) await w.submit({ taskId });
    w.flink.fault = async (call, before, detail) => {
      if (call === 'identify' && before && detail === 'dead:8081') await w.clock.sleep(3_600_000);
    };
    const startedAt = w.clock.now();
    await w.reconcile();
    expect((await now(w, 2)).status).toBe('RUNNING');
    expect((await now(w, 1)).status).toBe('CREATED');
    expect(w.clock.now() - startedAt).toBeLessThan(50_000);
  });
});

describe('reconcile: Flink does not know the job of an intent', () => {
  it('waits while an older permission to send may still be used, then sends the frozen plan with the same id', async () => {
    const w = world();
    const head = await lostSubmit(w);
    await w.reconcile();
    expect(w.flink.jobs.size).toBe(0);
    await w.clock.advance(56_000);
    await w.reconcile();
    expect([...w.flink.jobs.keys()]).toEqual([head.jobId]);
    expect(await now(w, 1)).toMatchObject({ status: 'RUNNING', submitStatus: 'SUCCESS', sends: 2, open: [] });
    expect(w.flink.started.map(({ config }) => config['$internal.pipeline.job-id'])).toEqual([head.jobId]);
  });

  it('costs no send while the gateway is away', async () => {
    const w = world();
    await lostSubmit(w);
    await w.clock.advance(MINUTE);
    w.flink.fault = refuse('open', 'version');
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ sends: 1, status: 'INITIALIZING' });
    w.flink.fault = () => undefined;
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ sends: 2, status: 'RUNNING' });
  });

  it('sends no more when its SQL is refused, and ends FAILED with that reason once nothing can land any more', async () => {
    const w = world();
    const head = await lostSubmit(w);
    await w.clock.advance(MINUTE);
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.rejected', 'Table has gone');
    };
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({
      status: 'INITIALIZING',
      sends: 2,
      open: [1],
      refusal: expect.stringContaining('Table has gone') as unknown,
    });
    w.flink.fault = () => undefined;
    await w.clock.advance(5 * MINUTE);
    await w.reconcile();
    expect((await now(w, 1)).sends).toBe(2);
    await w.clock.advance(20 * MINUTE);
    await w.reconcile();
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', active: 'WATCH#1' });
    expect((await now(w, 1)).error).toContain('Table has gone');
    expect(head.jobId).not.toBeNull();
  });

  it('does not send to a JobManager that was started anew; the run ends UNKNOWN after LANDING and two looks', async () => {
    const w = world();
    await lostSubmit(w);
    w.flink.jmId = '/tmp/flink-web-2';
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ sends: 1, status: 'INITIALIZING' });
    await w.clock.advance(21 * MINUTE);
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'INITIALIZING', missedAt: w.clock.now() });
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'UNKNOWN', submitStatus: 'FAILED' });
    expect((await now(w, 1)).error).toMatch(/restarted or replaced/);
  });

  it('sends to a restarted JobManager with high availability: its memory outlives it', async () => {
    const w = world();
    w.flink.highAvailability = true;
    await lostSubmit(w);
    w.flink.jmId = '/tmp/flink-web-2';
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ sends: 2, status: 'RUNNING' });
  });

  it('does not send what may not be repeated; a JobManager that remembers proves that nothing was started', async () => {
    const ctas = "CREATE TABLE t WITH ('connector'='blackhole') AS SELECT 1;";
    const w = world({ tasks: [aTask({ statement: ctas })] });
    await lostSubmit(w);
    for (let minute = 0; minute < 23; minute += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(w.flink.started).toEqual([]);
    expect(await now(w, 1)).toMatchObject({ status: 'FAILED', error: 'Flink accepted none of 1 submission' });
  });

  it('says UNKNOWN once the memory of the JobManager is shorter than the time since the intent', async () => {
    const w = world();
    await lostSubmit(w);
    await w.clock.advance(56 * MINUTE);
    await w.reconcile();
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'UNKNOWN' });
    expect(w.flink.started).toEqual([]);
  });

  it('ends it CANCELED instead of sending it, when a cancel was asked for', async () => {
    const w = world();
    await lostSubmit(w);
    await w.cancel();
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(w.flink.started).toEqual([]);
    await w.clock.advance(21 * MINUTE);
    await w.reconcile();
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'CANCELED', submitStatus: 'CANCEL' });
  });

  it('does not conclude anything from a JobManager that is restarted between overview and 404', async () => {
    const w = world();
    await lostSubmit(w);
    await w.clock.advance(MINUTE);
    w.flink.fault = (call, before) => {
      if (call === 'overview' && !before) w.flink.jmId = '/tmp/flink-web-2';
    };
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'INITIALIZING', missedAt: null });
    expect(w.flink.started).toEqual([]);
  });
});

describe('reconcile: Flink does not know a confirmed job', () => {
  it('ends UNKNOWN after two looks 50 s apart, and forgets the first look when the job is seen again', async () => {
    const w = world();
    const { head } = await w.submit();
    await w.reconcile();
    const job = w.flink.jobs.get(head.jobId ?? '');
    if (job === undefined) throw new Error('no job');
    w.flink.jobs.clear();
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'RUNNING', missedAt: w.clock.now() });
    w.flink.jobs.set(job.id, job);
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'RUNNING', missedAt: null });
    w.flink.jobs.clear();
    await w.reconcile();
    await w.clock.advance(49_000);
    await w.reconcile();
    expect((await now(w, 1)).status).toBe('RUNNING');
    await w.clock.advance(1_000);
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({
      status: 'UNKNOWN',
      submitStatus: 'SUCCESS',
      error: 'Flink no longer knows this job',
    });
  });
});

describe('reconcile: a leader that has moved to another host', () => {
  it('is found by sweeps, polls and cancels, and the job is the same', async () => {
    const cluster = { id: 1, name: 'ha', type: 'standalone', hosts: 'a:8081,b:8081', sqlGateway: null, config: {} };
    const clusters = [{ ...cluster, note: null, enabled: true }];
    const w = world({ tasks: [aTask({ type: 'standalone', clusterId: 1 })], clusters });
    const { head } = await w.submit();
    expect(head.address).toBe('a:8081');
    w.flink.deadHosts.add('a:8081');
    expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', unreachableSince: null });
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'RESTARTING' });
    await w.reconcile();
    expect((await now(w, 1)).status).toBe('RESTARTING');
    await w.cancel();
    await w.reconcile();
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'CANCELED' });
    expect(w.flink.jobs.size).toBe(1);
  });
});

describe('reconcile: previews and tasks without a job', () => {
  const select = { statement: "CREATE TABLE t (a INT) WITH ('connector'='datagen'); SELECT a FROM t;" };

  it('leaves a preview to its submitter while that may live', async () => {
    const w = world({ tasks: [aTask(select)] });
    const head = await lostSubmit(w);
    putJob(w, head, 'RUNNING');
    await w.reconcile();
    expect(w.flink.jobs.get(head.jobId ?? '')?.state).toBe('RUNNING');
    putJob(w, head, 'FINISHED');
    await w.reconcile();
    expect((await now(w, 1)).status).toBe('INITIALIZING');
  });

  it('cancels the job of a preview whose submitter is gone; it ends CANCELED', async () => {
    const w = world({ tasks: [aTask(select)] });
    const head = await lostSubmit(w);
    putJob(w, head, 'RUNNING');
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(w.flink.jobs.get(head.jobId ?? '')?.state).toBe('CANCELED');
    await w.reconcile();
    expect(await now(w, 1)).toMatchObject({ status: 'CANCELED', submitStatus: 'CANCEL', error: 'preview interrupted' });
    expect(w.flink.started).toEqual([]);
  });

  it('ends a run without a job UNKNOWN when it was not recorded for a minute', async () => {
    const w = world({ tasks: [aTask({ statement: "CREATE TABLE t (a INT) WITH ('connector'='datagen');" })] });
    let stop = false;
    w.flink.fault = (call, before) => {
      if (call === 'configure' && before && stop) throw new AppError('flink.noReply', 'No reply.');
    };
    await w.submit();
    stop = true;
    expect((await now(w, 1)).status).toBe('FINISHED');
    const head = { ...(await now(w, 1)), id: 9, status: 'INITIALIZING' as const, active: 'INTENT#1', v: 1 };
    w.store.heads.set(9, { ...head, intentAt: w.clock.now() });
    await w.reconcile();
    expect((await now(w, 9)).status).toBe('INITIALIZING');
    await w.clock.advance(61_000);
    w.flink.fault = refuse('identify');
    await w.reconcile();
    expect(await now(w, 9)).toMatchObject({ status: 'UNKNOWN', error: 'interrupted; its statements may have run' });
  });
});

describe('reconcile: runs that ended without a job are watched', () => {
  it('cancels a job that turns up under the id, says so, and leaves the status alone', async () => {
    const w = world({ tasks: [aTask({ statement: 'INSERT INTO nope SELECT 1;' })] });
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'FAILED', active: 'WATCH#1' });
    putJob(w, head, 'RUNNING');
    await w.reconcile();
    expect(w.flink.jobs.get(head.jobId ?? '')?.state).toBe('CANCELED');
    expect(await now(w, 1)).toMatchObject({ status: 'FAILED', error: head.error });
    expect((await now(w, 1)).events.at(-1)?.cause).toMatch(/a job appeared/);
  });

  it('stops after two hours', async () => {
    const w = world({ tasks: [aTask({ statement: 'INSERT INTO nope SELECT 1;' })] });
    await w.submit();
    await w.clock.advance(119 * MINUTE);
    await w.reconcile();
    expect((await now(w, 1)).active).toBe('WATCH#1');
    await w.clock.advance(2 * MINUTE);
    await w.reconcile();
    expect((await now(w, 1)).active).toBeNull();
  });
});

describe('reconcile: sweeps', () => {
  it('goes on where the last one had to stop', async () => {
    const tasks = Array.from({ length: 40 }, (_, n) => aTask({ id: n + 1 }));
    const w = world({ tasks });
    for (const { id } of tasks) await w.submit({ taskId: id });
    w.flink.fault = async (call, before) => {
      if (call === 'job' && before) await w.clock.sleep(9_900);
    };
    const reports = [];
    for (let sweep = 0; sweep < 20; sweep += 1) {
      reports.push(await w.reconcile());
      if (reports.at(-1)?.passEnded === true) break;
    }
    expect(reports[0]?.passEnded).toBe(false);
    expect(reports.at(-1)?.passEnded).toBe(true);
    expect([...w.store.heads.values()].every(({ status }) => status === 'RUNNING')).toBe(true);
  });

  it('is not stopped by one bad run', async () => {
    const w = world({ tasks: [aTask({ id: 1 }), aTask({ id: 2 })] });
    for (const taskId of [1, 2]) await w.submit({ taskId });
    const badId = (await now(w, 1)).jobId;
    w.flink.fault = (call, before, detail) => {
      if (call === 'job' && before && detail === badId) throw new Error('a bug');
    };
    await w.reconcile();
    expect((await now(w, 2)).status).toBe('RUNNING');
  });
});

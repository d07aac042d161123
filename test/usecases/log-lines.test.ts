/** What the log tells of a run that does not go its way: an operator needs to know which run, and why. */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../lib/domain/errors.ts';
import type { Call } from '../fakes/fake-flink.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;

/** Each such call fails, or each such call of one job. */
function fails(w: World, wanted: Call, code: ErrorCode, message = 'HTTP 500.'): void {
  w.flink.fault = (call, before) => {
    if (call === wanted && before) throw new AppError(code, message);
  };
}

const linesOf = (w: World, message: string): unknown[] =>
  w.log.lines.filter((line) => line.message === message).map(({ level, fields }) => ({ level, fields }));

async function lostSubmit(w: World): Promise<number> {
  fails(w, 'start', 'flink.noReply', 'No reply.');
  const { head } = await w.submit();
  w.flink.fault = () => undefined;
  await w.clock.advance(MINUTE);
  return head.id;
}

describe('the log tells of', () => {
  it('a submitter that asks in vain for the job of its run', async () => {
    const w = world();
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
      if (call === 'job' && before) throw new AppError('flink.unreachable', 'refused');
    };
    const { head } = await w.submit({}, 3_000);
    expect(linesOf(w, 'JobManager did not answer')).toContainEqual({
      level: 'info',
      fields: { runId: head.id, error: 'refused' },
    });
  });

  it('statements before the job that were interrupted', async () => {
    const w = world();
    fails(w, 'configure', 'flink.noReply', 'No reply.');
    const { head } = await w.submit();
    expect(linesOf(w, 'statements before the job were interrupted')).toEqual([
      { level: 'warn', fields: { runId: head.id, reason: expect.stringContaining('No reply.') as string } },
    ]);
  });

  it('a poll that could not ask Flink', async () => {
    const w = world();
    const { head } = await w.submit();
    fails(w, 'job', 'flink.failed');
    await w.poll(head.id);
    expect(linesOf(w, 'Flink could not be asked')).toEqual([
      { level: 'info', fields: { runId: head.id, error: 'HTTP 500.' } },
    ]);
  });

  it('a cancel that did not reach Flink', async () => {
    const w = world();
    const { head } = await w.submit();
    fails(w, 'cancel', 'flink.noReply', 'No reply.');
    await w.cancel();
    expect(linesOf(w, 'cancel not delivered: the reconciler repeats it')).toEqual([
      { level: 'warn', fields: { runId: head.id, error: 'No reply.' } },
    ]);
  });

  it('one job whose details a sweep could not have', async () => {
    const w = world();
    const { head } = await w.submit();
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
    await w.clock.advance(MINUTE);
    fails(w, 'job', 'flink.failed');
    await w.reconcile();
    expect(linesOf(w, 'the details of one job could not be read')).toContainEqual({
      level: 'warn',
      fields: { runId: head.id, error: 'HTTP 500.' },
    });
  });

  it('a cluster that a sweep could not reach', async () => {
    const w = world();
    await w.submit();
    w.flink.deadHosts.add('jobmanager:8081');
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(linesOf(w, 'cluster not reachable')).toEqual([
      { level: 'warn', fields: { hosts: 'jobmanager:8081', error: expect.stringMatching(/\S/) as string } },
    ]);
  });

  it('a cluster that does not list its jobs', async () => {
    const w = world();
    await w.submit();
    await w.clock.advance(MINUTE);
    fails(w, 'overview', 'flink.failed');
    await w.reconcile();
    expect(linesOf(w, 'cluster does not list its jobs: each run is checked by itself')).toEqual([
      { level: 'warn', fields: { address: 'jobmanager:8081', error: 'HTTP 500.' } },
    ]);
  });

  it('a run that could not be sent again', async () => {
    const w = world();
    const runId = await lostSubmit(w);
    fails(w, 'open', 'flink.unreachable', 'refused');
    await w.reconcile();
    expect(linesOf(w, 'run not sent again: the next sweep tries')).toEqual([
      { level: 'warn', fields: { runId, error: expect.stringContaining('refused') as string } },
    ]);
  });

  it('a run whose body is not in the table', async () => {
    const w = world();
    const runId = await lostSubmit(w);
    w.store.bodies.clear();
    await w.reconcile();
    expect(linesOf(w, "a run without its body can't be sent again")).toEqual([{ level: 'error', fields: { runId } }]);
  });

  it('secrets that could not be read for another send', async () => {
    const statement =
      "CREATE TABLE t (a INT) WITH ('connector'='blackhole', 'password'='${pw}'); INSERT INTO t SELECT 1;";
    const variables = [{ name: 'pw', value: { secret: 'dinghy/pw' }, note: null }];
    const w = world({ tasks: [aTask({ statement, fragment: true })], variables });
    w.secrets.values.set('dinghy/pw', 'hunter22');
    const runId = await lostSubmit(w);
    w.secrets.failure = new AppError('secret.unavailable', 'The store is away.');
    await w.reconcile();
    expect(linesOf(w, 'secrets not read: the next sweep tries again')).toEqual([
      { level: 'warn', fields: { runId, error: 'The variable ${pw} has no value: The store is away.' } },
    ]);
    expect(w.store.heads.get(runId)).toMatchObject({ sends: 1, triedWhy: 'its secrets could not be read' });
  });

  it.each([
    ['a store that is away', new AppError('store.unavailable', 'DynamoDB could not be used.'), /^DynamoDB could not/],
    ['a bug, with its place', new TypeError('x is undefined'), /TypeError: x is undefined\n.*log-lines\.test\.ts/s],
  ])('a part of the index that could not be read: %s', async (_what, problem, error) => {
    const w = world();
    const { activeRuns } = w.sweep;
    w.sweep.activeRuns = (partition, after) =>
      partition === 'LIVE#3' ? Promise.reject(problem) : activeRuns(partition, after);
    await w.reconcile();
    expect(linesOf(w, 'part of the index was not read: the next sweep continues there')).toContainEqual({
      level: 'error',
      fields: { partition: 'LIVE#3', error: expect.stringMatching(error) as string },
    });
  });

  it('an item of the index that can not be read, once in a sweep', async () => {
    const w = world();
    const { activeRuns } = w.sweep;
    w.sweep.activeRuns = async (partition, after) => {
      const page = await activeRuns(partition, after);
      return partition === 'LIVE#3' || partition === 'WATCH#3' ? { ...page, unreadable: ['RUN#7: no status'] } : page;
    };
    await w.reconcile();
    expect(linesOf(w, 'an item of the table was skipped')).toEqual([
      { level: 'error', fields: { error: 'RUN#7: no status' } },
    ]);
  });
});

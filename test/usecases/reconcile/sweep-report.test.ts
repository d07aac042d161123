/** What a sweep tells of itself, and where it goes on the next time when its own notes fail. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { reconcile } from '../../../lib/usecases/reconcile.ts';
import { aCluster, aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const MINUTE = 60_000;
const AWAY = new AppError('store.unavailable', 'Slow down.');
const linesOf = (w: World): unknown[] =>
  w.log.lines
    .filter(({ message }) => message !== 'swept')
    .map(({ level, message, fields }) => [level, message, fields]);

describe('where a sweep stopped', () => {
  it('and could not be read is the start, and the log tells why', async () => {
    const w = world();
    const { head } = await w.submit();
    w.sweep.readCursor = () => Promise.reject(AWAY);
    expect(await w.reconcile()).toMatchObject({ runs: 1, passEnded: true });
    const message = 'the position of the last sweep could not be read: this sweep starts from the beginning';
    expect(linesOf(w)).toEqual([['warn', message, { error: 'Slow down.' }]]);
    expect(w.store.heads.get(head.id)?.status).toBe('RUNNING');
  });

  it.each([
    ['a table that is away', AWAY, 'warn'],
    ['a bug', new TypeError('x is undefined'), 'error'],
  ])('and can not be written by %s undoes nothing, and is logged', async (_what, error, level) => {
    const w = world();
    await w.submit();
    w.sweep.cursor = { 'LIVE#3': 3 };
    w.sweep.writeCursor = () => Promise.reject(error);
    expect(await w.reconcile()).toMatchObject({ runs: 1, failedRuns: 0, passEnded: true });
    const message = 'the position of this sweep could not be saved: the next sweep repeats some of it';
    expect(linesOf(w)).toMatchObject([[level, message, { error: expect.stringContaining(error.message) as string }]]);
  });
});

it('a sweep names no more than ten of those that do not answer', async () => {
  const ids = Array.from({ length: 12 }, (_, n) => n + 1);
  const clusters = ids.map((id) => aCluster({ id, name: `c${id}`, hosts: `jm-${id}:8081` }));
  const tasks = ids.map((id) => aTask({ id, type: 'standalone', clusterId: id }));
  const w = world({ tasks, clusters });
  for (const taskId of ids) await w.submit({ taskId });
  for (const id of ids) w.flink.deadHosts.add(`jm-${id}:8081`);
  const { away } = await w.reconcile();
  expect(away).toHaveLength(10);
});

it('a part of the index that failed is told of, also when there was no time to try it again', async () => {
  const w = world();
  w.flink.fault = (call, before) => {
    if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
  };
  await w.submit();
  await w.clock.advance(MINUTE);
  // Sending again takes all the time that is left.
  w.flink.fault = (call, before) => (call === 'start' && before ? w.clock.sleep(24 * 60 * MINUTE) : undefined);
  const { activeRuns } = w.sweep;
  w.sweep.activeRuns = (partition, after) =>
    partition === 'LIVE#3' ? Promise.reject(AWAY) : activeRuns(partition, after);
  const report = await w.clock.run(reconcile(w)({ budgetMs: 12_000 }));
  expect(report).toMatchObject({ failedPartitions: ['LIVE#3'], passEnded: false });
});

describe('of the runs that have not ended', () => {
  it('counts all, whose job is seen or not, and forgets those that have ended', async () => {
    const w = world({ tasks: [aTask({ id: 1 }), aTask({ id: 2, name: 'another' })] });
    await w.submit({ taskId: 1 });
    await w.submit({ taskId: 2 });
    expect(await w.reconcile()).toMatchObject({ live: 2, notSeen: 0, undeliveredCancels: 0 });
    w.flink.deadHosts.add('jobmanager:8081');
    expect(await w.reconcile()).toMatchObject({ live: 2, notSeen: 2, undeliveredCancels: 0 });
  });

  it('counts one that is sent again in the same sweep once, and as no job that is missed', async () => {
    const w = world();
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    await w.submit();
    w.flink.fault = () => undefined;
    await w.clock.advance(2 * MINUTE);
    expect(await w.reconcile()).toMatchObject({ sent: 1, live: 1, notSeen: 0 });
  });

  it('counts a cancel that its job has outlived by more than a minute', async () => {
    const w = world();
    await w.submit();
    w.flink.fault = (call) => {
      if (call === 'cancel') throw new AppError('flink.noReply', 'No reply.');
    };
    await w.cancel();
    expect(await w.reconcile()).toMatchObject({ live: 1, undeliveredCancels: 0 });
    await w.clock.advance(MINUTE + 1);
    expect(await w.reconcile()).toMatchObject({ live: 1, undeliveredCancels: 1 });
  });
});

it('an index that can not be read is asked for in one request once, and then part by part', async () => {
  const w = world();
  let asked = 0;
  w.sweep.wholeIndex = () => {
    asked += 1;
    return Promise.reject(AWAY);
  };
  w.sweep.activeRuns = () => Promise.reject(AWAY);
  expect(await w.reconcile()).toMatchObject({ leftPartitions: 41, passEnded: false });
  expect(asked).toBe(1);
});

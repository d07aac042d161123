/** The looks of a sweep (protocol.md section 6): how many at once, where it stops, and what fails alone. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { newDeployment } from '../../../lib/domain/options/own-cluster.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { reconcile } from '../../../lib/usecases/reconcile.ts';
import { headAt } from '../../builders/a-head.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const MINUTE = 60_000;
const jobIdOf = (id: number): string => id.toString(16).padStart(32, '0');

/** Live runs with these numbers, whose cluster lists no job: each is asked for by itself, which takes so long. */
function live(ids: readonly number[], changes: (id: number) => Partial<RunHead>, lookMs: number) {
  const w = world();
  for (const id of ids) {
    const place = { hosts: 'a:8081', address: 'a:8081', active: `LIVE#${id % 16}` };
    const run = { id, jobId: jobIdOf(id), status: 'CREATED', submitStatus: 'SUCCESS', open: [], ...place } as const;
    w.store.heads.set(id, headAt(w.clock.now() - MINUTE, { ...run, ...changes(id) }));
  }
  w.flink.overview = () => Promise.reject(new AppError('flink.failed', 'HTTP 500.'));
  const looked: { id: number; at: number }[] = [];
  const count = { underWay: 0, most: 0 };
  w.flink.job = async (_address, jobId, signal) => {
    count.most = Math.max(count.most, (count.underWay += 1));
    await w.clock.sleep(lookMs, signal);
    count.underWay -= 1;
    if (signal.aborted) throw new AppError('budget.exceeded', 'Out of time.');
    looked.push({ id: Number.parseInt(jobId, 16), at: w.clock.now() });
    return { state: 'RUNNING', ranAt: 1, endedAt: null };
  };
  return { w, looked, count };
}

const numbers = (count: number, from = 1): number[] => Array.from({ length: count }, (_, n) => from + n);
const statuses = (w: World): Set<string> => new Set([...w.store.heads.values()].map(({ status }) => status));

describe('the runs of one cluster', () => {
  it('are looked at ten at a time, in whichever parts of the index they stand', async () => {
    const { w, count } = live(numbers(64), () => ({}), 10);
    await w.reconcile();
    expect(count.most).toBe(10);
    expect([...statuses(w)]).toEqual(['RUNNING']);
  });

  it('do not hold up those of another, however slow their cluster is', async () => {
    const slow = numbers(40);
    const { w, looked } = live([...slow, 99], (id) => (id === 99 ? { hosts: 'b:8081', address: 'b:8081' } : {}), 9_000);
    const { job } = w.flink;
    w.flink.job = (address, jobId, signal) =>
      address === 'b:8081'
        ? Promise.resolve({ state: 'RUNNING', ranAt: 1, endedAt: null })
        : job(address, jobId, signal);
    const startedAt = w.clock.now();
    const sweeping = reconcile(w)({ budgetMs: 60_000 });
    await w.clock.advance(10);
    expect(w.store.heads.get(99)?.status).toBe('RUNNING');
    expect([looked.length, w.clock.now() - startedAt]).toEqual([0, 10]);
    await w.clock.run(sweeping);
  });

  it('are those of its address, also where one of them takes it for its own: it is asked once who answers', async () => {
    const deployment = newDeployment(
      { type: 'kubernetes-application', properties: {}, jobManager: null },
      2,
      jobIdOf(2),
    );
    const { w } = live([2, 18], (id) => (id === 2 ? { deployment: { ...deployment, clusterId: 'c' } } : {}), 1);
    let asked = 0;
    w.flink.fault = (call, before) => {
      if (call === 'identify' && before) asked += 1;
    };
    await w.reconcile();
    expect([asked, [...statuses(w)]]).toEqual([1, ['RUNNING']]);
    expect(w.sweep.clusters.has('a:8081')).toBe(true);
  });
});

describe('a sweep whose time is up', () => {
  it('before the first run of a part was looked at begins there the next time, and no part counts as failed', async () => {
    const { w } = live([16], () => ({}), 9_999);
    w.flink.fault = (call, before) => (call === 'identify' && before ? w.clock.sleep(4_999) : undefined);
    const cut = await w.clock.run(reconcile(w)({ budgetMs: 10_000 }));
    expect(cut).toMatchObject({ failedPartitions: [], leftPartitions: 1, passEnded: false, failedRuns: 0 });
    expect(w.sweep.cursor).toEqual({});
    expect(await w.reconcile()).toMatchObject({ leftPartitions: 0, passEnded: true });
    expect([...statuses(w)]).toEqual(['RUNNING']);
  });

  it('within a part goes on behind the last run that was looked at, and looks at none twice', async () => {
    const { w, looked } = live(
      numbers(25).map((n) => 16 * n),
      () => ({}),
      4_000,
    );
    const sweep = () => w.clock.run(reconcile(w)({ budgetMs: 10_000 }));
    expect(await sweep()).toMatchObject({ leftPartitions: 1, passEnded: false });
    const first = looked.map(({ id }) => id);
    expect(w.sweep.cursor).toEqual({ 'LIVE#0': Math.max(...first) });
    while (!(await sweep()).passEnded);
    expect(looked.map(({ id }) => id).sort((a, b) => a - b)).toEqual(numbers(25).map((n) => 16 * n));
    expect(w.sweep.cursor).toEqual({});
  });

  it('begins no further look: nothing is read or asked after its end', async () => {
    const { w, looked } = live(
      numbers(40).map((n) => 16 * n),
      () => ({}),
      7_000,
    );
    const endsAt = w.clock.now() + 8_000;
    const { runs } = await w.clock.run(reconcile(w)({ budgetMs: 10_000 }));
    expect(w.clock.now()).toBeLessThanOrEqual(endsAt);
    // The first goes alone, to find out whether anybody answers; then ten are under way.
    expect([runs, looked.length]).toEqual([11, 1]);
  });
});

describe('a run that was sent again', () => {
  async function lost(): Promise<World> {
    const w = world({ tasks: [aTask({ id: 1 }), aTask({ id: 2 })] });
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    await w.submit();
    w.flink.fault = () => undefined;
    await w.submit({ taskId: 2 });
    await w.clock.advance(MINUTE);
    return w;
  }

  it('is looked at once more, so that its job is told of at once', async () => {
    const w = await lost();
    expect(await w.reconcile()).toMatchObject({ runs: 3, sent: 1, failedRuns: 0 });
    expect([...statuses(w)]).toEqual(['RUNNING']);
  });

  it('and has ended by that, or is not there any more, is not', async () => {
    for (const changes of [{ status: 'CANCELED', active: null } as const, null]) {
      const w = await lost();
      const { readHead } = w.store;
      w.store.readHead = async (id) => {
        const head = await readHead(id);
        if (id !== 1 || head?.status !== 'CREATED') return head;
        return changes === null ? null : { ...head, ...changes };
      };
      expect(await w.reconcile()).toMatchObject({ runs: 2, sent: 1, failedRuns: 0 });
    }
  });

  it.each([
    ['a table that is away', new AppError('store.unavailable', 'Slow down.'), 'warn'],
    ['a bug', new TypeError('x is undefined'), 'error'],
  ])(
    'and can not be read then, by %s, does not end the sweep: the others are told of, and the next one looks',
    async (...row) => {
      const [, error, level] = row;
      const w = await lost();
      const { readHead } = w.store;
      w.store.readHead = async (id) => {
        const head = await readHead(id);
        if (id === 1 && head?.status === 'CREATED') throw error;
        return head;
      };
      expect(await w.reconcile()).toMatchObject({ sent: 1, failedRuns: 1, passEnded: true });
      const told = w.log.lines.filter(({ message }) => message.startsWith('run not reconciled'));
      expect(told).toMatchObject([{ level, fields: { runId: 1 } }]);
      expect(w.store.heads.get(2)?.status).toBe('RUNNING');
      w.store.readHead = readHead;
      await w.reconcile();
      expect(w.store.heads.get(1)?.status).toBe('RUNNING');
    },
  );
});

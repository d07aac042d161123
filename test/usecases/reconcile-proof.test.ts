/** What ends or repeats a run rests on who answered: a JobManager that was exchanged meanwhile proves nothing. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { SweepStore } from '../../lib/domain/ports.ts';
import { reconcile } from '../../lib/usecases/reconcile.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { memorySweepStore } from '../fakes/memory-sweep-store.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const ONCE = "CREATE TABLE t WITH ('connector'='blackhole') AS SELECT 1;";

async function lostSubmit(statement?: string): Promise<World> {
  const w = world({ tasks: [aTask(statement === undefined ? {} : { statement })] });
  w.flink.fault = (call, before) => {
    if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
  };
  expect((await w.submit()).head).toMatchObject({ status: 'INITIALIZING', open: [1] });
  w.flink.fault = () => undefined;
  return w;
}

/** The JobManager is exchanged right after it has answered that it does not know the job. */
function exchangedAfterIts404(w: World): void {
  w.flink.fault = (call, before) => {
    if (call === 'job' && !before) w.flink.jmId = '/tmp/flink-web-2';
  };
}

describe('a JobManager that is exchanged after its 404', () => {
  it('is not taken for the one that proved that nothing was started', async () => {
    const w = await lostSubmit(ONCE);
    await w.clock.advance(21 * MINUTE);
    await w.reconcile();
    expect(w.store.heads.get(1)?.missedAt).not.toBeNull();
    await w.clock.advance(MINUTE);
    exchangedAfterIts404(w);
    await w.reconcile();
    const head = w.store.heads.get(1);
    expect(head?.error ?? '').not.toMatch(/took none/);
    expect(head?.status).not.toBe('FAILED');
  });

  it('gets no send of a run that the one before may have started', async () => {
    const w = await lostSubmit();
    await w.clock.advance(MINUTE);
    exchangedAfterIts404(w);
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'INITIALIZING' });
    expect(w.flink.started).toEqual([]);
  });

  it('that can not be asked once more ends and sends nothing in this sweep', async () => {
    const w = await lostSubmit(ONCE);
    await w.clock.advance(21 * MINUTE);
    await w.reconcile();
    await w.clock.advance(MINUTE);
    let asked = false;
    w.flink.fault = (call, before) => {
      if (call === 'job' && !before) asked = true;
      if (call === 'identify' && before && asked) throw new AppError('flink.unreachable', 'connection refused');
    };
    await w.reconcile();
    expect(w.store.heads.get(1)?.status).toBe('INITIALIZING');
    w.flink.fault = () => undefined;
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'FAILED', error: 'Flink accepted none of 1 submission' });
  });
});

describe('a sweep that stops inside a partition of several pages', () => {
  it('is gone on with behind what was looked at: no run is left out, none is looked at for ever', async () => {
    const w = world({ tasks: Array.from({ length: 192 }, (_, n) => aTask({ id: n + 1 })) });
    for (let taskId = 1; taskId <= 192; taskId += 1) await w.submit({ taskId });
    // Of each of the 16 partitions twelve runs, five to a page: a sweep comes through five pages.
    let asked: { partition: string; after: number | null }[] = [];
    const inner = memorySweepStore(w.store.heads, 5);
    const activeRuns: SweepStore['activeRuns'] = (partition, after) => {
      if (partition.startsWith('LIVE')) asked.push({ partition, after });
      return inner.activeRuns(partition, after);
    };
    w.flink.fault = async (call, before) => {
      if (call === 'job' && before) await w.clock.sleep(9_000);
    };
    const firstPages: (number | null)[] = [];
    for (let ended = false; !ended && firstPages.length < 60;) {
      asked = [];
      ended = (await w.clock.run(reconcile({ ...w, sweep: { ...inner, activeRuns } })({ budgetMs: 60_000 }))).passEnded;
      firstPages.push(asked[0]?.after ?? null);
    }
    expect([...w.store.heads.values()].filter(({ status }) => status !== 'RUNNING')).toEqual([]);
    expect(firstPages.some((after) => after !== null)).toBe(true);
  });
});

/** Those who wait for another run: how soon they notice, and what their waiting costs DynamoDB and Flink. */
import { describe, expect, it } from 'vitest';
import type { RunView } from '../../lib/domain/answer.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const WITH_VARIABLE = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x};";
const SUBMIT_ALONE_MS = 500;

interface Counted {
  store: number;
  flink: number;
  cancels: number;
}

/** Counts every request from now on. */
function counted(w: World): Counted {
  const count: Counted = { store: 0, flink: 0, cancels: 0 };
  for (const part of [w.store, w.keys, w.savepoints] as unknown as Record<string, unknown>[]) {
    for (const [name, method] of Object.entries(part)) {
      if (typeof method !== 'function') continue;
      part[name] = (...args: unknown[]): unknown => {
        count.store += 1;
        return (method as (...given: unknown[]) => unknown)(...args);
      };
    }
  }
  const { fault } = w.flink;
  w.flink.fault = (call, before, detail) => {
    if (before) count.flink += 1;
    if (before && call === 'cancel') count.cancels += 1;
    return fault(call, before, detail);
  };
  return count;
}

/** A JobManager that takes a cancel at once and needs `ms` to end the job. */
function endsSlowly(w: World, ms: number): void {
  w.flink.cancel = async (_address, jobId, signal) => {
    await w.flink.fault('cancel', true, jobId);
    if (signal.aborted) throw new AppError('budget.exceeded', 'Out of time.');
    const job = w.flink.jobs.get(jobId);
    if (job?.endedAt !== null) return;
    job.state = 'CANCELLING';
    w.clock
      .sleep(ms)
      .then(() => Object.assign(job, { state: 'CANCELED', endedAt: w.clock.now() }))
      .catch(() => undefined);
  };
}

async function timed(w: World, work: () => Promise<RunView>): Promise<{ view: RunView; tookMs: number }> {
  const startedAt = w.clock.now();
  const view = await work();
  return { view, tookMs: w.clock.now() - startedAt };
}

describe('a submit after a cancel', () => {
  it.each([false, true])(
    'asks Flink whether the run has ended, soon after a poll too (isOnline %s)',
    async (isOnline) => {
      const w = world();
      const { head } = await w.submit();
      await w.clock.advance(6_000);
      await w.poll(head.id);
      endsSlowly(w, 1_000);
      await w.cancel();
      const requests = counted(w);
      const { view, tookMs } = await timed(w, () => w.submit({ isOnline }));
      expect(view).toMatchObject({ duplicate: false, head: { id: 2 } });
      expect(tookMs).toBeLessThan(2_000 + SUBMIT_ALONE_MS);
      expect(requests.store).toBeLessThan(30);
      expect(w.store.heads.get(1)).toMatchObject({ status: 'CANCELED' });
    },
  );

  it('with isOnline waits for the cancelled run of other variables', async () => {
    const w = world({ tasks: [aTask({ statement: WITH_VARIABLE })] });
    await w.submit({ variables: { x: '1' } });
    endsSlowly(w, 1_000);
    await w.cancel();
    const { view, tookMs } = await timed(w, () => w.submit({ variables: { x: '2' }, isOnline: true }));
    expect(view).toMatchObject({ duplicate: false });
    expect(tookMs).toBeLessThan(2_000 + SUBMIT_ALONE_MS);
  });

  it('delivers the cancel that did not reach Flink', async () => {
    const w = world();
    await w.submit();
    w.flink.fault = (call) => {
      if (call === 'cancel') throw new AppError('flink.unreachable', 'connection refused');
    };
    await w.cancel();
    w.flink.fault = () => undefined;
    endsSlowly(w, 1_000);
    const { view, tookMs } = await timed(w, () => w.submit());
    expect(view).toMatchObject({ duplicate: false });
    expect(tookMs).toBeLessThan(2_500 + SUBMIT_ALONE_MS);
  });

  it('does not tell a job again that is being cancelled', async () => {
    const w = world();
    await w.submit();
    endsSlowly(w, 10_000);
    await w.cancel();
    const requests = counted(w);
    expect((await w.submit()).duplicate).toBe(false);
    expect(requests.cancels).toBe(0);
  });

  it.each(['unreachable', 'never ends'])('is refused when its time is up, after few requests (%s)', async (how) => {
    const w = world();
    await w.submit();
    endsSlowly(w, 600_000);
    await w.cancel();
    if (how === 'unreachable') {
      w.flink.fault = (call) => {
        if (call === 'job' || call === 'cancel') throw new AppError('flink.unreachable', 'connection refused');
      };
    }
    const requests = counted(w);
    await expect(w.submit()).rejects.toThrow(/Run 1 of task 1 is being cancelled/);
    expect(requests.store).toBeLessThan(40);
    expect(requests.flink).toBeLessThan(40);
  });

  it('of a run without a job asks nobody for one', async () => {
    const w = world();
    const { head } = await w.submit();
    const live = { status: 'INITIALIZING', submitStatus: 'INITIALIZE', kind: 'none', jobId: null } as const;
    w.store.heads.set(1, { ...head, ...live, cancelAskedAt: w.clock.now(), cancelAskedBy: 'test' });
    const asked: string[] = [];
    w.flink.fault = (call, before) => {
      if (before) asked.push(call);
    };
    await expect(w.submit({}, 5_000)).rejects.toThrow(/Run 1 of task 1 is being cancelled/);
    expect(asked).not.toContain('job');
  });

  it('follows a record that somebody else ends', async () => {
    const w = world();
    const { head } = await w.submit();
    await w.cancel();
    w.flink.fault = (call) => {
      if (call === 'job') throw new AppError('flink.unreachable', 'connection refused');
    };
    const stored = await w.store.readHead(head.id);
    w.clock
      .sleep(3_000)
      .then(async () => {
        const there = (await w.store.readHead(head.id)) ?? stored;
        if (there !== null)
          await w.store.updateHead(there, { status: 'CANCELED', finishedAt: 1, active: null }, 'seen');
      })
      .catch(() => undefined);
    const { view, tookMs } = await timed(w, () => w.submit());
    expect(view.duplicate).toBe(false);
    expect(tookMs).toBeLessThan(5_500);
  });
});

describe('a repeat that waits for the outcome', () => {
  /** A run whose submitter has gone away in the middle. */
  async function undecided(w: World): Promise<void> {
    w.flink.planningMs = 600_000;
    const { head } = await w.submit({}, 1_000);
    expect(head.submitStatus).toBe('INITIALIZE');
  }

  it('reads the record with growing pauses', async () => {
    const w = world();
    await undecided(w);
    const requests = counted(w);
    expect(await w.submit()).toMatchObject({ duplicate: true, head: { submitStatus: 'INITIALIZE' } });
    expect(requests.store).toBeLessThan(40);
    // At most one question for each look: 25 s with pauses of up to 2 s.
    expect(requests.flink).toBeLessThanOrEqual(20);
  });

  it('asks Flink, should nobody else do so', async () => {
    const w = world();
    await undecided(w);
    const jobId = w.store.heads.get(1)?.jobId ?? '';
    const job = { id: jobId, sql: '', config: {}, cause: null, endedAt: null };
    w.clock
      .sleep(3_000)
      .then(() => w.flink.jobs.set(jobId, { ...job, state: 'RUNNING', ranAt: w.clock.now() }))
      .catch(() => undefined);
    const { view, tookMs } = await timed(w, () => w.submit());
    expect(view).toMatchObject({ duplicate: true, head: { submitStatus: 'SUCCESS' } });
    expect(tookMs).toBeLessThan(9_000);
  });

  it('notices soon what is recorded soon', async () => {
    const w = world();
    const [first, second] = await Promise.all([w.submit(), w.clock.sleep(1).then(() => w.submit())]);
    expect([first.duplicate, second.duplicate]).toEqual([false, true]);
    expect(first.head.id).toBe(second.head.id);
  });
});

describe('a claim without its run', () => {
  it('is waited for 5 s, with growing pauses', async () => {
    const w = world();
    const { head } = await w.submit();
    w.store.heads.delete(head.id);
    const requests = counted(w);
    const { view, tookMs } = await timed(w, () => w.submit());
    expect(view).toMatchObject({ duplicate: false });
    expect(w.store.heads.get(head.id)?.status).toBe('VOID');
    expect(tookMs).toBeGreaterThanOrEqual(5_000);
    expect(tookMs).toBeLessThan(5_000 + 2 * SUBMIT_ALONE_MS);
    expect(requests.store).toBeLessThan(30);
  });
});

/** A repeat waits for the outcome of the run it was given: what it asks meanwhile, and what does not fail it (protocol.md section 4). */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { awaitOutcome } from '../../../lib/usecases/submit/await-outcome.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { headAt } from '../../builders/a-head.ts';
import { type World, world } from '../world.ts';

const DONE: Partial<RunHead> = { status: 'CREATED', submitStatus: 'SUCCESS', open: [] };
const AWAY = new AppError('store.unavailable', 'Slow down.');

/** `read`: what the table has each time. Gives when it was read, and how often Flink was asked. */
async function waited(read: (w: World, times: number) => Promise<RunHead | null>) {
  const w = world();
  const given = headAt(w.clock.now());
  w.store.heads.set(given.id, given);
  const reads: number[] = [];
  let jobs = 0;
  w.store.readHead = () => {
    reads.push(w.clock.monotonic());
    return read(w, reads.length);
  };
  w.flink.job = () => {
    jobs += 1;
    return Promise.resolve(null);
  };
  const waiting = withinBudget(w.clock, 3_000, (budget) => awaitOutcome(w, given, budget));
  const outcome = await w.clock.run(waiting.catch((error: unknown) => error));
  return { outcome, given, reads, jobs, tookMs: w.clock.monotonic() };
}

const stored = (w: World): RunHead | null => w.store.heads.get(21) ?? null;

describe('the outcome of a run', () => {
  it('is looked for ever less often, and Flink is not asked once it is recorded', async () => {
    const { outcome, reads, jobs } = await waited((w, times) => {
      const head = stored(w);
      return Promise.resolve(times > 2 && head !== null ? { ...head, ...DONE } : head);
    });
    expect(outcome).toMatchObject(DONE);
    expect([reads, jobs]).toEqual([[100, 300, 700], 1]);
  });

  it('is not asked of Flink when the submitter has just recorded it', async () => {
    const { outcome, jobs } = await waited((w) => Promise.resolve({ ...headAt(w.clock.now()), ...DONE }));
    expect(outcome).toMatchObject(DONE);
    expect(jobs).toBe(0);
  });

  it('that does not come is not looked for after the time is up', async () => {
    const { outcome, given, reads, tookMs } = await waited((w) => Promise.resolve(stored(w)));
    expect(outcome).toMatchObject({ id: given.id, submitStatus: 'INITIALIZE' });
    expect([reads, tookMs]).toEqual([[100, 300, 700, 1_500], 3_000]);
  });

  it('of a run that is not in the table is what is known', async () => {
    const { outcome, given } = await waited(() => Promise.resolve(null));
    expect(outcome).toMatchObject({ id: given.id, status: given.status });
  });
});

describe('a table that fails', () => {
  it('in time is told of', async () => {
    expect((await waited(() => Promise.reject(AWAY))).outcome).toBe(AWAY);
  });

  it('because the time is up refuses nothing: the run is known', async () => {
    const { outcome, given } = await waited(async (w) => {
      await w.clock.sleep(3_000);
      throw AWAY;
    });
    expect(outcome).toBe(given);
  });

  it('by a bug brings it to light, also when the time is up', async () => {
    const bug = new TypeError('x is undefined');
    for (const ms of [0, 3_000]) {
      const { outcome } = await waited(async (w) => {
        await w.clock.sleep(ms);
        throw bug;
      });
      expect(outcome).toBe(bug);
    }
  });
});

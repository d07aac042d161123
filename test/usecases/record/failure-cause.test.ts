/** Why a job failed is asked for once, when its end is recorded: who has no time for it must not end the run. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { failureCause } from '../../../lib/usecases/record/failure-cause.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

async function withFailedJob(): Promise<{ w: World; runId: number }> {
  const w = world();
  const { head } = await w.submit();
  const job = w.flink.jobs.get(head.jobId ?? '');
  Object.assign(job ?? {}, { state: 'FAILED', endedAt: w.clock.now(), cause: 'disk full' });
  await w.clock.advance(10_000);
  return { w, runId: head.id };
}

it('a poll whose time runs out while it asks leaves the end to the sweep, which tells the reason', async () => {
  const { w, runId } = await withFailedJob();
  const { failureCause } = w.flink;
  w.flink.failureCause = async (...asked) => {
    await w.clock.sleep(5_000);
    if (asked[2].aborted) throw new AppError('budget.exceeded', 'Out of time.');
    return await failureCause(...asked);
  };
  expect((await w.poll(runId)).status).toBe('CREATED');
  await w.reconcile();
  expect(w.store.heads.get(runId)).toMatchObject({ status: 'FAILED', error: 'disk full' });
});

it('a JobManager that gives no reason does not keep the run from ending', async () => {
  const { w, runId } = await withFailedJob();
  w.flink.failureCause = () => Promise.reject(new AppError('flink.noReply', 'No reply.'));
  expect((await w.poll(runId)).status).toBe('CREATED');
  await w.reconcile();
  expect(w.store.heads.get(runId)).toMatchObject({ status: 'FAILED', error: 'Flink gave no reason' });
});

describe('the reason of a failure', () => {
  const FAILED = /not shown, because: /;
  const bug = new TypeError('x is undefined');

  /** A run that uses a secret, whose job has failed with a reason that quotes it. */
  async function quoting(cause: string | null = 'no login with hunter22'): Promise<{ w: World; head: RunHead }> {
    const statement = "INSERT INTO snk SELECT '${password}'";
    const variables = [{ name: 'password', value: { secret: 'env:PASSWORD' }, note: null }];
    const w = world({ tasks: [aTask({ statement, fragment: true })], variables });
    w.secrets.values.set('env:PASSWORD', 'hunter22');
    const { head } = await w.submit();
    w.flink.failureCause = () => Promise.resolve(cause);
    return { w, head };
  }

  const asked = async (w: World, head: RunHead) => failureCause(w, head, new AbortController().signal);

  it('has the secret taken out of it', async () => {
    const { w, head } = await quoting();
    expect(await asked(w, head)).toEqual({ kind: 'told', cause: 'no login with ${password}' });
  });

  it('is left to a function that may read the secret', async () => {
    const { w, head } = await quoting();
    expect(await failureCause({ ...w, secrets: null }, head, new AbortController().signal)).toEqual({
      kind: 'notMine',
    });
    w.secrets.failure = new AppError('secret.unavailable', 'Slow down.');
    expect(await asked(w, head)).toEqual({ kind: 'notMine' });
  });

  it('is not shown when the secret is gone; where Flink gives none, there is nothing to show', async () => {
    for (const code of ['secret.notFound', 'secret.refused'] as const) {
      const { w, head } = await quoting();
      w.secrets.failure = new AppError(code, 'Gone.');
      const told = await asked(w, head);
      expect(told).toEqual({ kind: 'told', cause: expect.stringMatching(FAILED) as string });
      expect(JSON.stringify(told)).not.toContain('hunter22');
      w.flink.failureCause = () => Promise.resolve(null);
      expect(await asked(w, head)).toEqual({ kind: 'told', cause: null });
    }
  });

  it('is not shown when the body of the run can not be read, and unknown when there is none', async () => {
    const { w, head } = await quoting();
    w.store.readBody = () => Promise.reject(new AppError('store.invalid', 'The body can not be read.'));
    expect(await asked(w, head)).toEqual({ kind: 'told', cause: expect.stringMatching(FAILED) as string });
    w.store.readBody = () => Promise.resolve(null);
    expect(await asked(w, head)).toEqual({ kind: 'told', cause: null });
  });

  it('is unknown of a run without a job, and not answered when Flink is away', async () => {
    const { w, head } = await quoting();
    expect(await asked(w, { ...head, jobId: null })).toEqual({ kind: 'told', cause: null });
    w.flink.failureCause = () => Promise.reject(new AppError('flink.unreachable', 'refused'));
    expect(await asked(w, head)).toEqual({ kind: 'notAnswered' });
  });

  it.each<[string, (w: World) => void]>([
    ['a table that is away', (w) => (w.store.readBody = () => Promise.reject(bug))],
    ['a secret', (w) => (w.secrets.read = () => Promise.reject(bug))],
    ['Flink', (w) => (w.flink.failureCause = () => Promise.reject(bug))],
  ])('brings a bug at %s to light', async (_at, put) => {
    const { w, head } = await quoting(null);
    put(w);
    await expect(asked(w, head)).rejects.toBe(bug);
  });

  it('can not be told while the table is away', async () => {
    const { w, head } = await quoting();
    const away = new AppError('store.unavailable', 'Slow down.');
    w.store.readBody = () => Promise.reject(away);
    await expect(asked(w, head)).rejects.toBe(away);
  });
});

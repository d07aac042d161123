/** Why a job failed is asked for once, when its end is recorded: who has no time for it must not end the run. */
import { expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
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

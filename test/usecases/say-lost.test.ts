/** A person says that the job of a run is gone (protocol.md section 6): what is asked first, and what is refused. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { BUDGET_MS } from '../../lib/domain/limits.ts';
import { voidHead } from '../../lib/domain/run/new-run.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { type SaidLost, sayLost } from '../../lib/usecases/say-lost.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const UNTOUCHED = 'Nothing was changed';

const say = (w: World): Promise<SaidLost> => w.clock.run(sayLost(w)({ runId: 1, person: 'ada' }));
const now = (w: World): RunHead => w.store.heads.get(1)!;

async function running(hosts = 'jobmanager:8081'): Promise<World> {
  const tasks = [aTask({ type: 'standalone', clusterId: 1 })];
  const w = world({ tasks, clusters: [aCluster({ id: 1, hosts })] });
  await w.submit();
  await w.reconcile();
  expect(now(w).status).toBe('RUNNING');
  return w;
}

describe('a run that is said to be lost', () => {
  it('ends at once when its JobManager does not know the job, and the record says who said so and what was seen', async () => {
    const w = await running();
    w.flink.jobs.clear();
    const { head, seen } = await say(w);
    expect(seen).toBe('the JobManager at jobmanager:8081 did not know its job');
    expect(head).toMatchObject({ status: 'UNKNOWN', error: `declared lost by ada; ${seen}` });
    expect(now(w)).toEqual(head);
  });

  it('ends when its JobManager hangs: the person does not wait for longer than a client would', async () => {
    const w = await running();
    const startedAt = w.clock.now();
    w.flink.fault = (call, before) => (call === 'job' && before ? w.clock.sleep(3_600_000) : undefined);
    expect((await say(w)).seen).toMatch(/^the JobManager at jobmanager:8081 was out of reach \(.+\)$/);
    expect(w.clock.now() - startedAt).toBeLessThan(BUDGET_MS);
    expect(now(w).status).toBe('UNKNOWN');
  });

  it('does not end while the leader shows its job, at whichever of its hosts that is', async () => {
    const w = await running('a:8081,b:8081');
    w.flink.deadHosts.add('a:8081');
    await expect(say(w)).rejects.toMatchObject({
      code: 'run.conflict',
      message: expect.stringMatching(/^The JobManager at b:8081 shows the job of run 1 of task 1 as RUNNING/) as string,
    });
    expect(now(w).status).toBe('RUNNING');
  });

  it.each<[string, (w: World) => void, string, RegExp]>([
    ['is not there', (w) => w.store.heads.clear(), 'run.notFound', /no run 1/],
    ['never was one', (w) => w.store.heads.set(1, voidHead(1, 1, 'a', 5)), 'run.notFound', /no run 1/],
    ['has ended', (w) => w.store.heads.set(1, { ...now(w), status: 'FINISHED' }), 'run.conflict', /task 1 has ended/],
    ['has no job', (w) => w.store.heads.set(1, { ...now(w), jobId: null }), 'run.conflict', /never shown its job/],
    [
      'is an intent',
      (w) => w.store.heads.set(1, { ...now(w), status: 'INITIALIZING' }),
      'run.conflict',
      /not confirmed.* A submission may still reach Flink/,
    ],
  ])('is refused when it %s', async (_what, prepare, code, message) => {
    const w = await running();
    w.flink.jobs.clear();
    prepare(w);
    const before = w.store.heads.get(1);
    await expect(say(w)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(w.store.heads.get(1)).toBe(before);
  });

  it('is asked for anew when its record has moved on meanwhile: an end that is known stands', async () => {
    const w = await running();
    w.flink.jobs.clear();
    const { updateHead } = w.store;
    w.store.updateHead = async (head, change, cause) => {
      w.store.updateHead = updateHead;
      await updateHead(head, { status: 'FINISHED', finishedAt: w.clock.now(), active: null }, 'Flink says FINISHED');
      return await updateHead(head, change, cause);
    };
    await expect(say(w)).rejects.toThrow(new RegExp(`FINISHED\\. ${UNTOUCHED}`));
    expect(now(w).status).toBe('FINISHED');
  });

  it('does not end by a bug of Dinghy', async () => {
    const w = await running();
    w.flink.identify = () => Promise.reject(new TypeError('x is undefined'));
    await expect(say(w)).rejects.toThrow(TypeError);
    expect(now(w).status).toBe('RUNNING');
  });

  it('does not end when the table can not be read', async () => {
    const w = await running();
    w.store.readHead = () => Promise.reject(new AppError('store.unavailable', 'Slow down.'));
    await expect(say(w)).rejects.toMatchObject({ code: 'store.unavailable' });
  });
});

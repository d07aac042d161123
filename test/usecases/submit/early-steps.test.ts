/** When the statements before the job run: with the claim if they live in the session alone, else after the intent. */
import { describe, expect, it } from 'vitest';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

/** What began, in order, with `claim` taking its time. */
function logOf(w: World, claimMs: number): string[] {
  const log: string[] = [];
  const { claim, putHead } = w.store;
  w.store.claim = async (request) => {
    log.push('claim');
    await w.clock.sleep(claimMs);
    log.push('claimed');
    return await claim(request);
  };
  w.store.putHead = async (head) => {
    const there = await putHead(head);
    log.push('intent durable');
    return there;
  };
  w.flink.fault = (call, before) => {
    if (before && (call === 'configure' || call === 'start')) log.push(call);
  };
  return log;
}

describe('statements before the job', () => {
  it('begin with the claim when they live in the session alone; the job waits for the intent', async () => {
    const w = world();
    const log = logOf(w, 500);
    await w.submit();
    expect(log.indexOf('configure')).toBeLessThan(log.indexOf('claimed'));
    expect(log.indexOf('intent durable')).toBeLessThan(log.indexOf('start'));
    expect(log.filter((entry) => entry === 'configure')).toHaveLength(2);
  });

  it('wait for the intent when they outlive the session', async () => {
    const ddl = "CREATE TABLE hive.db.snk (id BIGINT) WITH ('connector' = 'blackhole')";
    const w = world({ tasks: [aTask({ statement: `${ddl}; INSERT INTO hive.db.snk SELECT 1` })] });
    const log = logOf(w, 500);
    await w.submit();
    expect(log.indexOf('intent durable')).toBeLessThan(log.indexOf('configure'));
    expect(log).toContain('configure');
  });

  it('wait for the intent when they last, even where they may come twice', async () => {
    const catalog = "CREATE CATALOG lake WITH ('type' = 'paimon')";
    const table = 'CREATE TABLE IF NOT EXISTS lake.d.snk (id BIGINT)';
    const w = world({ tasks: [aTask({ statement: `${catalog}; ${table}; INSERT INTO snk SELECT 1` })] });
    const log = logOf(w, 500);
    await w.submit();
    expect(log.indexOf('intent durable')).toBeLessThan(log.indexOf('configure'));
    expect(w.store.heads.get(1)?.once).toBe(false);
  });

  it('are given up, and the session closed, when the claim meets another run', async () => {
    const w = world();
    const first = await w.submit();
    const { readTask } = w.store;
    let stale = true;
    w.store.readTask = async (taskId) => {
      if (!stale) return await readTask(taskId);
      stale = false;
      return { claims: {}, claimSeq: 0, latestRunId: null };
    };
    w.flink.fault = async (call, before) => {
      if (call === 'configure' && before) await w.clock.sleep(60_000);
    };
    const before = w.clock.now();
    const second = await w.submit();
    expect(second).toMatchObject({ duplicate: true, head: { id: first.head.id } });
    expect(w.clock.now() - before).toBeLessThan(5_000);
    expect(w.flink.openSessions()).toBe(0);
    expect(w.flink.jobs.size).toBe(1);
  });
});

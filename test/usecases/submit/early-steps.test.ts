/** When the statements before the job run: with the claim if they live in the session alone, else after the intent. */
import { describe, expect, it } from 'vitest';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import type { FlinkVisit } from '../../../lib/usecases/connect/reach-flink.ts';
import { type Steps, withSteps } from '../../../lib/usecases/submit/early-steps.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';
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

describe('statements that were begun early', () => {
  const step = { via: 'configure', segments: ['SET'], start: null } as const;
  const body = { statement: '', plan: { steps: [step, step], sources: [] } } as unknown as RunBody;
  const clock = virtualClock();

  /** Two statements, each of which is sent by `send`; `budgetMs` is what the request has. */
  async function begun<T>(
    send: (signal: AbortSignal) => Promise<void>,
    early: boolean,
    work: (steps: Steps) => Promise<T>,
    budgetMs = 20_000,
  ): Promise<T> {
    const session = { configure: (_sql: string, signal: AbortSignal) => send(signal) };
    const flink = { kind: 'sql', session } as unknown as FlinkVisit;
    const working = withinBudget(clock, budgetMs, (budget) => withSteps({ clock, body, flink, budget }, early, work));
    return await clock.run(working);
  }

  it('run once, whoever asks for their outcome', async () => {
    let sent = 0;
    const send = (): Promise<void> => Promise.resolve(void (sent += 1));
    const outcomes = await begun(send, true, async (steps) => [await steps(), await steps()]);
    expect([sent, outcomes.map(({ kind }) => kind)]).toEqual([2, ['ran', 'ran']]);
  });

  it('are not begun where nobody wants them yet', async () => {
    let sent = 0;
    expect(
      await begun(
        () => Promise.resolve(void (sent += 1)),
        false,
        () => Promise.resolve('done'),
      ),
    ).toBe('done');
    expect(sent).toBe(0);
  });

  it('are broken off when nobody wants them, and no further one is sent; what is under way is waited for', async () => {
    const log: string[] = [];
    const send = async (signal: AbortSignal): Promise<void> => {
      log.push('sent');
      signal.addEventListener('abort', () => log.push('broken off'));
      // It is sent to its end all the same.
      await clock.sleep(100);
      log.push('over');
    };
    await begun(send, true, () => Promise.resolve());
    expect(log).toEqual(['sent', 'broken off', 'over']);
  });

  it('bring a bug to light that nobody asked for', async () => {
    const bug = new TypeError('x is undefined');
    await expect(
      begun(
        () => Promise.reject(bug),
        true,
        () => Promise.resolve(),
      ),
    ).rejects.toBe(bug);
  });

  it('end with the request', async () => {
    let sent = 0;
    const send = async (): Promise<void> => {
      sent += 1;
      await clock.sleep(100);
    };
    const outcome = await begun(send, true, (steps) => steps(), 50);
    expect([outcome.kind, sent]).toEqual(['interrupted', 1]);
  });
});

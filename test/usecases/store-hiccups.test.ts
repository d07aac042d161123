/** A table that answers late, or whose answer is lost: what is sent, and what is told, still follows from what is stored. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { SEND_WITHIN_MS } from '../../lib/domain/limits.ts';
import type { JobStore } from '../../lib/domain/ports.ts';
import { voidHead } from '../../lib/domain/run/new-run.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { permitAnotherSend } from '../../lib/usecases/send/send-permission.ts';
import { withinBudget } from '../../lib/usecases/waiting/budget.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const noAnswer = (): AppError => new AppError('store.unavailable', 'DynamoDB could not be used (TimeoutError).');

/** Puts something in the way of the next calls of one method; what it gives is the answer. */
function meet<K extends keyof JobStore>(w: World, method: K, way: (real: JobStore[K]) => JobStore[K]): void {
  Object.assign(w.store, { [method]: way(w.store[method]) });
}

const once = (): (() => boolean) => {
  let first = true;
  return () => first && !(first = false);
};

describe('an intent whose put has no answer', () => {
  it('but has succeeded: the run goes on, as the one that it is', async () => {
    const w = world();
    const isFirst = once();
    meet(w, 'putHead', (put) => async (head) => {
      const there = await put(head);
      if (isFirst()) throw noAnswer();
      return there;
    });
    const { head, duplicate } = await w.submit();
    expect([head.id, head.status, duplicate]).toEqual([1, 'CREATED', false]);
    expect([...w.flink.jobs.keys()]).toEqual([w.store.heads.get(1)?.jobId]);
  });

  it('and whose number somebody has made void: nothing is sent under it, the next number is taken', async () => {
    const w = world();
    const isFirst = once();
    meet(w, 'putHead', (put) => async (head) => {
      if (!isFirst()) return await put(head);
      await put(voidHead(head.id, head.taskId, 'somebody-else', w.clock.now()));
      throw noAnswer();
    });
    const { head } = await w.submit();
    expect([head.id, w.store.heads.get(1)?.status]).toEqual([2, 'VOID']);
    expect([...w.flink.jobs.keys()]).toEqual([w.store.heads.get(2)?.jobId]);
  });

  it('and has not come, and never can: refused, and there is no run', async () => {
    const w = world();
    const isFirst = once();
    meet(w, 'putHead', (put) => async (head) => {
      if (isFirst()) throw noAnswer();
      return await put(head);
    });
    await expect(w.submit()).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(w.store.heads.get(1)?.status).toBe('VOID');
    expect(w.flink.started).toEqual([]);
  });

  it('and nobody can tell whether it has come: refused, with what to ask', async () => {
    const w = world();
    meet(w, 'putHead', () => () => Promise.reject(noAnswer()));
    await expect(w.submit()).rejects.toMatchObject({
      code: 'store.unavailable',
      message: expect.stringMatching(
        /Run 1 of task 1 may have been recorded anyway\. Ask getJobInstance\?id=1 /,
      ) as string,
    });
    expect(w.flink.started).toEqual([]);
  });
});

describe('a permission to send counts from before its write', () => {
  const SLOW_MS = SEND_WITHIN_MS - 200;

  it('of an intent that was written slowly: what is left of it is too little, and another is written', async () => {
    const w = world();
    meet(w, 'putHead', (put) => async (head) => {
      const there = await put(head);
      await w.clock.sleep(SLOW_MS);
      return there;
    });
    const { head } = await w.submit();
    expect(head).toMatchObject({ sends: 2, status: 'CREATED' });
  });

  it('of another send', async () => {
    const w = world();
    const { head, body } = await w.submit();
    meet(w, 'updateHead', (update) => async (...args) => {
      const next = await update(...args);
      await w.clock.sleep(3_000);
      return next;
    });
    await w.clock.advance(SEND_WITHIN_MS);
    const before = w.clock.monotonic();
    const run = { head, body, sendUntilMs: before };
    const permitted = await w.clock.run(withinBudget(w.clock, 25_000, (budget) => permitAnotherSend(w, run, budget)));
    expect(permitted?.sendUntilMs).toBe(before + SEND_WITHIN_MS);
    expect(permitted?.head.sends).toBe(2);
  });

  it('of a re-send whose permission was written too slowly: nothing is sent', async () => {
    const w = world();
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    await w.submit();
    w.flink.fault = () => undefined;
    await w.clock.advance(60_000);
    meet(w, 'updateHead', (update) => async (head, change, cause) => {
      const next = await update(head, change, cause);
      if (change.sends !== undefined) await w.clock.sleep(SEND_WITHIN_MS + 1);
      return next;
    });
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ sends: 2, status: 'INITIALIZING' });
    expect(w.flink.started).toEqual([]);
  });
});

describe('the result is stored before the record that tells of it', () => {
  /** Whether the result of a run was there when each of its changes was written. */
  async function resultsAtChanges(statement: string): Promise<{ status: string | undefined; stored: boolean }[]> {
    const w = world({ tasks: [aTask({ statement })] });
    const seen: { status: string | undefined; stored: boolean }[] = [];
    meet(w, 'updateHead', (update) => async (head, change, cause) => {
      seen.push({ status: change.status, stored: w.store.results.has(head.id) });
      return await update(head, change, cause);
    });
    const { result } = await w.submit();
    expect(result?.results.length).toBeGreaterThan(0);
    return seen;
  }

  it.each([
    ['a task without a job', 'SHOW TABLES', 'FINISHED'],
    ['a preview', 'SELECT 1', 'FINISHED'],
    [
      'a job with rows before it',
      "CREATE TABLE t (a INT) WITH ('connector'='blackhole'); SHOW TABLES; INSERT INTO t SELECT 1;",
      'CREATED',
    ],
  ])('of %s', async (_of, statement, status) => {
    expect(await resultsAtChanges(statement)).toEqual([{ status, stored: true }]);
  });

  it('a result that could not be stored leaves the run open: it is not told as finished without its rows', async () => {
    const w = world({ tasks: [aTask({ statement: 'SHOW TABLES' })] });
    meet(w, 'putResult', () => () => Promise.reject(noAnswer()));
    const { head } = await w.submit();
    expect([head.status, w.store.heads.get(1)?.status]).toEqual(['INITIALIZING', 'INITIALIZING']);
  });
});

describe('a poll', () => {
  const refreshable = async (): Promise<{ w: World; head: RunHead; looks: () => number }> => {
    const w = world();
    const { head } = await w.submit();
    let looks = 0;
    w.flink.fault = (call, before) => {
      if (call === 'job' && before) looks += 1;
    };
    return { w, head, looks: () => looks };
  };

  it('that has not got the right to ask answers what it has read, and does not ask Flink', async () => {
    const { w, head, looks } = await refreshable();
    meet(w, 'takeRefresh', () => () => Promise.resolve(false));
    expect(await w.poll(head.id)).toEqual(w.store.heads.get(head.id));
    expect(looks()).toBe(0);
  });

  it('of many at the same moment asks Flink once for all of them', async () => {
    const { w, head, looks } = await refreshable();
    await Promise.all([w.poll(head.id), w.poll(head.id), w.poll(head.id)]);
    expect(looks()).toBe(1);
  });
});

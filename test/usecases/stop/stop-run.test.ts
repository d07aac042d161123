/** Stopping one run: who is told, in which order, how long that takes, and what is there when others write meanwhile. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { newWish } from '../../../lib/domain/run/savepoint-wish.ts';
import type { StopHow } from '../../../lib/domain/run/stop.ts';
import { type Stopped, stopRun } from '../../../lib/usecases/stop/stop-run.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const SECOND = 1_000;
const SQL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT 1;";

let w: World;
let asked: string[];
beforeEach(async () => {
  w = world({ tasks: [aTask({ statement: SQL })] });
  await w.submit();
  await w.pollTask();
  asked = [];
  w.flink.fault = (call, before) => {
    if (before) asked.push(call);
  };
});

const head = (): RunHead => w.store.heads.get(1)!;
const change = (changes: Partial<RunHead>): RunHead => {
  w.store.heads.set(1, { ...head(), ...changes, v: head().v + 1 });
  return head();
};
const job = () => w.flink.jobs.get(head().jobId ?? '')!;
const causes = (): string[] => head().events.map(({ cause }) => cause);
const stop = (how: StopHow, given = head(), caller = 'me'): Promise<Stopped> =>
  w.clock.run(
    withinBudget(w.clock, 25 * SECOND, (budget) => stopRun(w, given, { how, requester: { caller } }, budget)),
  );
/** How long it took on the clock of the test. */
async function timed(how: StopHow, given = head()): Promise<Stopped & { readonly ms: number }> {
  const before = w.clock.now();
  return { ...(await stop(how, given)), ms: w.clock.now() - before };
}
describe('the wish', () => {
  it('costs one write, and no read', async () => {
    const reads: number[] = [];
    const { readHead } = w.store;
    Object.assign(w.store, { readHead: (id: number) => (reads.push(id), readHead(id)) });
    await stop('cancel');
    expect(reads).toEqual([]);
    expect(causes().filter((cause) => cause.startsWith('cancel asked'))).toEqual(['cancel asked by me']);
  });

  it('of another caller is another savepoint, also a moment later', async () => {
    for (const caller of ['me', 'me', 'another', 'me']) await stop('trigger', head(), caller);
    expect(w.flink.savepoints.begun).toHaveLength(3);
  });

  it.each(['trigger', 'stop'] as const)('of a restart is not dropped by a %s that finds Flink away', async (how) => {
    const savepoint = newWish('stop', 'ab'.repeat(16), 'another', w.clock.now());
    const restart = { runId: 2, state: 'wanted', reason: null, askedAt: savepoint.askedAt } as const;
    change({ savepoint, restart, active: 'WISH#1' });
    w.flink.deadHosts.add(head().address);
    await stop(how);
    expect(head()).toMatchObject({ savepoint, restart });
  });

  it('of a restart that came meanwhile is not dropped by whoever found Flink away before', async () => {
    w.flink.deadHosts.add(head().address);
    const restart = { runId: 2, state: 'wanted', reason: null, askedAt: 1 } as const;
    const savepoint = { ...newWish('cancel', 'cd'.repeat(16), 'another', 1), state: 'wanted' } as const;
    const { updateHead } = w.store;
    let writes = 0;
    Object.assign(w.store, {
      updateHead: (...given: Parameters<typeof updateHead>) => {
        writes += 1;
        // The second write permits the send.
        if (writes === 2) change({ savepoint, restart });
        return updateHead(...given);
      },
    });
    await stop('trigger');
    expect(head()).toMatchObject({ savepoint, restart });
  });

  it('is decided anew when somebody else has written meanwhile', async () => {
    const stale = head();
    change({ name: 'renamed' });
    expect((await stop('cancel', stale)).run).toMatchObject({ name: 'renamed', cancelAskedBy: 'me' });
    expect(job().state).toBe('CANCELED');
  });

  it('of a run that has ended meanwhile is not written, and Flink is not asked', async () => {
    const stale = head();
    const ended = change({ status: 'FAILED', finishedAt: w.clock.now() });
    expect(await stop('cancel', stale)).toEqual({ run: ended, untold: null });
    expect(asked).toEqual([]);
  });

  it('of a run that is gone from the table changes nothing', async () => {
    const stale = head();
    w.store.heads.delete(1);
    expect(await stop('cancel', stale)).toEqual({ run: stale, untold: null });
    expect([...w.store.heads]).toEqual([]);
  });

  it.each([
    ['stop', { kind: 'preview' }, 'is a preview, which has no state to keep. Cancel it without a savepoint'],
    ['trigger', { cancelAskedAt: 1 }, 'is being cancelled'],
  ] as const)('%s of a run with %j is refused, and nothing is changed', async (how, changes, why) => {
    const before = change(changes);
    await expect(stop(how)).rejects.toMatchObject({
      code: 'run.conflict',
      message: `Run 1 of task 1 ${why}. Nothing was changed.`,
    });
    expect(head()).toBe(before);
    expect(asked).toEqual([]);
  });
});

describe('a savepoint while somebody else writes', () => {
  it.each(['stop', 'trigger', 'kill', 'cancelWithSavepoint'] as const)(
    '%s is taken all the same: a poll is no Flink out of reach',
    async (how) => {
      const { updateHead } = w.store;
      let isWritten = false;
      Object.assign(w.store, {
        updateHead: async (...given: Parameters<typeof updateHead>) => {
          const result = await updateHead(...given);
          if (!isWritten && given[1].savepoint !== undefined) change({ lastSeenAt: 5 });
          isWritten = true;
          return result;
        },
      });
      expect((await stop(how)).run.savepoint).toMatchObject({ state: 'done' });
    },
  );
});

describe('a savepoint for which Flink is away', () => {
  beforeEach(() => void w.flink.deadHosts.add('jobmanager:8081'));

  it.each(['stop', 'trigger'] as const)('%s is given up: the job goes on, and the history says so', async (how) => {
    const { run, untold, ms } = await timed(how);
    expect({ untold, ms }).toEqual({ untold: null, ms: 0 });
    expect(run.savepoint).toMatchObject({ state: 'failed', reason: "Flink can't be reached, so it was not asked" });
    expect(run).toEqual(head());
    expect(causes().at(-1)).toBe('no savepoint, the job goes on: Flink could not be reached');
  });

  it('is given up for what is there now when somebody else has written meanwhile', async () => {
    const { updateHead } = w.store;
    let now: RunHead | null = null;
    Object.assign(w.store, {
      updateHead: (...given: Parameters<typeof updateHead>) => {
        if (given[2]?.startsWith('no savepoint') === true) now = change({ name: 'renamed' });
        return updateHead(...given);
      },
    });
    const { run } = await stop('stop');
    expect(now).not.toBeNull();
    expect(run).toEqual(now);
  });

  it('keeps no kill waiting: it is carried out later', async () => {
    const { run, ms, untold } = await timed('kill');
    expect({ ms, untold }).toEqual({ ms: 0, untold: null });
    expect(run).toMatchObject({ cancelAskedBy: 'me', savepoint: { state: 'wanted', firstSentAt: null } });
  });
});

describe('a job whose savepoint is there', () => {
  /** It ends this long after that, by itself. */
  const endsAfter = (ms: number): void => {
    let at = Infinity;
    w.flink.fault = (call, before) => {
      if (before) asked.push(call);
      if (call === 'triggerSavepoint' && !before) {
        at = w.clock.now() + ms;
        Object.assign(job(), { state: 'RUNNING', endedAt: null });
      }
      if (w.clock.now() >= at) Object.assign(job(), { state: 'FINISHED', endedAt: at });
    };
  };
  const looks = (): number => asked.filter((call) => call === 'job').length;

  it.each(['stop', 'kill', 'cancelWithSavepoint'] as const)(
    '%s gives the run as it ended: Flink is asked ever more slowly, and not told to cancel',
    async (how) => {
      endsAfter(2 * SECOND);
      const { run, ms } = await timed(how);
      expect(run).toMatchObject({ status: 'FINISHED', savepoint: { state: 'done' } });
      expect(ms).toBeGreaterThanOrEqual(2 * SECOND);
      expect(ms).toBeLessThanOrEqual(3 * SECOND);
      expect(looks()).toBeLessThan(10);
      expect(asked).not.toContain('cancel');
    },
  );

  it('and that has ended keeps nobody waiting', async () => {
    endsAfter(0);
    const { run, ms } = await timed('stop');
    expect([run.status, looks()]).toEqual(['FINISHED', 1]);
    // The savepoint was looked for a tenth of a second after it was asked for; since then no time has passed.
    expect(ms).toBeLessThan(200);
  });

  it('and that does not end keeps its caller waiting for 3 s', async () => {
    endsAfter(60 * SECOND);
    const { run, ms } = await timed('stop');
    expect(run.status).toBe('RUNNING');
    expect(ms).toBeGreaterThanOrEqual(3 * SECOND);
    expect(ms).toBeLessThan(4 * SECOND);
  });

  it('and that does not end is cancelled by a plain cancel', async () => {
    endsAfter(60 * SECOND);
    await stop('stop');
    await stop('cancel');
    expect(job().state).toBe('CANCELED');
  });
});

describe('the tasks of the job', () => {
  it('are asked for before a savepoint is, not again by who joins one that is under way', async () => {
    w.flink.savepoints.takesMs = 60 * SECOND;
    await stop('stop');
    expect(asked.slice(0, 2)).toEqual(['allTasksRun', 'triggerSavepoint']);
    asked = [];
    await stop('stop');
    expect(asked).not.toContain('allTasksRun');
  });

  it('that can not be asked for are left to Flink; a bug is none of that', async () => {
    const failing = (error: Error) => (call: string) => {
      if (call === 'allTasksRun') throw error;
    };
    w.flink.fault = failing(new TypeError('a bug'));
    await expect(stop('stop')).rejects.toThrow(TypeError);
    w.flink.fault = failing(new AppError('flink.noReply', 'No reply.'));
    expect((await stop('stop')).run.savepoint?.state).toBe('done');
  });
});

describe('a plain cancel', () => {
  it('of a run whose job nobody has confirmed is not told to Flink yet', async () => {
    change({ status: 'INITIALIZING' });
    expect((await stop('cancel')).untold).toBeNull();
    expect(asked).toEqual([]);
  });

  it('of a preview is, whose job is never confirmed', async () => {
    change({ status: 'INITIALIZING', kind: 'preview' });
    await stop('cancel');
    expect(asked).toEqual(['cancel']);
  });

  it('of a job whose Flink hangs answers within 3 s, and says why Flink was not told', async () => {
    w.flink.fault = () => w.clock.sleep(60 * SECOND);
    expect(await timed('cancel')).toMatchObject({ untold: 'Out of time.', ms: 3 * SECOND });
  });

  it('that Flink does not take says so', async () => {
    w.flink.fault = () => Promise.reject(new AppError('flink.noReply', 'No reply.'));
    expect((await stop('cancel')).untold).toBe('No reply.');
  });
});

/** Stopping the old run of a restart: by its caller alone, only as long as it names the new run, and no harder than needed. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { cancelTask } from '../../../lib/usecases/cancel-task.ts';
import { restartTask } from '../../../lib/usecases/restart-task.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const SECOND = 1_000;
const SQL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT 1;";
const GIVEN = 'file:/savepoints/given';

let w: World;
let asked: string[];
beforeEach(async () => {
  w = world({ tasks: [aTask({ statement: SQL, dedupeSeconds: 0 })] });
  await w.submit();
  await w.pollTask();
  asked = [];
  w.flink.fault = (call, before) => {
    if (before) asked.push(call);
  };
});

const head = (id: number): RunHead => w.store.heads.get(id)!;
const change = (id: number, changes: Partial<RunHead>): void =>
  void w.store.heads.set(id, { ...head(id), ...changes, v: head(id).v + 1 });
const job = () => w.flink.jobs.get(head(1).jobId!)!;
const causes = (id: number): string[] => head(id).events.map(({ cause }) => cause);
const restartOnly = (savePointPath: string | null, budgetMs = 25 * SECOND) =>
  restartTask(w)({ taskId: 1, savePointPath }, { caller: 'test', budgetMs });
/** Once the claims are made and nothing is stopped yet. */
const whenBegun = (what: () => void): void => {
  const { claim } = w.store;
  Object.assign(w.store, {
    claim: async (...given: Parameters<typeof claim>) => {
      const result = await claim(...given);
      if (given[0].runId === 2) what();
      return result;
    },
  });
};

describe('a restart whose old run names another one by now', () => {
  it.each([
    ['is over', { runId: 2, state: 'failed', reason: 'interrupted' }, null],
    ['is over', { runId: 2, state: 'failed', reason: 'interrupted' }, GIVEN],
    ['belongs to another run', { runId: 7, state: 'wanted', reason: null }, null],
    ['belongs to another run', { runId: 7, state: 'wanted', reason: null }, GIVEN],
  ] as const)('because the restart %s stops nothing (%j, path %s)', async (_, restart, path) => {
    whenBegun(() => change(1, { restart }));
    await w.restart(path, 5 * SECOND);
    expect(asked).not.toContain('cancel');
    expect(asked).not.toContain('triggerSavepoint');
    expect(head(1)).toMatchObject({ status: 'RUNNING', cancelAskedAt: null, restart });
    expect(job().state).toBe('RUNNING');
  });

  it('says so at once when the restart is over', async () => {
    whenBegun(() => change(1, { restart: { runId: 2, state: 'failed', reason: 'interrupted' } }));
    const before = w.clock.now();
    const { head: now } = await w.restart(GIVEN);
    expect(now).toMatchObject({ id: 2, status: 'FAILED', error: 'not restarted: interrupted. Run 1 goes on' });
    expect(w.clock.now() - before).toBeLessThan(2 * SECOND);
  });
});

describe('a stop that does not reach Flink', () => {
  beforeEach(() => {
    w.flink.fault = (call, before) => {
      if (call === 'triggerSavepoint' && before) throw new AppError('flink.unreachable', 'Refused.');
    };
  });

  it('is over at once: the old run goes on, and the new one says why', async () => {
    const { head: now } = await w.restart();
    expect(now).toMatchObject({
      ...{ id: 2, status: 'FAILED', error: "not restarted: Flink can't be reached. Run 1 goes on" },
    });
    expect(head(1)).toMatchObject({
      ...{ status: 'RUNNING', active: 'LIVE#1', restart: { state: 'failed', reason: "Flink can't be reached" } },
      savepoint: { state: 'failed', firstSentAt: null },
    });
  });
});

describe('a job that takes its time to end', () => {
  /** It stops only when this much time has passed since the call that ends it. */
  const endsLater = (ms: number): void => {
    let at = Infinity;
    w.flink.fault = (call, before) => {
      if (before) asked.push(call);
      if ((call === 'triggerSavepoint' || call === 'cancel') && !before && at === Infinity) {
        at = w.clock.now() + ms;
        Object.assign(job(), { state: 'RUNNING', endedAt: null });
      }
      if (w.clock.now() >= at && job().endedAt === null) Object.assign(job(), { state: 'FINISHED', endedAt: at });
    };
  };

  it('after its savepoint is waited for, and not cancelled', async () => {
    endsLater(4 * SECOND);
    const { head: now } = await w.restart();
    expect(now).toMatchObject({ id: 2, submitStatus: 'SUCCESS', savePointPath: head(1).savepoint?.path });
    expect(asked).not.toContain('cancel');
    expect(asked.filter((call) => call === 'job').length).toBeLessThan(15);
  });

  it('after its cancel is asked for the first time by one write, and told again until it ends', async () => {
    endsLater(4 * SECOND);
    const { head: now } = await w.restart(GIVEN);
    expect(now).toMatchObject({ id: 2, submitStatus: 'SUCCESS', savePointPath: GIVEN });
    expect(causes(1).filter((cause) => cause.startsWith('cancel asked'))).toEqual([
      'cancel asked by test, for a restart',
    ]);
    expect(asked.filter((call) => call === 'cancel').length).toBeGreaterThan(1);
  });
});

describe('whoever writes meanwhile', () => {
  it('does not keep the old run from being stopped: a poll is no Flink out of reach', async () => {
    whenBegun(() => change(1, { lastSeenAt: 5 }));
    expect((await w.restart()).head).toMatchObject({ id: 2, submitStatus: 'SUCCESS' });
    expect(head(1)).toMatchObject({ status: 'FINISHED', savepoint: { type: 'stop', state: 'done' } });
  });

  it('does not keep the old run from being ended for a given path', async () => {
    const { updateHead } = w.store;
    let renamed = false;
    Object.assign(w.store, {
      updateHead: (...given: Parameters<typeof updateHead>) => {
        if (given[1].cancelAskedAt !== undefined && !renamed) {
          renamed = true;
          change(1, { name: 'renamed' });
        }
        return updateHead(...given);
      },
    });
    expect((await w.restart(GIVEN)).head).toMatchObject({ id: 2, submitStatus: 'SUCCESS' });
    expect(head(1)).toMatchObject({ name: 'renamed', status: 'CANCELED', cancelAskedBy: 'test' });
  });

  it('cancels the new run: both end, the savepoint of the old one is not waited for by the caller', async () => {
    w.flink.savepoints.takesMs = 10 * SECOND;
    const cancelled = async (): Promise<void> => {
      await w.clock.sleep(2 * SECOND);
      await cancelTask({ ...w, secrets: null })({ taskId: 1, mayBeEcho: false }, { caller: 'you', budgetMs: 5_000 });
    };
    const [{ head: now }] = await w.clock.run(Promise.all([restartOnly(null), cancelled()]));
    expect(now).toMatchObject({ id: 2, status: 'CANCELED' });
    expect(job().state).toBe('CANCELED');
    expect(w.flink.started).toHaveLength(1);
  });
});

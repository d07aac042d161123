/** What a run starts from by LATEST or EARLIEST: who is asked before, for how long, and what is never taken in its place. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RecordedSavepoint } from '../../../lib/domain/plan/start-from.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { Savepoint } from '../../../lib/domain/run/savepoint.ts';
import { findSavepoint, type SavepointQuestion } from '../../../lib/usecases/submit/find-savepoint.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { headAt } from '../../builders/a-head.ts';
import { type World, world } from '../world.ts';

const savepoint = (fp: string, completedAt: number): Savepoint => ({
  ...{ taskId: 7, fp, kind: 'savepoint', jobId: 'j', runId: 1 },
  ...{ path: `s3://b/${fp}-${completedAt}`, completedAt },
});

/** Earlier runs of task 7, the newest first. */
function earlier(w: World, ...changes: Partial<RunHead>[]): string[] {
  const heads = changes.map((change, n) => {
    const id = 90 - n;
    return headAt(0, { id, jobId: `job-${id}`, status: 'FAILED', submitStatus: 'SUCCESS', open: [], ...change });
  });
  for (const head of heads) w.store.heads.set(head.id, head);
  w.store.runsOfTask = () => Promise.resolve(heads.map(({ id }) => id));
  const asked: string[] = [];
  w.flink.checkpoints = (_address, jobId) => {
    asked.push(jobId);
    return Promise.resolve(null);
  };
  return asked;
}

async function find(w: World, which: RecordedSavepoint = 'LATEST', fps: Partial<SavepointQuestion> = {}) {
  const question = { taskId: 7, which, fp: 'fp', usedFp: 'used', ...fps };
  const finding = withinBudget(w.clock, 20_000, (budget) => findSavepoint(w, question, budget));
  return await w.clock.run(finding.catch((error: unknown) => error));
}

describe('the savepoint to start from', () => {
  it('is the latest or the earliest, by whichever variables it was recorded', async () => {
    const w = world();
    earlier(w);
    w.savepoints.all.push(savepoint('fp', 1), savepoint('fp', 4), savepoint('used', 2), savepoint('used', 3));
    expect(await find(w)).toEqual(savepoint('fp', 4));
    expect(await find(w, 'EARLIEST')).toEqual(savepoint('fp', 1));
    w.savepoints.all.push(savepoint('used', 0), savepoint('used', 5), savepoint('other', 9));
    expect(await find(w)).toEqual(savepoint('used', 5));
    expect(await find(w, 'EARLIEST')).toEqual(savepoint('used', 0));
  });

  it('is none where nothing was recorded', async () => {
    const w = world();
    earlier(w);
    expect(await find(w)).toBeNull();
  });

  it('that can not be read is named, and no other one is taken in its place', async () => {
    const w = world();
    earlier(w);
    const cause = new AppError('store.invalid', 'The item SP can not be read.');
    w.savepoints.find = (_task, fp) => (fp === 'fp' ? Promise.reject(cause) : Promise.resolve(savepoint('used', 5)));
    const refused = await find(w);
    expect(refused).toMatchObject({ code: 'store.invalid', cause });
    expect((refused as Error).message).toMatch(
      /^The item SP can not be read\. It is the LATEST savepoint of task 7, and Dinghy does not use another one instead/,
    );
  });

  it.each([new AppError('store.unavailable', 'Slow down.'), new TypeError('x is undefined')])(
    'that could not be looked for: %s',
    async (error) => {
      const w = world();
      earlier(w);
      w.savepoints.find = () => Promise.reject(error);
      expect(await find(w)).toBe(error);
    },
  );
});

describe('earlier runs', () => {
  it('of these variables are asked for what they have left, the newest three', async () => {
    const w = world();
    const other = { fp: 'other' };
    const asked = earlier(w, {}, other, { fp: 'x', usedFp: 'used' }, { kind: 'none' }, { taskId: 8 }, {}, {});
    await find(w);
    expect(asked).toEqual(['job-90', 'job-88', 'job-85']);
  });

  it.each([
    ['FINISHED', []],
    ['FAILED', ['checkpoint']],
    ['CANCELED', []],
    ['UNKNOWN', []],
  ] as const)(
    'that ended %s leave %j: where Flink has not said how, only savepoints are sure to stay',
    async (...row) => {
      const [status, kinds] = row;
      const w = world();
      earlier(w, { status });
      const completed = [{ path: 's3://b/chk', isSavepoint: false, completedAt: 1, discarded: false }];
      w.flink.checkpoints = () => Promise.resolve({ completed, retention: 'afterFailure', restoredFrom: null });
      const found = await find(w);
      expect((found === null ? [] : [found]).map((one) => (one as Savepoint).kind)).toEqual(kinds);
    },
  );

  it('that can not be read are passed over, and logged', async () => {
    const w = world();
    const asked = earlier(w, {}, {});
    const { readHead } = w.store;
    w.store.readHead = (id) => (id === 90 ? Promise.reject(new AppError('store.invalid', 'No status.')) : readHead(id));
    await find(w);
    expect(asked).toEqual(['job-89']);
    const fields = { taskId: 7, error: 'No status.' };
    expect(w.log.lines).toEqual([{ level: 'warn', message: 'an item of the table was skipped', fields }]);
  });

  it('keep a submit waiting for two seconds at most', async () => {
    const w = world();
    earlier(w, {});
    w.savepoints.all.push(savepoint('fp', 4));
    w.flink.checkpoints = async (_address, _jobId, signal) => {
      await w.clock.sleep(60_000, signal);
      throw new AppError('budget.exceeded', 'Out of time.');
    };
    expect([await find(w), w.clock.monotonic()]).toEqual([savepoint('fp', 4), 2_000]);
  });
});

/** What the job of a run leaves behind is recorded as Flink says it, and what can't be asked is not taken for nothing. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { JobCheckpoints } from '../../../lib/domain/run/savepoint.ts';
import { keepSavepoints } from '../../../lib/usecases/record/keep-savepoints.ts';
import { headAt, JOB_ID } from '../../builders/a-head.ts';
import { type World, world } from '../world.ts';

const SAVEPOINT = { path: 's3://b/sp', isSavepoint: true, completedAt: 1, discarded: false };
const CHECKPOINT = { path: 's3://b/chk', isSavepoint: false, completedAt: 2, discarded: false };
const LEFT: JobCheckpoints = {
  completed: [SAVEPOINT, CHECKPOINT],
  retention: 'afterFailure',
  restoredFrom: null,
};

async function kept(answer: JobCheckpoints | null | Error, changes: Partial<RunHead> = {}) {
  const w: World = world();
  const asked: string[] = [];
  w.flink.checkpoints = (address, jobId) => {
    asked.push(`${address} ${jobId}`);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const { signal } = new AbortController();
  const known = await keepSavepoints(w, headAt(0, changes), { status: 'FAILED' }, signal);
  return { known, asked, recorded: w.savepoints.all, lines: w.log.lines };
}

describe('what a job leaves behind', () => {
  it('is recorded with its kind, for the variables that the text of the task uses', async () => {
    const origin = { taskId: 7, jobId: JOB_ID, runId: 21 };
    const both = (fp: string): unknown[] => [
      { ...origin, fp, path: 's3://b/sp', kind: 'savepoint', completedAt: 1 },
      { ...origin, fp, path: 's3://b/chk', kind: 'checkpoint', completedAt: 2 },
    ];
    const { known, asked, recorded } = await kept(LEFT, { usedFp: 'used' });
    expect([known, asked, recorded]).toEqual([true, [`jm:8081 ${JOB_ID}`], both('used')]);
    expect((await kept(LEFT)).recorded).toEqual(both('fp'));
  });

  it('is nothing where the JobManager does not know the job', async () => {
    const { known, recorded, lines } = await kept(null);
    expect([known, recorded, lines]).toEqual([true, [], []]);
  });

  it.each<Partial<RunHead>>([{ jobId: null }, { kind: 'preview' }])(
    'is not asked for where there is nothing: %j',
    async (changes) => {
      const { known, asked, recorded } = await kept(LEFT, changes);
      expect([known, asked, recorded]).toEqual([true, [], []]);
    },
  );

  it('is not known when Flink can not be asked, which is logged; a bug is thrown', async () => {
    const { known, lines } = await kept(new AppError('flink.noReply', 'No reply.'));
    const fields = { runId: 21, error: 'No reply.' };
    expect([known, lines]).toEqual([
      false,
      [{ level: 'info', message: 'savepoints of a run could not be recorded now', fields }],
    ]);
    const bug = new TypeError('x is undefined');
    await expect(kept(bug)).rejects.toBe(bug);
  });
});

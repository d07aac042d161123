/** What a Flink does, as far as the use cases rely on it; run on the fake and on the real one, of each version. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../lib/domain/errors.ts';
import type { CompletedState } from '../../lib/domain/run/savepoint.ts';
import { flinkJobsContract } from './flink-jobs.contract.ts';
import { flinkSavepointsContract } from './flink-savepoints.contract.ts';
import { codeOf, type FlinkSteps, flinkSteps, type FlinkUnderTest, PATIENCE_MS, SINK, SOURCE } from './flink-steps.ts';

export function flinkContract(name: string, make: () => Promise<FlinkUnderTest> | FlinkUnderTest): void {
  flinkJobsContract(name, make);
  flinkSavepointsContract(name, make);
  describe(`flink: ${name}`, { timeout: PATIENCE_MS }, () => {
    let f: FlinkUnderTest;
    let steps: FlinkSteps;
    beforeEach(async () => {
      f = await make();
      steps = flinkSteps(f);
    });

    it('shows its working directory as the id of its JobManager', async () => {
      expect((await f.jobManager.identify(f.hosts, steps.signal)).jmId).toMatch(/flink-web/);
    });

    const untilEnded = async (jobId: string): Promise<void> => {
      while ((await f.jobManager.job(f.hosts, jobId, steps.signal))?.endedAt === null) await f.pause();
    };
    const untilCheckpoint = async (jobId: string): Promise<CompletedState> => {
      for (;;) {
        const [one] = (await f.jobManager.checkpoints(f.hosts, jobId, steps.signal))?.completed ?? [];
        if (one !== undefined) return one;
        await f.pause();
      }
    };
    const CHECKPOINTING = { 'execution.checkpointing.interval': '200 ms' };
    const RETENTION = 'execution.checkpointing.externalized-checkpoint-retention';

    it('says what a job has completed, with path and time, also after its end', async () => {
      const jobId = f.newJobId();
      await steps.startInsert(jobId, { ...CHECKPOINTING, [RETENTION]: 'RETAIN_ON_CANCELLATION' });
      const first = await untilCheckpoint(jobId);
      expect(first).toMatchObject({ isSavepoint: false, path: expect.stringMatching(`^file:.*${jobId}/chk-\\d+$`) });
      const { ranAt } = (await f.jobManager.job(f.hosts, jobId, steps.signal)) ?? {};
      expect(first.completedAt).toBeGreaterThanOrEqual(ranAt ?? Infinity);
      await f.jobManager.cancel(f.hosts, jobId, steps.signal);
      await untilEnded(jobId);
      const after = await f.jobManager.checkpoints(f.hosts, jobId, steps.signal);
      expect(after).toMatchObject({ retention: 'afterFailureAndCancel', restoredFrom: null });
      expect(after?.completed.some(({ discarded }) => !discarded)).toBe(true);
    });

    it('starts a job from where another one was, and says from where', async () => {
      const [one, other] = [f.newJobId(), f.newJobId()];
      await steps.startInsert(one, { ...CHECKPOINTING, [RETENTION]: 'RETAIN_ON_CANCELLATION' });
      await untilCheckpoint(one);
      await f.jobManager.cancel(f.hosts, one, steps.signal);
      await untilEnded(one);
      const left = (await f.jobManager.checkpoints(f.hosts, one, steps.signal))?.completed.find((it) => !it.discarded);
      await steps.startInsert(other, { 'execution.state-recovery.path': left?.path ?? '' });
      for (;;) {
        const restored = (await f.jobManager.checkpoints(f.hosts, other, steps.signal))?.restoredFrom ?? null;
        if (restored !== null) {
          expect(restored).toBe(left?.path);
          break;
        }
        await f.pause();
      }
      await f.jobManager.cancel(f.hosts, other, steps.signal);
    });

    it('says when checkpoints stay: by default never', async () => {
      for (const [value, retention] of [
        ['DELETE_ON_CANCELLATION', 'afterFailure'],
        [null, 'never'],
      ] as const) {
        const jobId = f.newJobId();
        await steps.startInsert(jobId, { ...CHECKPOINTING, ...(value === null ? {} : { [RETENTION]: value }) });
        await untilCheckpoint(jobId);
        // Between two checkpoints of a running job there is a moment in which Flink shows the old one as discarded and the new one not yet.
        await expect.poll(() => f.jobManager.checkpoints(f.hosts, jobId, steps.signal)).toMatchObject({ retention });
        await f.jobManager.cancel(f.hosts, jobId, steps.signal);
      }
    });

    it('refuses SQL that names an unknown table as bad SQL, with a line for a person, starting nothing', async () => {
      const jobId = f.newJobId();
      const session = await steps.open();
      await session.configure(SOURCE, steps.signal);
      const operation = await session.start('INSERT INTO nope SELECT id FROM src', steps.config(jobId), steps.signal);
      const error: unknown = await steps.untilReady(session, operation).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'flink.rejected' });
      expect((error as AppError).message).toMatch(/^Cannot find table .*nope/);
      expect((error as AppError).message).not.toMatch(/\bat org\.|Exception/);
      await session.close(steps.signal);
      expect(await f.jobManager.job(f.hosts, jobId, steps.signal)).toBeNull();
    });

    it('gives SHOW as rows with a column', async () => {
      const session = await steps.open();
      await session.configure(SINK, steps.signal);
      const page = await steps.untilReady(session, await session.start('SHOW TABLES', {}, steps.signal));
      expect(page).toMatchObject({ kind: 'page', columns: ['table name'], rows: [{ op: '+I', fields: ['snk'] }] });
      await session.close(steps.signal);
    });

    it('takes no INSERT and no query as a statement that configures the session', async () => {
      const session = await steps.open();
      await session.configure(SOURCE, steps.signal);
      expect(await codeOf(session.configure('SELECT id FROM src', steps.signal))).toMatch(/^flink\.(failed|rejected)$/);
      await session.close(steps.signal);
    });
  });
}

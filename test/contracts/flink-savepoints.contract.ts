/** What a Flink does with savepoints that are asked of it under a trigger id. Every fake is held to it, too. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SavepointTrigger, SavepointType, TriggerState } from '../../lib/domain/run/savepoint-trigger.ts';
import { type FlinkSteps, flinkSteps, type FlinkUnderTest, PATIENCE_MS } from './flink-steps.ts';

const CHECKPOINTING = { 'execution.checkpointing.interval': '200 ms' };

export function flinkSavepointsContract(name: string, make: () => Promise<FlinkUnderTest> | FlinkUnderTest): void {
  describe(`savepoints of Flink: ${name}`, { timeout: PATIENCE_MS }, () => {
    let f: FlinkUnderTest;
    let steps: FlinkSteps;
    beforeEach(async () => {
      f = await make();
      steps = flinkSteps(f);
    });

    const ask = (jobId: string, what: SavepointTrigger): Promise<void> =>
      f.jobManager.triggerSavepoint(f.hosts, jobId, what, steps.signal);
    const stateOf = (jobId: string, triggerId: string): Promise<TriggerState> =>
      f.jobManager.savepointState(f.hosts, jobId, triggerId, steps.signal);
    const jobOf = (jobId: string) => f.jobManager.job(f.hosts, jobId, steps.signal);
    const cancel = (jobId: string): Promise<void> => f.jobManager.cancel(f.hosts, jobId, steps.signal);
    const outcomeOf = async (jobId: string, triggerId: string): Promise<TriggerState> => {
      for (;;) {
        const state = await stateOf(jobId, triggerId);
        if (state.kind !== 'inProgress') return state;
        await f.pause();
      }
    };
    /** While the tasks of a job are starting, Flink declines a savepoint. */
    const untilAllTasksRun = async (jobId: string): Promise<void> => {
      while (!(await f.jobManager.allTasksRun(f.hosts, jobId, steps.signal))) await f.pause();
    };
    const savepointOf = async (
      jobId: string,
      type: SavepointType,
    ): Promise<{ path: string; asked: SavepointTrigger }> => {
      await untilAllTasksRun(jobId);
      const asked = { type, triggerId: f.newJobId(), directory: null };
      await ask(jobId, asked);
      const state = await outcomeOf(jobId, asked.triggerId);
      if (state.kind !== 'done') throw new Error(`The savepoint is ${JSON.stringify(state)}`);
      return { path: state.path, asked };
    };
    const listed = async (jobId: string): Promise<string[]> =>
      ((await f.jobManager.checkpoints(f.hosts, jobId, steps.signal))?.completed ?? [])
        .filter(({ isSavepoint, discarded }) => isSavepoint && !discarded)
        .map(({ path }) => path);
    const untilListed = async (jobId: string, path: string): Promise<void> => {
      while (!(await listed(jobId)).includes(path)) await f.pause();
    };

    it('takes a savepoint of a running job, lists it, and lets the job go on', async () => {
      const jobId = f.newJobId();
      await steps.startInsert(jobId, CHECKPOINTING);
      const { path } = await savepointOf(jobId, 'trigger');
      expect(path).toMatch(/^file:.*savepoint-/);
      await untilListed(jobId, path);
      expect(await jobOf(jobId)).toMatchObject({ state: 'RUNNING', endedAt: null });
      await cancel(jobId);
    });

    it.each([
      ['stop', 'FINISHED'],
      ['cancel', 'CANCELED'],
    ] as const)('ends a job with a savepoint: %s, %s, and still says where it is', async (type, state) => {
      const jobId = f.newJobId();
      await steps.startInsert(jobId, CHECKPOINTING);
      const { path, asked } = await savepointOf(jobId, type);
      while ((await jobOf(jobId))?.endedAt === null) await f.pause();
      expect(await jobOf(jobId)).toMatchObject({ state });
      await untilListed(jobId, path);
      expect(await listed(jobId)).toEqual([path]);
      expect(await stateOf(jobId, asked.triggerId)).toEqual({ kind: 'done', path });
    });

    it('takes a trigger id that comes again for the same savepoint, also when that is done', async () => {
      const jobId = f.newJobId();
      await steps.startInsert(jobId, CHECKPOINTING);
      const { path, asked } = await savepointOf(jobId, 'trigger');
      for (const type of ['trigger', 'stop', 'cancel'] as const) {
        await ask(jobId, { ...asked, type });
        expect(await outcomeOf(jobId, asked.triggerId)).toEqual({ kind: 'done', path });
      }
      await untilListed(jobId, path);
      expect(await listed(jobId)).toEqual([path]);
      expect(await jobOf(jobId)).toMatchObject({ state: 'RUNNING' });
      await cancel(jobId);
    });

    it('has no task to wait for of a job that it does not know, or that has ended', async () => {
      const jobId = f.newJobId();
      await untilAllTasksRun(jobId);
      await steps.startInsert(jobId);
      await cancel(jobId);
      while ((await jobOf(jobId))?.endedAt === null) await f.pause();
      await untilAllTasksRun(jobId);
      expect(await jobOf(jobId)).toMatchObject({ state: 'CANCELED' });
    });

    it('knows nothing of a trigger that nobody has sent', async () => {
      const jobId = f.newJobId();
      await steps.startInsert(jobId);
      expect(await stateOf(jobId, f.newJobId())).toEqual({ kind: 'unknown' });
      await cancel(jobId);
    });

    it.each(['trigger', 'stop', 'cancel'] as const)(
      'takes no savepoint of a job that it does not know: %s',
      async (type) => {
        const [jobId, triggerId] = [f.newJobId(), f.newJobId()];
        await ask(jobId, { type, triggerId, directory: null });
        expect(await outcomeOf(jobId, triggerId)).toMatchObject({
          kind: 'failed',
          reason: expect.any(String) as string,
        });
      },
    );
  });
}

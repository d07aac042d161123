/** What the protocol relies on of a Flink: which jobs it takes and knows, and what a session leaves. Every fake is held to it, too. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  codeOf,
  type FlinkSteps,
  flinkSteps,
  type FlinkUnderTest,
  INSERT,
  PATIENCE_MS,
  SINK,
  SOURCE,
} from './flink-steps.ts';

export function flinkJobsContract(name: string, make: () => Promise<FlinkUnderTest> | FlinkUnderTest): void {
  describe(`jobs of Flink: ${name}`, { timeout: PATIENCE_MS }, () => {
    let f: FlinkUnderTest;
    let steps: FlinkSteps;
    beforeEach(async () => {
      f = await make();
      steps = flinkSteps(f);
    });

    it('says its version', async () => {
      expect(await f.gateway.version(f.gatewayUrl, steps.signal)).toBe(f.version);
    });

    it('says who its JobManager is: an address, and an id that stays while it runs', async () => {
      const first = await f.jobManager.identify(f.hosts, steps.signal);
      expect(first).toMatchObject({ address: f.hosts, highAvailability: false });
      expect(first.jmId).not.toBeNull();
      expect(await f.jobManager.identify(f.hosts, steps.signal)).toEqual(first);
    });

    it('starts an INSERT under the id that is given, and the job outlives the session', async () => {
      const jobId = f.newJobId();
      expect(await steps.startInsert(jobId)).toMatchObject({ kind: 'page', jobId });
      const job = await f.jobManager.job(f.hosts, jobId, steps.signal);
      expect(['INITIALIZING', 'CREATED', 'RUNNING']).toContain(job?.state);
      await f.jobManager.cancel(f.hosts, jobId, steps.signal);
    });

    it('refuses a second job under the same id, while the first runs and after it has ended', async () => {
      const jobId = f.newJobId();
      await steps.startInsert(jobId);
      expect(await codeOf(steps.startInsert(jobId))).toBe('flink.duplicate');
      await f.jobManager.cancel(f.hosts, jobId, steps.signal);
      for (;;) {
        const job = await f.jobManager.job(f.hosts, jobId, steps.signal);
        if (job?.state === 'CANCELED') break;
        await f.pause();
      }
      expect(await codeOf(steps.startInsert(jobId))).toBe('flink.duplicate');
      expect(await f.jobManager.job(f.hosts, jobId, steps.signal)).toMatchObject({ state: 'CANCELED' });
    });

    it('knows nothing of the checkpoints of a job that was never started', async () => {
      expect(await f.jobManager.checkpoints(f.hosts, f.newJobId(), steps.signal)).toBeNull();
    });

    it('does not know a job that was never started, and cancelling it is no error', async () => {
      const jobId = f.newJobId();
      expect(await f.jobManager.job(f.hosts, jobId, steps.signal)).toBeNull();
      await f.jobManager.cancel(f.hosts, jobId, steps.signal);
    });

    it('gives the rows of a bounded query, then the end', async () => {
      const session = await steps.open();
      const jobId = f.newJobId();
      const operation = await session.start(
        'SELECT a FROM (VALUES (1), (2)) AS t(a)',
        steps.config(jobId),
        steps.signal,
      );
      const seen: (string | null)[] = [];
      for (let token = 0; ; token += 1) {
        const page = await steps.untilReady(session, operation, token);
        seen.push(...page.rows.map((row) => row.fields[0] ?? null));
        if (page.kind === 'end') break;
        if (page.rows.length === 0) await f.pause();
      }
      expect(seen.sort((a, b) => Number(a) - Number(b))).toEqual(['1', '2']);
      await session.close(steps.signal);
    });

    it('ends the job of a query with its session', async () => {
      const session = await steps.open();
      await session.configure(SOURCE, steps.signal);
      const jobId = f.newJobId();
      const operation = await session.start('SELECT id FROM src', steps.config(jobId), steps.signal);
      await steps.untilReady(session, operation);
      await session.close(steps.signal);
      for (;;) {
        const job = await f.jobManager.job(f.hosts, jobId, steps.signal);
        if (job !== null && job.endedAt !== null) break;
        await f.pause();
      }
      expect(await f.jobManager.job(f.hosts, jobId, steps.signal)).toMatchObject({ state: 'CANCELED' });
    });

    it.each(['remote', 'kubernetes-application', 'yarn-application'])(
      'runs no script on %s where there is none of its clusters, and says that nothing was started',
      async (target) => {
        const session = await steps.open();
        const jobId = f.newJobId();
        const options = { ...steps.config(jobId), 'execution.target': target, 'kubernetes.cluster-id': 'contract' };
        expect(await codeOf(session.deploy(`${SOURCE};\n${SINK};\n${INSERT};\n`, options, steps.signal))).toBe(
          'flink.rejected',
        );
        await session.close(steps.signal);
        expect(await f.jobManager.job(f.hosts, jobId, steps.signal)).toBeNull();
      },
    );

    it('runs no script in a session that is closed', async () => {
      const session = await steps.open();
      await session.close(steps.signal);
      const failed = await codeOf(
        session.deploy(INSERT, { 'execution.target': 'kubernetes-application' }, steps.signal),
      );
      expect(failed).toMatch(/^flink\.(failed|rejected)$/);
    });

    it('knows a closed session no more', async () => {
      const session = await steps.open();
      await session.close(steps.signal);
      expect(await codeOf(session.configure(SINK, steps.signal))).toBe('flink.failed');
    });
  });
}

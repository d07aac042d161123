/** What a Flink does, as far as the use cases rely on it; run on the fake and on the real one, of each version. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { GatewaySession, JobManager, SqlGateway } from '../../lib/domain/ports.ts';
import type { ResultPage } from '../../lib/domain/results/result-page.ts';
import type { CompletedState } from '../../lib/domain/run/savepoint.ts';

export interface FlinkUnderTest {
  readonly gateway: SqlGateway;
  readonly jobManager: JobManager;
  readonly gatewayUrl: string;
  readonly hosts: string;
  readonly version: string;
  newJobId(): string;
  /** Lets a little time pass. */
  pause(): Promise<void>;
}

const SOURCE = "CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1')";
const SINK = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole')";
const INSERT = 'INSERT INTO snk SELECT id FROM src';
const PATIENCE_MS = 60_000;

export function flinkContract(name: string, make: () => Promise<FlinkUnderTest> | FlinkUnderTest): void {
  describe(`flink: ${name}`, { timeout: PATIENCE_MS }, () => {
    let f: FlinkUnderTest;
    const signal = new AbortController().signal;
    beforeEach(async () => {
      f = await make();
    });

    const open = (): Promise<GatewaySession> => f.gateway.open(f.gatewayUrl, { 'pipeline.name': 'contract' }, signal);
    const config = (jobId: string): Record<string, string> => {
      const [host = '', port = ''] = f.hosts.split(':');
      const target = { 'execution.target': 'remote', 'rest.address': host, 'rest.port': port };
      return { ...target, '$internal.pipeline.job-id': jobId };
    };
    const untilReady = async (session: GatewaySession, operation: string, token = 0): Promise<ResultPage> => {
      for (;;) {
        const page = await session.fetch(operation, token, signal);
        if (page.kind !== 'notReady') return page;
        await f.pause();
      }
    };
    const startInsert = async (jobId: string, options: Readonly<Record<string, string>> = {}): Promise<ResultPage> => {
      const session = await open();
      try {
        for (const ddl of [SOURCE, SINK]) await session.configure(ddl, signal);
        return await untilReady(session, await session.start(INSERT, { ...config(jobId), ...options }, signal));
      } finally {
        await session.close(signal);
      }
    };
    const codeOf = async (work: Promise<unknown>): Promise<string> => {
      const error: unknown = await work.then(
        () => 'nothing went wrong',
        (thrown: unknown) => thrown,
      );
      return error instanceof AppError ? error.code : String(error);
    };

    it('says its version', async () => {
      expect(await f.gateway.version(f.gatewayUrl, signal)).toBe(f.version);
    });

    it('says who its JobManager is: an address, and an id that stays while it runs', async () => {
      const first = await f.jobManager.identify(f.hosts, signal);
      expect(first).toMatchObject({ address: f.hosts, highAvailability: false });
      expect(first.jmId).toMatch(/flink-web/);
      expect(await f.jobManager.identify(f.hosts, signal)).toEqual(first);
    });

    it('starts an INSERT under the id that is given, and the job outlives the session', async () => {
      const jobId = f.newJobId();
      expect(await startInsert(jobId)).toMatchObject({ kind: 'page', jobId });
      const job = await f.jobManager.job(f.hosts, jobId, signal);
      expect(['INITIALIZING', 'CREATED', 'RUNNING']).toContain(job?.state);
      await f.jobManager.cancel(f.hosts, jobId, signal);
    });

    it('refuses a second job under the same id, while the first runs and after it has ended', async () => {
      const jobId = f.newJobId();
      await startInsert(jobId);
      expect(await codeOf(startInsert(jobId))).toBe('flink.duplicate');
      await f.jobManager.cancel(f.hosts, jobId, signal);
      for (;;) {
        const job = await f.jobManager.job(f.hosts, jobId, signal);
        if (job?.state === 'CANCELED') break;
        await f.pause();
      }
      expect(await codeOf(startInsert(jobId))).toBe('flink.duplicate');
      expect(await f.jobManager.job(f.hosts, jobId, signal)).toMatchObject({ state: 'CANCELED' });
    });

    const untilEnded = async (jobId: string): Promise<void> => {
      while ((await f.jobManager.job(f.hosts, jobId, signal))?.endedAt === null) await f.pause();
    };
    const untilCheckpoint = async (jobId: string): Promise<CompletedState> => {
      for (;;) {
        const [one] = (await f.jobManager.checkpoints(f.hosts, jobId, signal))?.completed ?? [];
        if (one !== undefined) return one;
        await f.pause();
      }
    };
    const CHECKPOINTING = { 'execution.checkpointing.interval': '200 ms' };
    const RETENTION = 'execution.checkpointing.externalized-checkpoint-retention';

    it('says what a job has completed, with path and time, also after its end', async () => {
      const jobId = f.newJobId();
      await startInsert(jobId, { ...CHECKPOINTING, [RETENTION]: 'RETAIN_ON_CANCELLATION' });
      const first = await untilCheckpoint(jobId);
      expect(first).toMatchObject({ isSavepoint: false, path: expect.stringMatching(`^file:.*${jobId}/chk-\\d+$`) });
      const { ranAt } = (await f.jobManager.job(f.hosts, jobId, signal)) ?? {};
      expect(first.completedAt).toBeGreaterThanOrEqual(ranAt ?? Infinity);
      await f.jobManager.cancel(f.hosts, jobId, signal);
      await untilEnded(jobId);
      const after = await f.jobManager.checkpoints(f.hosts, jobId, signal);
      expect(after).toMatchObject({ retention: 'afterFailureAndCancel', restoredFrom: null });
      expect(after?.completed.some(({ discarded }) => !discarded)).toBe(true);
    });

    it('starts a job from where another one was, and says from where', async () => {
      const [one, other] = [f.newJobId(), f.newJobId()];
      await startInsert(one, { ...CHECKPOINTING, [RETENTION]: 'RETAIN_ON_CANCELLATION' });
      await untilCheckpoint(one);
      await f.jobManager.cancel(f.hosts, one, signal);
      await untilEnded(one);
      const left = (await f.jobManager.checkpoints(f.hosts, one, signal))?.completed.find((it) => !it.discarded);
      await startInsert(other, { 'execution.state-recovery.path': left?.path ?? '' });
      for (;;) {
        const restored = (await f.jobManager.checkpoints(f.hosts, other, signal))?.restoredFrom ?? null;
        if (restored !== null) {
          expect(restored).toBe(left?.path);
          break;
        }
        await f.pause();
      }
      await f.jobManager.cancel(f.hosts, other, signal);
    });

    it('says when checkpoints stay: by default never', async () => {
      for (const [value, retention] of [
        ['DELETE_ON_CANCELLATION', 'afterFailure'],
        [null, 'never'],
      ] as const) {
        const jobId = f.newJobId();
        await startInsert(jobId, { ...CHECKPOINTING, ...(value === null ? {} : { [RETENTION]: value }) });
        await untilCheckpoint(jobId);
        // Between two checkpoints of a running job there is a moment in which Flink shows the old one as discarded and the new one not yet.
        await expect.poll(() => f.jobManager.checkpoints(f.hosts, jobId, signal)).toMatchObject({ retention });
        await f.jobManager.cancel(f.hosts, jobId, signal);
      }
    });

    it('knows nothing of the checkpoints of a job that was never started', async () => {
      expect(await f.jobManager.checkpoints(f.hosts, f.newJobId(), signal)).toBeNull();
    });

    it('does not know a job that was never started, and cancelling it is no error', async () => {
      const jobId = f.newJobId();
      expect(await f.jobManager.job(f.hosts, jobId, signal)).toBeNull();
      await f.jobManager.cancel(f.hosts, jobId, signal);
    });

    it('refuses SQL that names an unknown table as bad SQL, with a line for a person, starting nothing', async () => {
      const jobId = f.newJobId();
      const session = await open();
      await session.configure(SOURCE, signal);
      const operation = await session.start('INSERT INTO nope SELECT id FROM src', config(jobId), signal);
      const error: unknown = await untilReady(session, operation).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'flink.rejected' });
      expect((error as AppError).message).toMatch(/^Cannot find table .*nope/);
      expect((error as AppError).message).not.toMatch(/\bat org\.|Exception/);
      await session.close(signal);
      expect(await f.jobManager.job(f.hosts, jobId, signal)).toBeNull();
    });

    it('gives the rows of a bounded query, then the end', async () => {
      const session = await open();
      const jobId = f.newJobId();
      const operation = await session.start('SELECT a FROM (VALUES (1), (2)) AS t(a)', config(jobId), signal);
      const seen: (string | null)[] = [];
      for (let token = 0; ; token += 1) {
        const page = await untilReady(session, operation, token);
        seen.push(...page.rows.map((row) => row.fields[0] ?? null));
        if (page.kind === 'end') break;
        if (page.rows.length === 0) await f.pause();
      }
      expect(seen.sort((a, b) => Number(a) - Number(b))).toEqual(['1', '2']);
      await session.close(signal);
    });

    it('ends the job of a query with its session', async () => {
      const session = await open();
      await session.configure(SOURCE, signal);
      const jobId = f.newJobId();
      const operation = await session.start('SELECT id FROM src', config(jobId), signal);
      await untilReady(session, operation);
      await session.close(signal);
      for (;;) {
        const job = await f.jobManager.job(f.hosts, jobId, signal);
        if (job !== null && job.endedAt !== null) break;
        await f.pause();
      }
      expect(await f.jobManager.job(f.hosts, jobId, signal)).toMatchObject({ state: 'CANCELED' });
    });

    it('gives SHOW as rows with a column', async () => {
      const session = await open();
      await session.configure(SINK, signal);
      const page = await untilReady(session, await session.start('SHOW TABLES', {}, signal));
      expect(page).toMatchObject({ kind: 'page', columns: ['table name'], rows: [{ op: '+I', fields: ['snk'] }] });
      await session.close(signal);
    });

    it.each(['remote', 'kubernetes-application', 'yarn-application'])(
      'runs no script on %s where there is none of its clusters, and says that nothing was started',
      async (target) => {
        const session = await open();
        const jobId = f.newJobId();
        const options = { ...config(jobId), 'execution.target': target, 'kubernetes.cluster-id': 'contract' };
        expect(await codeOf(session.deploy(`${SOURCE};\n${SINK};\n${INSERT};\n`, options, signal))).toBe(
          'flink.rejected',
        );
        await session.close(signal);
        expect(await f.jobManager.job(f.hosts, jobId, signal)).toBeNull();
      },
    );

    it('runs no script in a session that is closed', async () => {
      const session = await open();
      await session.close(signal);
      const failed = await codeOf(session.deploy(INSERT, { 'execution.target': 'kubernetes-application' }, signal));
      expect(failed).toMatch(/^flink\.(failed|rejected)$/);
    });

    it('takes no INSERT and no query as a statement that configures the session', async () => {
      const session = await open();
      await session.configure(SOURCE, signal);
      expect(await codeOf(session.configure('SELECT id FROM src', signal))).toMatch(/^flink\.(failed|rejected)$/);
      await session.close(signal);
    });

    it('knows a closed session no more', async () => {
      const session = await open();
      await session.close(signal);
      expect(await codeOf(session.configure(SINK, signal))).toBe('flink.failed');
    });
  });
}

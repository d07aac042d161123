/** What a Flink does, as far as the use cases rely on it; run on the fake and on the real one, of each version. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { GatewaySession, JobManager, ResultPage, SqlGateway } from '../../lib/domain/ports.ts';

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
    const startInsert = async (jobId: string): Promise<ResultPage> => {
      const session = await open();
      try {
        for (const ddl of [SOURCE, SINK]) await session.configure(ddl, signal);
        return await untilReady(session, await session.start(INSERT, config(jobId), signal));
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

    it('lists the settings of the session, its properties among them', async () => {
      const session = await open();
      const page = await untilReady(session, await session.start('SET', {}, signal));
      expect(page.columns).toEqual(['key', 'value']);
      expect(page.rows.map(({ fields }) => fields)).toContainEqual(['pipeline.name', 'contract']);
      await session.close(signal);
    });

    it('explains an INSERT, a statement set and a query: one row, one text, and no job', async () => {
      const session = await open();
      for (const ddl of [SOURCE, SINK]) await session.configure(ddl, signal);
      const before = await f.jobManager.overview(f.hosts, signal);
      for (const what of [INSERT, `STATEMENT SET BEGIN ${INSERT}; ${INSERT}; END`, 'SELECT id FROM src']) {
        const page = await untilReady(session, await session.start(`EXPLAIN ${what}`, {}, signal));
        expect(page).toMatchObject({ kind: 'page', jobId: null, columns: ['result'] });
        expect(page.rows).toHaveLength(1);
        expect(page.rows[0]?.fields[0]).toMatch(/^== Abstract Syntax Tree ==\n/);
      }
      expect((await f.jobManager.overview(f.hosts, signal)).size).toBe(before.size);
      await session.close(signal);
    });

    it('says what an EXPLAIN misses as bad SQL', async () => {
      const session = await open();
      await session.configure(SOURCE, signal);
      const operation = await session.start('EXPLAIN INSERT INTO nope SELECT id FROM src', {}, signal);
      const error: unknown = await untilReady(session, operation).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'flink.rejected' });
      expect((error as AppError).message).toMatch(/nope/);
      await session.close(signal);
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

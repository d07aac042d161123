/** What explain relies on in a SQL gateway; run on the fake and on the real one, of each version. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../lib/domain/errors.ts';
import type { GatewaySession } from '../../lib/domain/ports.ts';
import type { ResultPage } from '../../lib/domain/results/result-page.ts';
import type { FlinkUnderTest } from './flink-steps.ts';

const SOURCE = "CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1')";
const SINK = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole')";
const INSERT = 'INSERT INTO snk SELECT id FROM src';

export function flinkExplainContract(name: string, make: () => Promise<FlinkUnderTest> | FlinkUnderTest): void {
  describe(`flink explains: ${name}`, { timeout: 60_000 }, () => {
    let f: FlinkUnderTest;
    const signal = new AbortController().signal;
    beforeEach(async () => {
      f = await make();
    });

    const open = (): Promise<GatewaySession> => f.gateway.open(f.gatewayUrl, { 'pipeline.name': 'contract' }, signal);
    const run = async (session: GatewaySession, sql: string): Promise<ResultPage> => {
      const operation = await session.start(sql, {}, signal);
      for (;;) {
        const page = await session.fetch(operation, 0, signal);
        if (page.kind !== 'notReady') return page;
        await f.pause();
      }
    };

    it('lists the settings of the session, its properties among them', async () => {
      const session = await open();
      const page = await run(session, 'SET');
      expect(page.columns).toEqual(['key', 'value']);
      expect(page.rows.map(({ fields }) => fields)).toContainEqual(['pipeline.name', 'contract']);
      await session.close(signal);
    });

    it('explains an INSERT, a statement set and a query: one row, one text, and no job', async () => {
      const session = await open();
      for (const ddl of [SOURCE, SINK]) await session.configure(ddl, signal);
      const before = await f.jobManager.overview(f.hosts, signal);
      for (const what of [INSERT, `STATEMENT SET BEGIN ${INSERT}; ${INSERT}; END`, 'SELECT id FROM src']) {
        const page = await run(session, `EXPLAIN ${what}`);
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
      const explain = run(session, 'EXPLAIN INSERT INTO nope SELECT id FROM src');
      const error: unknown = await explain.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'flink.rejected' });
      expect((error as AppError).message).toMatch(/nope/);
      await session.close(signal);
    });
  });
}

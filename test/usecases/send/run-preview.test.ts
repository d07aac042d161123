/** A query whose rows the caller gets (protocol.md section 6): how it ends, and what becomes of its job. */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import type { Cell } from '../../../lib/domain/results/cell.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const SELECT = "CREATE TABLE t (a INT) WITH ('connector'='datagen'); SELECT a FROM t;";
const cells = (...values: string[]): Cell[] => values.map((value) => ({ op: '+I', fields: [value] }));

/** A query that gives these rows. */
function querying(values: readonly string[], ends: boolean, maxRowNum = 100): World {
  const w = world({ tasks: [aTask({ statement: SELECT, maxRowNum })] });
  w.flink.rowsOf = () => ({ columns: ['a'], cells: cells(...values), ends });
  return w;
}

const stored = (w: World): RunHead => w.store.heads.get(1)!;
const jobs = (w: World): string[] => [...w.flink.jobs.values()].map(({ state }) => state);

function fails(w: World, wanted: 'start' | 'fetch' | 'cancel', code: ErrorCode): void {
  w.flink.fault = (call, before) => {
    if (call === wanted && before) throw new AppError(code, 'Said so.');
  };
}

describe('a query that ends by itself', () => {
  it('is told with when it began and ended, and its job needs no cancel', async () => {
    const w = querying(['1', '2'], true);
    let cancels = 0;
    w.flink.cancel = () => Promise.reject(new Error(String((cancels += 1))));
    const startedAt = w.clock.now();
    const { head, result } = await w.submit();
    expect(head).toMatchObject({ status: 'FINISHED', active: null });
    expect(result?.preview).toMatchObject({ total: 2, limit: 100, truncated: false, truncatedBy: null, error: null });
    const { startedAt: from = 0, endedAt: to = 0 } = result?.preview ?? {};
    expect(from).toBeGreaterThanOrEqual(startedAt);
    expect(to - from).toBeGreaterThanOrEqual(w.flink.planningMs);
    expect([cancels, jobs(w)]).toEqual([0, ['FINISHED']]);
  });
});

describe('a query that would go on', () => {
  it('is read for a second longer when it has brought as many rows as it may: one more may come', async () => {
    const w = querying(['1', '2'], false, 2);
    const startedAt = w.clock.now();
    const { result } = await w.submit();
    expect(result?.preview).toMatchObject({ total: 2, truncatedBy: 'rows' });
    expect(w.clock.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  });

  it('that brings a row again within that second is read on', async () => {
    const w = querying([], false, 2);
    let asked = 0;
    const { open } = w.flink;
    // Changes of the same two rows come every 900 ms; then nothing comes.
    w.flink.open = async (...given) => {
      const session = await open(...given);
      return {
        ...session,
        fetch: async (handle, token, signal) => {
          const page = await session.fetch(handle, Math.min(token, 1), signal);
          if (page.kind === 'notReady' || (asked += 1) > 3) return page;
          await w.clock.sleep(900);
          return { ...page, columns: ['a'], rows: asked === 1 ? cells('1', '2') : [...changed('2'), ...cells('2')] };
        },
      };
    };
    const startedAt = w.clock.now();
    const { result } = await w.submit();
    expect(result?.preview).toMatchObject({ rowData: [{ a: '1' }, { a: '2' }], truncatedBy: 'rows' });
    expect(w.clock.now() - startedAt).toBeGreaterThanOrEqual(3 * 900 + 1_000);
  });

  it('stops when for a second nothing has come', async () => {
    const w = querying([], false, 1);
    const readAt: number[] = [];
    const { open } = w.flink;
    w.flink.open = async (...given) => ({
      ...(await open(...given)),
      fetch: async () => {
        if (readAt.length > 0) await w.clock.sleep(1_000);
        readAt.push(w.clock.now());
        return { kind: 'page', jobId: stored(w).jobId, columns: ['a'], rows: readAt.length === 1 ? cells('1') : [] };
      },
    });
    expect((await w.submit()).result?.preview).toMatchObject({ total: 1, truncatedBy: 'rows' });
    expect(readAt.map((at) => at - (readAt[0] ?? 0))).toEqual([0, 1_000]);
  });

  it('stops at a row too many, without a pause', async () => {
    const w = querying(['1', '2', '3'], false, 2);
    const startedAt = w.clock.now();
    expect((await w.submit()).result?.preview).toMatchObject({ total: 2, truncatedBy: 'rows' });
    expect(w.clock.now() - startedAt).toBeLessThan(1_000);
  });

  it('has its session closed before the answer, and its job ended: nothing is left to be watched', async () => {
    const w = querying(['1', '2', '3'], false, 2);
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'FINISHED', active: null });
    expect([w.flink.openSessions(), jobs(w)]).toEqual([0, ['CANCELED']]);
  });

  it.each<[string, (w: World) => void, number]>([
    ['does not answer the cancel', (w) => fails(w, 'cancel', 'flink.noReply'), 1],
    ['does not know the job, which may still arrive', (w) => void (w.flink.job = () => Promise.resolve(null)), 0],
    ['still shows it as running', (w) => void (w.flink.job = shows('RUNNING')), 0],
  ])('whose JobManager %s is watched: FINISHED, and the reconciler looks', async (_what, prepare, warnings) => {
    const w = querying(['1', '2', '3'], false, 2);
    prepare(w);
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'FINISHED', active: 'WATCH#1' });
    const told = w.log.lines.filter(({ message }) => message.startsWith('the job of a preview may still run'));
    expect(told.map(({ level, fields }) => [level, fields])).toEqual(
      Array.from({ length: warnings }, () => ['warn', { runId: 1, error: 'Said so.' }]),
    );
  });

  it('whose job is being cancelled is not watched: it can not come back', async () => {
    const w = querying(['1', '2', '3'], false, 2);
    w.flink.job = shows('CANCELLING');
    expect((await w.submit()).head).toMatchObject({ status: 'FINISHED', active: null });
  });

  it('whose end meets a bug of Dinghy does not hide it', async () => {
    const w = querying(['1', '2', '3'], false, 2);
    w.flink.cancel = () => Promise.reject(new TypeError('x is undefined'));
    await expect(w.submit()).rejects.toThrow(TypeError);
  });
});

describe('a query that fails', () => {
  it('in Flink, before its job: the run has failed with its line, and has no rows', async () => {
    const w = querying(['1'], true);
    fails(w, 'fetch', 'flink.rejected');
    const { head, result } = await w.submit();
    expect(head).toMatchObject({ status: 'FAILED', error: 'line 1: Said so.', open: [] });
    expect([result, w.store.results.size]).toEqual([null, 0]);
  });

  it('to be handed over: nobody knows what became of it', async () => {
    const w = querying(['1'], true);
    fails(w, 'start', 'flink.noReply');
    const { head, result } = await w.submit({}, 3_000);
    expect(head).toMatchObject({ status: 'INITIALIZING', open: [1], refusal: 'Said so.' });
    expect(result).toBeNull();
    expect(stored(w).status).toBe('INITIALIZING');
  });

  it('to be planned in its time: no rows are told of, and a job may still turn up', async () => {
    const w = querying(['1'], true);
    w.flink.planningMs = 600_000;
    const { head, result } = await w.submit({}, 5_000);
    expect(head).toMatchObject({ status: 'INITIALIZING', open: [1], refusal: null });
    expect([result, w.store.results.size]).toEqual([null, 0]);
  });
});

function changed(value: string): Cell[] {
  return [{ op: '-D', fields: [value] }];
}

function shows(state: 'RUNNING' | 'CANCELLING'): World['flink']['job'] {
  return () => Promise.resolve({ state, ranAt: 1, endedAt: null });
}

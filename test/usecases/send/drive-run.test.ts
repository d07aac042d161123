/** From the durable intent to its outcome, when the statements before the job do not get through (protocol.md section 3.8). */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import { MAX_RESULT_BYTES, SEND_WITHIN_MS } from '../../../lib/domain/limits.ts';
import type { Cell } from '../../../lib/domain/results/cell.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const TABLE = "CREATE TABLE a (x INT) WITH ('connector' = 'datagen');";
const ONCE = `${TABLE} CREATE TABLE t WITH ('connector' = 'blackhole') AS SELECT x FROM a;`;
const WITHOUT_JOB = `${TABLE} SHOW TABLES;`;

function stepsFail(code: ErrorCode, statement?: string): World {
  const w = world({ tasks: [aTask(statement === undefined ? {} : { statement })] });
  w.flink.fault = (call, before) => {
    if (call === 'configure' && before) throw new AppError(code, 'Said so.');
  };
  return w;
}

describe('statements before the job', () => {
  it.each([undefined, ONCE])('that Flink refuses end the run with its reason (%s)', async (statement) => {
    const w = stepsFail('flink.rejected', statement);
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', open: [], sqlRefusedSend: 1 });
    expect(head.error).toMatch(/^line 1: Said so\.$/);
    expect(w.store.heads.get(1)).toEqual(head);
  });

  it('that are interrupted leave the run to the reconciler, and the answer says why', async () => {
    const w = stepsFail('flink.noReply');
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'INITIALIZING', submitStatus: 'INITIALIZE', open: [1] });
    expect(head.refusal).toContain('Said so.');
    expect(w.store.heads.get(1)).toMatchObject({ status: 'INITIALIZING', refusal: null });
  });

  it('that are interrupted end a run that may not be sent again: nothing was sent', async () => {
    const w = stepsFail('flink.noReply', ONCE);
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', open: [], sqlRefusedSend: null });
    expect(head.error).toContain('Said so.');
    expect(w.flink.started).toEqual([]);
  });

  it('that are interrupted in a task without a job: nobody knows which of them ran', async () => {
    const { head } = await stepsFail('flink.noReply', WITHOUT_JOB).submit();
    expect(head).toMatchObject({ status: 'UNKNOWN', submitStatus: 'FAILED' });
    expect(head.error).toMatch(/^interrupted; its statements may have run: .*Said so\./);
  });

  it.each([undefined, ONCE, WITHOUT_JOB])('that take all the time end nothing yet (%s)', async (statement) => {
    const w = world({ tasks: [aTask(statement === undefined ? {} : { statement })] });
    w.flink.fault = async (call, before) => {
      if (call === 'configure' && before) await w.clock.sleep(60_000);
    };
    const { head } = await w.submit({}, 3_000);
    expect(head).toMatchObject({ status: 'INITIALIZING', submitStatus: 'INITIALIZE', open: [1], refusal: null });
    expect(w.store.heads.get(1)).toMatchObject({ status: 'INITIALIZING', error: null });
  });
});

describe('a machine whose clock was set back after the intent', () => {
  it('sends nothing, since nobody could tell how old its permission is, and leaves the run to the reconciler', async () => {
    const w = world();
    const { putHead } = w.store;
    const { now } = w.clock;
    w.store.putHead = async (head) => {
      const there = await putHead(head);
      w.clock.now = () => now() - 60_000;
      return there;
    };
    const view = await w.submit();
    expect(view).toMatchObject({ head: { id: 1, status: 'INITIALIZING', open: [1] }, result: null });
    expect(w.flink.started).toEqual([]);
  });
});

describe('a job without rows before it', () => {
  it('leaves no result in the table, and none in the answer', async () => {
    const w = world();
    expect((await w.submit()).result).toBeNull();
    expect(w.store.results.size).toBe(0);
  });
});

describe('the session of a submit of unknown fate', () => {
  const SELECT = `${TABLE} SELECT x FROM a;`;

  async function fetchFails(code: ErrorCode, statement?: string): Promise<World> {
    const w = world({ tasks: [aTask(statement === undefined ? {} : { statement })] });
    w.flink.fault = (call, before) => {
      if ((call === 'fetch' || call === 'job') && before) throw new AppError(code, 'Said so.');
    };
    expect((await w.submit({}, 3_000)).head.status).toBe('INITIALIZING');
    return w;
  }

  it('stays open when nothing was answered: its end would end a statement that is still planned', async () => {
    expect((await fetchFails('flink.noReply')).flink.openSessions()).toBe(1);
  });

  it('is closed when Flink has answered, and is done with the statement', async () => {
    expect((await fetchFails('flink.failed')).flink.openSessions()).toBe(0);
  });

  it('of a preview is closed whatever was answered: its rows have nobody to go to', async () => {
    expect((await fetchFails('flink.noReply', SELECT)).flink.openSessions()).toBe(0);
  });
});

describe('rows before the rows of a query', () => {
  const ROW_BYTES = 1_000;
  const rows = (count: number): { columns: string[]; cells: Cell[]; ends: boolean } => ({
    columns: ['a'],
    cells: Array.from({ length: count }, () => ({ op: '+I', fields: ['x'.repeat(ROW_BYTES)] })),
    ends: true,
  });

  it('take their room from it: both together are no more than the table has room for', async () => {
    const statement = `${TABLE} CALL sys.rows(); SELECT x FROM a;`;
    const w = world({ tasks: [aTask({ statement, maxRowNum: 10_000 })] });
    w.flink.rowsOf = () => rows(200);
    const { result } = await w.submit();
    expect(result?.results.map(({ truncatedBy }) => truncatedBy)).toEqual([null, 'size']);
    expect(result?.results[0]?.rowData).toHaveLength(200);
    const most = Math.floor(MAX_RESULT_BYTES / ROW_BYTES);
    expect(200 + (result?.preview?.rowData.length ?? 0)).toBeLessThanOrEqual(most);
    expect(result?.preview?.rowData.length).toBeGreaterThan(most - 200 - 20);
  });
});

describe('a driver that needs a new permission', () => {
  it('and finds that somebody has ended the run meanwhile sends nothing, and answers what is stored', async () => {
    const w = world();
    const { putHead, updateHead } = w.store;
    w.store.putHead = async (head) => {
      const there = await putHead(head);
      await w.clock.sleep(SEND_WITHIN_MS - 200);
      return there;
    };
    w.store.updateHead = async (head, change, cause) => {
      w.store.updateHead = updateHead;
      await updateHead(head, { status: 'CANCELED', submitStatus: 'CANCEL', finishedAt: 5, active: null }, 'ended');
      return await updateHead(head, change, cause);
    };
    expect((await w.submit()).head).toMatchObject({ id: 1, status: 'CANCELED', sends: 1 });
    expect(w.flink.started).toEqual([]);
  });
});

/** Which runs of a task are live (protocol.md section 7): what is read for it, and what Flink is asked before one is passed over. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const WITH_VARIABLE = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x};";

/** So many live runs with variables of their own, numbered from 1. */
async function live(count: number): Promise<World> {
  const w = world({ tasks: [aTask({ statement: WITH_VARIABLE })] });
  for (let x = 1; x <= count; x += 1) await w.submit({ variables: { x: String(x) } });
  return w;
}

const stored = (w: World, id: number): RunHead => w.store.heads.get(id)!;
const put = (w: World, id: number, changes: Partial<RunHead>): void =>
  void w.store.heads.set(id, { ...stored(w, id), ...changes });
const forget = (w: World, id: number): void => void w.flink.jobs.delete(stored(w, id).jobId ?? '');

/** The calls that ask Flink for a job. */
function looks(w: World): string[] {
  const asked: string[] = [];
  w.flink.fault = (call, before, jobId) => {
    if (call === 'job' && before) asked.push(jobId);
  };
  return asked;
}

describe('a cancel', () => {
  it('of a task that was never run reads no record', async () => {
    const w = world();
    w.store.readHead = (id) => Promise.reject(new Error(`not to be read: ${id}`));
    expect(await w.cancel()).toMatchObject({ cancelled: null });
  });

  it('knows every live run, however many there are, and reads each record once and not all at the same time', async () => {
    const w = await live(60);
    const { readHead } = w.store;
    const read: number[] = [];
    let underWay = 0;
    let most = 0;
    w.store.readHead = async (id) => {
      read.push(id);
      most = Math.max(most, (underWay += 1));
      await w.clock.sleep(1);
      underWay -= 1;
      return await readHead(id);
    };
    const { cancelled, others } = await w.cancel();
    expect(cancelled?.id).toBe(60);
    expect(others).toEqual(Array.from({ length: 59 }, (_, n) => 59 - n));
    expect(new Set(read).size).toBe(60);
    expect(most).toBe(25);
  });

  it('means a query whose rows are being read: no claim names it', async () => {
    const w = world({
      tasks: [aTask({ statement: "CREATE TABLE a (x INT) WITH ('connector'='datagen'); SELECT x FROM a;" })],
    });
    w.flink.rowsOf = () => ({ columns: ['a'], cells: [], ends: false });
    const submitting = w.submit();
    await w.clock.advance(2_000);
    expect(await w.cancel()).toMatchObject({ cancelled: { id: 1, cancelAskedBy: 'test' } });
    await submitting;
  });

  it('passes over a number that was claimed a moment ago and is no run yet', async () => {
    const w = await live(1);
    w.store.tasks.set(1, { ...w.store.tasks.get(1)!, latestRunId: 9 });
    expect(await w.cancel()).toMatchObject({ cancelled: { id: 1 }, others: [] });
  });

  it('does not mean a run of another task that has the number in a restored table', async () => {
    const w = await live(2);
    put(w, 2, { taskId: 9 });
    expect(await w.cancel()).toMatchObject({ cancelled: { id: 1 }, others: [] });
    expect(stored(w, 2).cancelAskedAt).toBeNull();
  });

  it('does not mean a run whose end is recorded, although Flink has forgotten its job', async () => {
    const w = await live(2);
    put(w, 2, { status: 'FINISHED', finishedAt: 5 });
    forget(w, 2);
    expect(await w.cancel()).toMatchObject({ cancelled: { id: 1 } });
  });

  it.each<[string, Partial<RunHead>]>([
    ['has no job', { jobId: null, kind: 'none', status: 'INITIALIZING' }],
    ['has no address yet', { hosts: '', address: '', status: 'INITIALIZING' }],
  ])('means the newest run that %s without asking Flink for it', async (_what, changes) => {
    const w = await live(2);
    put(w, 2, changes);
    const asked = looks(w);
    expect(await w.cancel()).toMatchObject({ cancelled: { id: 2 }, others: [1] });
    expect(asked).toEqual([]);
  });

  it('asks a Flink that hangs for three seconds, and then means the newest run', async () => {
    const w = await live(2);
    w.flink.fault = (call, before) => (call === 'job' && before ? w.clock.sleep(600_000) : undefined);
    const startedAt = w.clock.now();
    expect(await w.cancel()).toMatchObject({ cancelled: { id: 2 } });
    expect(w.clock.now() - startedAt).toBe(3_000);
  });

  it('passes over a run whose job has failed, also when nobody could be told why: the record waits for the reason', async () => {
    const w = await live(2);
    Object.assign(w.flink.jobs.get(stored(w, 2).jobId ?? '') ?? {}, { state: 'FAILED', endedAt: w.clock.now() });
    w.flink.failureCause = () => Promise.reject(new AppError('flink.failed', 'HTTP 500.'));
    expect(await w.cancel()).toMatchObject({ cancelled: { id: 1 } });
    expect(stored(w, 2)).toMatchObject({ status: 'CREATED', cancelAskedAt: null });
  });

  it('passes over a run whose end somebody records at the same moment', async () => {
    const w = await live(2);
    const { updateHead } = w.store;
    w.store.updateHead = async (head, change, cause) => {
      w.store.updateHead = updateHead;
      await updateHead(head, { status: 'UNKNOWN', finishedAt: 5, active: null }, 'said to be lost');
      return await updateHead(head, change, cause);
    };
    expect(await w.cancel()).toMatchObject({ cancelled: { id: 1 } });
    expect(stored(w, 2)).toMatchObject({ status: 'UNKNOWN', cancelAskedAt: null });
  });
});

/** Items of the table that can't be read: what they may decide is refused by name, everything else goes on without them. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { cancelNote } from '../../lib/http/cancel-note.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const STATEMENT = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x};";
const problemOf = (id: number): string =>
  `The item RUN#${id}, HEAD of the Jobs table can't be read: its "v" is missing.`;

/** Their heads can't be read from now on. */
function damage(w: World, ...ids: number[]): void {
  const read = w.store.readHead.bind(w.store);
  w.store.readHead = async (id) => {
    if (ids.includes(id)) throw new AppError('store.invalid', problemOf(id));
    return await read(id);
  };
}

/** Live runs with these numbers, each with variables of its own. */
async function live(count: number, dedupeSeconds = 0): Promise<World> {
  const w = world({ tasks: [aTask({ statement: STATEMENT, dedupeSeconds })] });
  for (let x = 1; x <= count; x += 1) await w.submit({ variables: { x: String(x) } });
  return w;
}

function ends(w: World, { jobId }: RunHead, state: 'FINISHED' | 'FAILED' = 'FINISHED'): void {
  Object.assign(w.flink.jobs.get(jobId ?? '') ?? {}, { state, endedAt: w.clock.now() });
}

const headOf = (w: World, id: number): RunHead => w.store.heads.get(id)!;
const told = (w: World, id: number): unknown[] =>
  w.log.lines.filter(({ fields }) => (fields as { error?: string } | undefined)?.error === problemOf(id));
const asked = (w: World): number[] =>
  [...w.store.heads.values()].filter(({ cancelAskedAt }) => cancelAskedAt !== null).map(({ id }) => id);

describe('a cancel', () => {
  it('is refused where the run that can not be read is newer than every live one: it may be the one that is meant', async () => {
    for (const newest of [3, 2]) {
      const w = await live(newest);
      damage(w, newest);
      await expect(w.cancel()).rejects.toMatchObject({
        code: 'store.invalid',
        message: `${problemOf(newest)} The cancel of task 1 may apply to this run, so nothing was cancelled.`,
      });
      expect(asked(w)).toEqual([]);
    }
  });

  it('is refused where no run is live but one that can not be read', async () => {
    const w = await live(2);
    ends(w, headOf(w, 2));
    await w.clock.advance(5_000);
    await w.poll(2);
    damage(w, 1);
    await expect(w.cancel()).rejects.toMatchObject({ code: 'store.invalid' });
  });

  it('is refused where Flink has ended all that is newer than the run that can not be read', async () => {
    const w = await live(3);
    ends(w, headOf(w, 3));
    damage(w, 2);
    await expect(w.cancel()).rejects.toMatchObject({
      code: 'store.invalid',
      message: expect.stringContaining('RUN#2'),
    });
    expect(asked(w)).toEqual([]);
    expect(headOf(w, 3).status).toBe('FINISHED');
  });

  it('means the newest live run where an older one can not be read, and names that one', async () => {
    const w = await live(3);
    damage(w, 1);
    expect(await w.cancel()).toMatchObject({ cancelled: { id: 3 }, others: [2], unreadable: [1] });
    expect(asked(w)).toEqual([3]);
    expect(told(w, 1)).toHaveLength(1);
    const note = cancelNote({ cancelled: headOf(w, 3), others: [], unreadable: [1] }, 'UTC');
    expect(note).toMatch(
      /\. Older runs whose record can't be read may still be live \(docs\/operate\/troubleshooting\.md\): 1$/,
    );
  });

  it('that repeats one means the same run, whatever can not be read', async () => {
    const w = await live(3);
    await w.cancel();
    damage(w, 2);
    expect(await w.cancel()).toMatchObject({ as: 'repeat', cancelled: { id: 3 }, unreadable: [2] });
    damage(w, 3);
    await expect(w.cancel()).rejects.toMatchObject({ code: 'store.invalid', message: problemOf(3) });
  });

  it('fails as before when the table can not be used', async () => {
    const w = await live(2);
    w.store.readHead = () => Promise.reject(new AppError('store.unavailable', 'Slow down.'));
    await expect(w.cancel()).rejects.toMatchObject({ code: 'store.unavailable' });
  });
});

describe('a submit', () => {
  it('of a task that runs alone is refused while another run of it can not be read', async () => {
    const w = await live(2);
    ends(w, headOf(w, 1));
    ends(w, headOf(w, 2));
    damage(w, 1);
    const alone = w.submit({ variables: { x: 'new' }, isOnline: true });
    await expect(alone).rejects.toMatchObject({ code: 'store.invalid', message: problemOf(1) });
    expect(w.flink.jobs.size).toBe(2);
  });

  it('of the same variables is refused, of others it is not', async () => {
    const w = await live(2);
    damage(w, 1);
    await expect(w.submit({ variables: { x: '1' } })).rejects.toMatchObject({ message: problemOf(1) });
    expect(await w.submit({ variables: { x: '3' } })).toMatchObject({ duplicate: false, head: { status: 'CREATED' } });
  });

  it('keeps the claim of a run that can not be read, where old claims are cleared away', async () => {
    const w = await live(70);
    for (let id = 1; id <= 70; id += 1) ends(w, headOf(w, id));
    await w.clock.advance(5_000);
    for (let id = 1; id <= 70; id += 1) await w.poll(id);
    damage(w, ...Array.from({ length: 35 }, (_, i) => 2 * i + 1));
    for (let x = 71; x <= 90; x += 1) await w.submit({ variables: { x: String(x) } });
    const kept = Object.values(w.store.tasks.get(1)?.claims ?? {});
    expect(kept.filter((id) => id % 2 === 1 && id <= 70)).toHaveLength(35);
    expect(kept.filter((id) => id % 2 === 0 && id <= 70).length).toBeLessThan(10);
  });
});

describe('the savepoint to start from', () => {
  const LATEST = 1;

  async function withSavepoint(): Promise<World> {
    const w = world({ tasks: [aTask({ statement: STATEMENT, savePointStrategy: LATEST, dedupeSeconds: 0 })] });
    const completed = { path: 's3://b/sp-1', isSavepoint: true, completedAt: 1_000, discarded: false };
    for (const x of ['other', '1']) {
      const { head } = await w.submit({ variables: { x } });
      ends(w, head);
      w.flink.completed.set(head.jobId ?? '', [completed]);
      await w.reconcile();
      await w.clock.advance(60_000);
    }
    return w;
  }

  it('is found though another run of the task can not be read, which is logged', async () => {
    const w = await withSavepoint();
    damage(w, 1);
    const { head } = await w.submit({ variables: { x: '1' } });
    expect(head).toMatchObject({ status: 'CREATED', savePointPath: 's3://b/sp-1' });
    expect(told(w, 1)).toHaveLength(1);
  });

  it('is not replaced by an older one when it can not be read: the submit is refused, and starts nothing', async () => {
    const w = await withSavepoint();
    const started = w.flink.jobs.size;
    const problem = 'The item TASK#1, SAVEPOINT#x of the Jobs table can not be read.';
    w.savepoints.find = () => Promise.reject(new AppError('store.invalid', problem));
    const refused = w.submit({ variables: { x: '1' } });
    await expect(refused).rejects.toMatchObject({ code: 'store.invalid', message: expect.stringContaining(problem) });
    await expect(refused).rejects.toThrow(/LATEST savepoint of task 1.*does not use another one.*"savePointPath"/);
    expect(w.flink.jobs.size).toBe(started);
    const { head } = await w.submit({ variables: { x: '1' }, savePointPath: 's3://b/sp-1' });
    expect(head).toMatchObject({ status: 'CREATED', savePointPath: 's3://b/sp-1' });
  });
});

describe('a sweep', () => {
  it('passes an item over that can not be read, logs it once, and records everything else', async () => {
    const w = await live(20);
    for (let id = 1; id <= 20; id += 1) ends(w, headOf(w, id));
    const page = w.sweep.activeRuns.bind(w.sweep);
    // The row of run 5 can't be read either, and is met on every page of its partition.
    w.sweep.activeRuns = async (partition, after) => {
      const { runs, after: next } = await page(partition, after);
      const unreadable = partition === 'LIVE#5' ? [problemOf(5)] : [];
      return { runs, unreadable, after: next };
    };
    damage(w, 5, 6);
    const report = await w.reconcile();
    expect(report).toMatchObject({ failedRuns: 2, passEnded: true, failedPartitions: [] });
    for (const id of [5, 6]) {
      expect(told(w, id)).toEqual([expect.objectContaining({ level: 'error' })]);
      expect(headOf(w, id).status).toBe('CREATED');
    }
    const ended = [...w.store.heads.values()].filter(({ status }) => status === 'FINISHED');
    expect(ended).toHaveLength(18);
    await w.reconcile();
    for (const id of [5, 6]) expect(told(w, id)).toHaveLength(2);
  });

  it('begins at the start when its own cursor can not be read, and writes it anew', async () => {
    const w = await live(3);
    ends(w, headOf(w, 2));
    w.sweep.readCursor = () => Promise.reject(new AppError('store.invalid', 'The item SWEEP, CURSOR ...'));
    await w.reconcile();
    expect(headOf(w, 2).status).toBe('FINISHED');
    expect(w.sweep.cursor).toEqual({});
  });

  it('ends a failed run whose body can not be read: what Flink says is not shown, as it may quote a secret', async () => {
    const w = await live(1);
    ends(w, headOf(w, 1), 'FAILED');
    w.store.readBody = () => Promise.reject(new AppError('store.invalid', 'The item RUN#1, BODY#w can not be read.'));
    await w.reconcile();
    expect(headOf(w, 1)).toMatchObject({ status: 'FAILED' });
    expect(headOf(w, 1).error).toMatch(/not shown, because: The item RUN#1, BODY#w can not be read/);
  });
});

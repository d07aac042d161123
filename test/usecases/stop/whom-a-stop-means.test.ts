/** Whom a stop means: its savepoints leave no marks, what can't be done leaves none either, and a restart ends as a whole. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { StopHow } from '../../../lib/domain/run/stop.ts';
import { stopTask } from '../../../lib/usecases/cancel-task.ts';
import { aTask, memoryDefinitions } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const SQL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT 1;";
const GIVEN = 'file:/savepoints/given';

let w: World;
beforeEach(async () => {
  w = world({ tasks: [aTask({ statement: SQL, dedupeSeconds: 0 })] });
  await w.submit();
  await w.pollTask();
});

const head = (id: number): RunHead => w.store.heads.get(id)!;
const change = (id: number, changes: Partial<RunHead>): void =>
  void w.store.heads.set(id, { ...head(id), ...changes, v: head(id).v + 1 });
const job = (id: number) => w.flink.jobs.get(head(id).jobId!)!;
const stop = (how: StopHow, deps: Parameters<typeof stopTask>[0] = w) =>
  w.clock.run(stopTask(deps)({ taskId: 1, mayBeEcho: false, how }, { caller: 'me', budgetMs: 25_000 }));

describe('a task', () => {
  it('whose definition is gone is stopped all the same', async () => {
    const { outcome } = await stop('cancel', { ...w, definitions: memoryDefinitions({ tasks: [] }) });
    expect(outcome.cancelled).toMatchObject({ id: 1, cancelAskedBy: 'me' });
    expect(job(1).state).toBe('CANCELED');
  });

  it.each([
    ['store.invalid', 'is there'],
    ['store.unavailable', 'is not known'],
  ] as const)('without a live run, whose definition is refused with %s, %s', async (code, what) => {
    Object.assign(job(1), { state: 'FINISHED', endedAt: w.clock.now() });
    const error = new AppError(code, 'No.');
    const definitions = memoryDefinitions({ tasks: [] });
    Object.assign(definitions, { task: () => Promise.reject(error), within: () => definitions });
    const asked = stop('cancel', { ...w, definitions });
    if (what === 'is there') expect((await asked).outcome.cancelled).toBeNull();
    else await expect(asked).rejects.toBe(error);
  });

  it('without a live run is no excuse for a bug', async () => {
    Object.assign(job(1), { state: 'FINISHED', endedAt: w.clock.now() });
    const definitions = memoryDefinitions({ tasks: [] });
    Object.assign(definitions, { task: () => Promise.reject(new TypeError('a bug')), within: () => definitions });
    await expect(stop('cancel', { ...w, definitions })).rejects.toThrow(TypeError);
  });
});

describe('a savepoint that the job outlives', () => {
  it('may be wanted again when its answer can not be what was lost, and is another one', async () => {
    const first = (await stop('trigger')).outcome;
    await w.clock.advance(16_000);
    const second = (await stop('trigger')).outcome;
    expect([first.as, second.as]).toEqual([undefined, undefined]);
    expect(w.flink.savepoints.begun).toHaveLength(2);
  });

  it('does not make the next cancel a repeat', async () => {
    await stop('trigger');
    expect((await stop('cancel')).outcome.as).toBeUndefined();
    expect((await stop('cancel')).outcome.as).toBe('repeat');
  });
});

describe('a stop that is refused', () => {
  it('leaves no mark: the next cancel means what is live then', async () => {
    change(1, { kind: 'preview' });
    await expect(stop('stop')).rejects.toMatchObject({ code: 'run.conflict' });
    change(1, { kind: 'job' });
    expect((await stop('cancel')).outcome.as).toBeUndefined();
  });
});

describe('a restart that nobody goes on with', () => {
  /** Its caller dies when the claims are made: nothing is stopped yet. */
  beforeEach(async () => {
    const { claim } = w.store;
    Object.assign(w.store, {
      claim: async (...given: Parameters<typeof claim>) => {
        await claim(...given);
        throw new Error('died');
      },
    });
    await expect(w.restart(GIVEN)).rejects.toThrow('died');
    Object.assign(w.store, { claim });
    expect([head(1).restart?.state, head(2).follows?.isWaiting]).toEqual(['wanted', true]);
  });

  it('is cancelled as a whole: the old run ends as well, and is no other run', async () => {
    // By the variables of a text that is another one by now.
    const task = w.store.tasks.get(1)!;
    w.store.tasks.set(1, { ...task, claims: { ...task.claims, earlier: 1 } });
    const { outcome } = await stop('cancel');
    expect(outcome).toMatchObject({ cancelled: { id: 2, cancelAskedBy: 'me' }, others: [] });
    expect(head(1)).toMatchObject({ cancelAskedBy: 'me' });
    expect(job(1).state).toBe('CANCELED');
  });

  it('is killed as a whole: the old run ends with a savepoint', async () => {
    await stop('kill');
    expect(head(1)).toMatchObject({ cancelAskedBy: 'me', savepoint: { state: 'done' } });
    expect(job(1).state).toBe('CANCELED');
  });

  it('is over for the old run, and says why', async () => {
    await stop('cancel');
    expect(head(1).restart).toMatchObject({ runId: 2, state: 'failed', reason: 'the new run was cancelled' });
  });

  it('leaves alone that by now another run is to take the place of the old one', async () => {
    const restart = { runId: 7, state: 'wanted', reason: null } as const;
    change(1, { restart });
    await stop('cancel');
    expect(head(1).restart).toEqual(restart);
  });

  it('is cancelled although the old run is gone from the table', async () => {
    w.store.heads.delete(1);
    expect((await stop('cancel')).outcome.cancelled).toMatchObject({ id: 2, cancelAskedBy: 'me' });
  });

  it('and that has failed meanwhile takes no old run with it, which goes on', async () => {
    change(2, { status: 'FAILED', submitStatus: 'FAILED', finishedAt: w.clock.now() });
    const mark = { runId: 2, at: w.clock.now() };
    await w.keys.noteCancel('me', 1, null, mark);
    expect((await stop('cancel')).outcome).toMatchObject({ as: 'repeat', cancelled: { id: 2, cancelAskedAt: null } });
    expect(head(1).cancelAskedAt).toBeNull();
    expect(job(1).state).toBe('RUNNING');
  });
});

/** Which requests are the same: those whose variables are the same, as far as the task's texts use them. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { aTask, INSERT_SQL } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const LATEST = 1;
const USING_X = INSERT_SQL.replace('y ${y}', 'y 0');

/** A scheduler sends all variables of its workflow with each task; of these the text uses `x` alone. */
const onDay = (day: number, x = '1'): Record<string, string> => ({ x, day: `2026-01-${day}`, other: '' });

const one = (changes: Partial<TaskDefinition> = {}): World =>
  world({ tasks: [aTask({ statement: USING_X, ...changes })] });

async function finish(w: World, { id, jobId }: RunHead, savepointAt?: number): Promise<void> {
  Object.assign(w.flink.jobs.get(jobId ?? '') ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
  const path = `s3://b/sp-${savepointAt}`;
  const left = { path, isSavepoint: true, completedAt: savepointAt ?? 0, discarded: false };
  if (savepointAt !== undefined) w.flink.completed.set(jobId ?? '', [left]);
  await w.reconcile();
  expect(w.store.heads.get(id)).toMatchObject({ status: 'FINISHED' });
  await w.clock.advance(MINUTE);
}

/** As an earlier version has written it: by all variables of the request. */
function asWrittenBefore(w: World, { id, fp }: RunHead): void {
  const head = w.store.heads.get(id);
  const task = w.store.tasks.get(1);
  if (head === undefined || task === undefined) throw new Error(`no run ${id}`);
  const { usedFp: _later, ...rest } = head;
  w.store.heads.set(id, rest);
  w.store.tasks.set(1, { ...task, claims: { [fp]: id } });
}

const startedFrom = (w: World): (string | undefined)[] =>
  w.flink.started.map(({ config }) => config['execution.state-recovery.path']);

describe('variables that no text of the task uses', () => {
  it('make no second live job, and a repeat needs no Flink', async () => {
    const w = one();
    const { head } = await w.submit({ variables: onDay(1) });
    w.flink.fault = () => {
      throw new AppError('flink.unreachable', 'connection refused');
    };
    expect(await w.submit({ variables: onDay(2) })).toMatchObject({ duplicate: true, head: { id: head.id } });
    expect(await w.submit({ variables: { x: '1' } })).toMatchObject({ duplicate: true, head: { id: head.id } });
  });

  it('those that it uses make other work', async () => {
    const w = one();
    await w.submit({ variables: onDay(1) });
    expect(await w.submit({ variables: onDay(1, '2') })).toMatchObject({ duplicate: false });
    expect(w.flink.jobs.size).toBe(2);
  });

  it('with a key, too: the run that the key named first is answered', async () => {
    const w = one();
    const { head } = await w.submit({ variables: onDay(1) });
    for (const again of [1, 2]) {
      const view = await w.submit({ variables: onDay(2), key: 'k' });
      expect([again, view.head.id, view.duplicate]).toEqual([again, head.id, true]);
    }
  });

  it('two requests at once start one job', async () => {
    const w = one();
    const views = await Promise.all([onDay(1), onDay(2), onDay(3)].map((variables) => w.submit({ variables })));
    expect(new Set(views.map(({ head }) => head.id)).size).toBe(1);
    expect(w.flink.jobs.size).toBe(1);
  });

  it('LATEST goes on from what the day before has left', async () => {
    const w = one({ savePointStrategy: LATEST });
    await finish(w, (await w.submit({ variables: onDay(1) })).head, 1_000);
    await finish(w, (await w.submit({ variables: onDay(1, '2') })).head, 2_000);
    await w.submit({ variables: onDay(2) });
    expect(startedFrom(w)).toEqual([undefined, undefined, 's3://b/sp-1000']);
  });

  it('a run that has ended frees the way by both of its claims', async () => {
    const w = one();
    for (const day of [1, 2, 1, 3]) await finish(w, (await w.submit({ variables: onDay(day) })).head);
    expect(w.flink.jobs.size).toBe(4);
    expect(new Set(Object.values(w.store.tasks.get(1)?.claims ?? {}))).toEqual(new Set([2, 3, 4]));
  });

  it('claims of runs that have ended are cleared, both of each', async () => {
    const w = one({ dedupeSeconds: 0 });
    for (let x = 0; x < 65; x += 1) await finish(w, (await w.submit({ variables: onDay(1, String(x)) })).head);
    const claims = Object.keys(w.store.tasks.get(1)?.claims ?? {}).length;
    await w.submit({ variables: onDay(1, 'new') });
    expect(Object.keys(w.store.tasks.get(1)?.claims ?? {}).length).toBe(claims + 2 - 50);
  });
});

describe('a run that a change of the text finds live', () => {
  it.each([
    ['uses one more', INSERT_SQL],
    ['uses none', INSERT_SQL.replace(/\$\{[xy]\}/g, '0')],
  ])('still answers the same request: the text %s', async (_, statement) => {
    const tasks = [aTask({ statement: USING_X })];
    const w = world({ tasks });
    const request = { variables: { x: '1', y: '2', day: '1' } };
    const { head } = await w.submit(request);
    tasks[0] = aTask({ statement, version: 2 });
    expect(await w.submit(request)).toMatchObject({ duplicate: true, head: { id: head.id } });
    expect(w.flink.jobs.size).toBe(1);
  });
});

describe('runs of an earlier version, which counted all variables', () => {
  it('are found live by the same request', async () => {
    const w = one();
    const { head } = await w.submit({ variables: onDay(1) });
    asWrittenBefore(w, head);
    expect(await w.submit({ variables: onDay(1) })).toMatchObject({ duplicate: true, head: { id: head.id } });
    expect(await w.submit({ variables: onDay(1), key: 'k' })).toMatchObject({ duplicate: true, head: { id: head.id } });
    expect(w.flink.jobs.size).toBe(1);
  });

  it('give up their claim when they have ended, and their state to LATEST', async () => {
    const w = one({ savePointStrategy: LATEST });
    const { head } = await w.submit({ variables: onDay(1) });
    asWrittenBefore(w, head);
    await finish(w, head, 1_000);
    expect(w.savepoints.all).toMatchObject([{ fp: head.fp }]);
    const second = await w.submit({ variables: onDay(1) });
    expect(second).toMatchObject({ duplicate: false, head: { fp: head.fp } });
    expect(await w.submit({ variables: onDay(2) })).toMatchObject({ duplicate: true, head: { id: second.head.id } });
    expect(startedFrom(w)).toEqual([undefined, 's3://b/sp-1000']);
  });

  it('a run of this version is found by an earlier one: its claim and its head name all variables as before', async () => {
    const w = one();
    const { head } = await w.submit({ variables: onDay(1) });
    const before = w.ids.sha256(JSON.stringify(Object.entries(onDay(1)).sort(([a], [b]) => (a < b ? -1 : 1))));
    expect(head.fp).toBe(before);
    expect(w.store.tasks.get(1)?.claims[before]).toBe(head.id);
  });
});

/** A slot starts at most one run, however often it is delivered and whatever has changed meanwhile (protocol.md section 14). */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { startSlot } from '../../lib/usecases/start-slot.ts';
import { submitTask } from '../../lib/usecases/submit-task.ts';
import { aSchedule } from '../builders/a-schedule.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import { aTask, INSERT_SQL } from '../fakes/memory-definitions.ts';
import { memorySlotStore } from '../fakes/memory-slot-store.ts';
import { HOSTS, world } from './world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const scheduled = (changes: Partial<TaskDefinition> = {}, day = '${slot.date}') =>
  aTask({ schedules: [aSchedule({ variables: { x: day } })], ...changes });

function bed() {
  const tasks = [scheduled()];
  const w = world({ tasks });
  const slots = memorySlotStore();
  const start = startSlot({ ...w, slots, submit: submitTask(w) });
  const at = w.clock.now();
  const deliver = async (slotAt = at, schedule = 'nightly') => {
    const outcome = await w.clock.run(
      start({ taskId: 1, schedule, at: slotAt }, { caller: 'eventbridge', budgetMs: 25_000 }),
    );
    return { kind: outcome.kind, runId: outcome.run?.head.id ?? null };
  };
  const apply = (task: TaskDefinition): void => void tasks.splice(0, 1, task);
  const endJobs = async (): Promise<void> => {
    for (const job of w.flink.jobs.values()) Object.assign(job, { state: 'FINISHED', endedAt: w.clock.now() });
    // Flink is asked again only after a moment.
    await w.clock.advance(5_000);
  };
  const told = () => slots.all.map(({ outcome, runId }) => ({ outcome, runId }));
  return { w, slots, at, deliver, apply, endJobs, told };
}

describe('a slot', () => {
  it('starts a run with its own times, which says which slot it is of', async () => {
    const { w, deliver, at, told } = bed();
    const { kind, runId } = await deliver();
    expect(kind).toBe('started');
    const head = w.store.heads.get(runId ?? 0);
    expect(head).toMatchObject({ slot: { schedule: 'nightly', at }, status: 'CREATED' });
    const day = new Date(at).toISOString().slice(0, 10);
    expect(w.flink.configured.join()).toContain(`x ${day}`);
    expect(told()).toEqual([{ outcome: 'started', runId }]);
  });

  it('that is delivered again gets its run: live or ended, within its life, after a change of everything', async () => {
    const { w, deliver, apply, endJobs, told } = bed();
    const first = await deliver();
    expect(await deliver()).toEqual(first);
    apply(scheduled({ version: 2, statement: `${INSERT_SQL}\n-- v2` }, 'other'));
    expect(await deliver()).toEqual(first);
    await endJobs();
    await w.poll(first.runId ?? 0);
    await w.clock.advance(22 * HOUR_MS);
    expect(await deliver()).toEqual(first);
    expect(w.store.heads.size).toBe(1);
    expect(told()).toEqual([{ outcome: 'started', runId: first.runId }]);
  });

  it('runs the definition that its variables were made from, also when it is changed at that moment', async () => {
    const { w, deliver, apply } = bed();
    const { task } = w.definitions;
    w.definitions.task = async (id) => {
      const read = await task(id);
      apply(scheduled({ version: 2, statement: `${INSERT_SQL}\n-- v2` }, 'other'));
      return read;
    };
    const { runId } = await deliver();
    expect(w.store.heads.get(runId ?? 0)?.taskVersion).toBe(1);
    expect(w.flink.started.map(({ sql }) => sql).join()).not.toContain('v2');
  });

  it('is skipped while a run of the task is live, also one with other variables, and stays skipped', async () => {
    const { w, deliver, at, endJobs, told } = bed();
    const other = (await w.submit({ variables: { x: 'by hand' } })).head.id;
    expect(await deliver()).toEqual({ kind: 'skipped', runId: other });
    await endJobs();
    await w.poll(other);
    expect(await deliver()).toEqual({ kind: 'skipped', runId: other });
    expect(w.store.heads.size).toBe(1);
    expect(told()).toEqual([{ outcome: 'skipped', runId: other }]);
    const next = await deliver(at + 1_000);
    expect(next.kind).toBe('started');
    expect(next.runId).not.toBe(other);
  });

  it('after another starts its own run once that has ended', async () => {
    const { w, deliver, at, endJobs } = bed();
    const first = await deliver();
    await endJobs();
    await w.poll(first.runId ?? 0);
    const next = await deliver(at + 1);
    expect(next.kind).toBe('started');
    expect(next.runId).not.toBe(first.runId);
  });

  it('of a schedule that is gone or off starts nothing, and is no error', async () => {
    const { w, deliver, apply, slots } = bed();
    apply(scheduled({ schedules: [] }));
    expect(await deliver()).toEqual({ kind: 'skipped', runId: null });
    expect(slots.all[0]).toMatchObject({ outcome: 'skipped', reason: 'task 1 has no schedule "nightly" any more' });
    expect(w.store.heads.size).toBe(0);
  });

  it('that failed is tried again by the next delivery', async () => {
    const { w, deliver, told, slots } = bed();
    w.flink.deadHosts.add(HOSTS);
    await expect(deliver()).rejects.toThrow(AppError);
    expect(slots.all).toMatchObject([{ outcome: 'failed', runId: null, reason: expect.any(String) as string }]);
    w.flink.deadHosts.clear();
    const { runId } = await deliver();
    expect(told()).toEqual([{ outcome: 'started', runId }]);
  });

  it.each([
    ['that is too old', -23 * HOUR_MS, 'is too old: whether it was started is no longer known'],
    ['of another year', -365 * DAY_MS, 'is too old'],
    ['that is not due', 5 * 60_000 + 1, 'is not due yet'],
  ])('%s is refused: its key may be gone', async (_, offset, said) => {
    const { w, deliver, at } = bed();
    const { code, message } = await appErrorOf(deliver(at + offset));
    expect(code).toBe('request.invalid');
    expect(message).toContain(said);
    const slot = new Date(at + offset).toISOString();
    expect(message).toContain(`The slot ${slot} of the schedule "nightly" of task 1`);
    expect(message.includes('submit the task by hand')).toBe(offset < 0);
    expect(w.store.heads.size).toBe(0);
  });

  it.each([[-23 * HOUR_MS + 60_000], [5 * 60_000]])('%d ms from now is taken', async (offset) => {
    const { deliver, at } = bed();
    expect((await deliver(at + offset)).kind).toBe('started');
  });

  it('whose outcome can not be recorded is what it is', async () => {
    const { w, deliver, at, slots } = bed();
    Object.assign(slots, { record: () => Promise.reject(new AppError('store.unavailable', 'Slow down.')) });
    expect((await deliver()).kind).toBe('started');
    const slot = { taskId: 1, schedule: 'nightly', at, outcome: 'started', runId: 1, reason: null };
    const message = 'the outcome of a slot could not be recorded';
    expect(w.log.lines).toContainEqual({ level: 'warn', message, fields: { ...slot, error: 'Slow down.' } });
  });

  it('is skipped while the run of the slot before lives, or of another schedule at the same moment', async () => {
    const { deliver, at, apply, slots } = bed();
    const first = await deliver();
    expect(await deliver(at + 1_000)).toEqual({ kind: 'skipped', runId: first.runId });
    apply(scheduled({ schedules: [aSchedule({ name: 'weekly' })] }));
    expect(await deliver(at, 'weekly')).toEqual({ kind: 'skipped', runId: first.runId });
    expect(slots.all.map(({ reason }) => reason)).toEqual([
      null,
      ...Array<string>(2).fill('run 1 of the task is live'),
    ]);
  });

  it('has in its record what it was, and when that was known', async () => {
    const { w, deliver, at, slots } = bed();
    await deliver();
    const slot = { taskId: 1, schedule: 'nightly', at, runId: 1, reason: null, outcome: 'started' };
    expect(slots.all).toEqual([{ ...slot, recordedAt: w.clock.now() }]);
  });

  it('of whose run Flink wants nothing has failed, with the run and the reason', async () => {
    const { w, deliver, apply, slots } = bed();
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.planRefused', 'Flink refuses it.');
    };
    apply(scheduled());
    expect(await deliver()).toEqual({ kind: 'started', runId: 1 });
    expect(slots.all).toMatchObject([{ outcome: 'failed', runId: 1, reason: expect.any(String) as string }]);
    expect(slots.all[0]?.reason).toContain('Flink refuses it.');
  });

  it('of which nobody knows yet whether it was started counts as started', async () => {
    const { w, deliver, told } = bed();
    w.flink.fault = (call, before) => {
      if (call === 'start' && !before) throw new AppError('flink.failed', 'Something broke.');
    };
    expect(await deliver()).toEqual({ kind: 'started', runId: 1 });
    expect(told()).toEqual([{ outcome: 'started', runId: 1 }]);
  });

  it('that meets an error of ours ends with it, and the record does not quote it', async () => {
    const { w, deliver, slots } = bed();
    w.definitions.task = () => Promise.reject(new TypeError('x is undefined'));
    await expect(deliver()).rejects.toThrow(TypeError);
    expect(slots.all).toMatchObject([{ outcome: 'failed', runId: null, reason: 'an error of Dinghy' }]);
  });

  it('whose record meets an error of ours ends with it', async () => {
    const { deliver, slots } = bed();
    Object.assign(slots, { record: () => Promise.reject(new TypeError('x is undefined')) });
    await expect(deliver()).rejects.toThrow(TypeError);
  });
});

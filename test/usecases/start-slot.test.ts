/** A slot starts at most one run, however often it is delivered and whatever has changed meanwhile (protocol.md section 14). */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { startSlot } from '../../lib/usecases/start-slot.ts';
import { submitTask } from '../../lib/usecases/submit-task.ts';
import { aSchedule } from '../builders/a-schedule.ts';
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
  const deliver = async (slotAt = at) => {
    const outcome = await w.clock.run(
      start({ taskId: 1, schedule: 'nightly', at: slotAt }, { caller: 'eventbridge', budgetMs: 25_000 }),
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
    await expect(deliver(at + offset)).rejects.toThrow(said);
    expect(w.store.heads.size).toBe(0);
  });

  it.each([[-23 * HOUR_MS + 60_000], [5 * 60_000 - 1]])('%d ms from now is taken', async (offset) => {
    const { deliver, at } = bed();
    expect((await deliver(at + offset)).kind).toBe('started');
  });

  it('whose outcome can not be recorded is what it is', async () => {
    const { w, deliver, slots } = bed();
    Object.assign(slots, { record: () => Promise.reject(new AppError('store.unavailable', 'Slow down.')) });
    expect((await deliver()).kind).toBe('started');
    expect(w.log.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'the outcome of a slot could not be recorded' }),
    );
  });
});

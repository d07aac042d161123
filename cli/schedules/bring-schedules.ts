/** Makes the schedules of tasks what their definitions say: those that are gone are removed. Harmless to repeat. */
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import type { Scheduler } from './scheduler.ts';
import { isOver, isSame, prefixOf, type WantedSchedule, wantedSchedule } from './wanted-schedule.ts';

type Outcome = 'created' | 'updated' | 'unchanged' | 'removed' | 'over';
type Report = (outcome: Outcome, name: string) => void;

export async function bringSchedules(
  tasks: readonly TaskDefinition[],
  scheduler: Scheduler,
  now: number,
  report: Report,
): Promise<void> {
  for (const task of tasks) await bringTask(task, scheduler, now, report);
}

async function bringTask(task: TaskDefinition, scheduler: Scheduler, now: number, report: Report): Promise<void> {
  const schedules = task.schedules ?? [];
  const there = await scheduler.names(prefixOf(task.id));
  for (const schedule of schedules) {
    const wanted = wantedSchedule(task, schedule, now);
    // What fired last a moment ago may still be on its way.
    const outcome = isOver(schedule, now) ? 'over' : await bring(wanted, there, scheduler, now);
    report(outcome, wanted.name);
  }
  const kept = schedules.map(({ name }) => `${prefixOf(task.id)}${name}`);
  for (const name of there.filter((one) => !kept.includes(one))) {
    await scheduler.remove(name);
    report('removed', name);
  }
}

async function bring(
  wanted: WantedSchedule,
  there: readonly string[],
  scheduler: Scheduler,
  now: number,
): Promise<Outcome> {
  if (!there.includes(wanted.name)) {
    await scheduler.create(wanted);
    return 'created';
  }
  const found = await scheduler.read(wanted.name);
  if (found !== null && isSame(found, wanted, now)) return 'unchanged';
  await scheduler.update(wanted);
  return 'updated';
}

/** What a slot of a task's schedule asks for, by the definition as it is when the slot comes. */
import type { TaskDefinition, TaskSchedule } from '../definition/definitions.ts';
import { AppError } from '../errors.ts';
import { type Slot, writeSlotText } from './slot-text.ts';
import { readTiming, slotBefore, timesProblems } from './timing.ts';

export interface AskedSlot {
  readonly taskId: number;
  /** Name of the schedule. */
  readonly schedule: string;
  /** When it was to fire, UTC ms. */
  readonly at: number;
}

/** A sentence says why nothing is started. */
export type SlotPlan = { readonly variables: Readonly<Record<string, string>> } | { readonly skippedBecause: string };

/** @throws AppError task.invalid: the times of the schedule can't be read */
export function planSlot(task: TaskDefinition, { schedule: name, at }: AskedSlot): SlotPlan {
  const schedule = task.schedules?.find((it) => it.name === name);
  // One that EventBridge Scheduler had sent before it was taken away there.
  if (schedule === undefined) return { skippedBecause: `task ${task.id} has no schedule "${name}" any more` };
  if (!schedule.enabled) return { skippedBecause: `the schedule "${name}" is disabled` };
  if (!task.enabled) return { skippedBecause: `task ${task.id} is disabled` };
  const slot = timesOf(schedule, at, task.id);
  const variables = Object.entries(schedule.variables).map(
    ([key, value]) => [key, writeSlotText(value, slot)] as const,
  );
  return { variables: Object.fromEntries(variables) };
}

function timesOf(schedule: TaskSchedule, at: number, taskId: number): Slot {
  const [problem] = timesProblems(schedule);
  const read = readTiming(schedule);
  if (problem === undefined && 'timing' in read) {
    const { timeZone } = schedule;
    return { startMs: slotBefore(read.timing, at, timeZone), endMs: at, timeZone };
  }
  throw new AppError('task.invalid', `Schedule "${schedule.name}" of task ${taskId}: ${problem}. Apply it anew.`);
}

/** A schedule of a task as EventBridge Scheduler is to have it. */
import type { TaskDefinition, TaskSchedule } from '../../lib/domain/definition/definitions.ts';
import { boundsOf, expressionOf, readTiming } from '../../lib/domain/schedule/timing.ts';
import { instantOf } from '../../lib/domain/schedule/wall-clock.ts';

/** Times are UTC ms. */
export interface WantedSchedule {
  /** Within the group. */
  readonly name: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly isEnabled: boolean;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly input: string;
}

/** Of a task: the names of its schedules begin so, and no other task's do. */
export const prefixOf = (taskId: number): string => `${taskId}.`;

export function wantedSchedule(task: TaskDefinition, schedule: TaskSchedule, now: number): WantedSchedule {
  const input = { taskId: task.id, schedule: schedule.name, scheduledTime: '<aws.scheduler.scheduled-time>' };
  return {
    name: `${prefixOf(task.id)}${schedule.name}`,
    expression: expressionOf(schedule),
    timeZone: schedule.timeZone,
    isEnabled: task.enabled && schedule.enabled,
    startMs: startOf(schedule, now),
    endMs: boundsOf(schedule).endMs,
    input: JSON.stringify(input),
  };
}

/** AWS takes no start that is over. Of a rate it says where to count from, so the next slot takes its place. */
function startOf(schedule: TaskSchedule, now: number): number | null {
  const { startMs } = boundsOf(schedule);
  if (startMs === null || startMs > now) return startMs;
  const read = readTiming(schedule);
  if (!('timing' in read) || read.timing.kind !== 'rate') return null;
  const { everyMs } = read.timing;
  return startMs + Math.ceil((now - startMs) / everyMs) * everyMs;
}

/** Nothing of it will fire any more: AWS refuses to make it. */
export function isOver(schedule: TaskSchedule, now: number): boolean {
  const { endMs } = boundsOf(schedule);
  if (endMs !== null && endMs <= now) return true;
  const read = readTiming(schedule);
  if (!('timing' in read) || read.timing.kind !== 'at') return false;
  return instantOf(read.timing.wallMs, schedule.timeZone) <= now;
}

/** Whether what is there needs no change. A rate that counts from an earlier slot of its own is the same. */
export function isSame(there: WantedSchedule, wanted: WantedSchedule, now: number): boolean {
  const { startMs: from, ...rest } = wanted;
  const { startMs: thereFrom, ...thereRest } = there;
  const everyMs = rateOf(wanted.expression);
  const sameStart =
    everyMs === null || from === null || thereFrom === null
      ? ahead(thereFrom, everyMs, now) === ahead(from, everyMs, now)
      : (from - thereFrom) % everyMs === 0 && (from <= now + everyMs || from === thereFrom);
  return sameStart && JSON.stringify(rest) === JSON.stringify({ ...rest, ...thereRest });
}

/** Of other schedules a start that is over says nothing. */
function ahead(startMs: number | null, everyMs: number | null, now: number): number | null {
  return everyMs === null && startMs !== null && startMs <= now ? null : startMs;
}

function rateOf(expression: string): number | null {
  if (!expression.startsWith('rate(')) return null;
  const read = readTiming({ cron: null, rate: expression, at: null });
  return 'timing' in read && read.timing.kind === 'rate' ? read.timing.everyMs : null;
}

/**
 * A slot of a task's schedule, as EventBridge Scheduler sends it: `{"taskId": 1, "schedule": "nightly", "scheduledTime":
 * "<aws.scheduler.scheduled-time>"}`. The task's definition has all else that the slot needs.
 */
import { isRecord } from '../domain/definition/dinky-config.ts';
import type { AskedSlot } from '../domain/schedule/plan-slot.ts';
import { refusePlaceholders } from './event-name.ts';
import { invalid, readId, refuseDeep, seen, shown } from './request.ts';

/** Null: an event of another kind. */
export function parseSlotEvent(event: unknown): AskedSlot | null {
  refuseDeep('The event', event);
  if (!isRecord(event) || !('schedule' in event)) return null;
  refusePlaceholders(event);
  const { taskId, schedule, scheduledTime } = event;
  const extra = ['variables', 'savePointPath'].find((field) => field in event);
  if (extra !== undefined) throw invalid(`The event has "schedule" and "${extra}". ${FROM_DEFINITION}`);
  return { taskId: readId('taskId', taskId), schedule: nameOf(schedule), at: timeOf(scheduledTime) };
}

const FROM_DEFINITION = 'The schedule of the task has the other values: leave them out of the event.';
/** Seconds may have a fraction; the zone must be there. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

function nameOf(schedule: unknown): string {
  if (typeof schedule === 'string' && /^[\w.-]{1,40}$/.test(schedule)) return schedule;
  throw invalid(`The field "schedule" of the event is ${seen(schedule)}. Give the name of a schedule of the task.`);
}

function timeOf(scheduledTime: unknown): number {
  const at = typeof scheduledTime === 'string' && INSTANT.test(scheduledTime) ? Date.parse(scheduledTime) : NaN;
  if (!Number.isNaN(at)) return at;
  const what = typeof scheduledTime === 'string' ? `"${shown(scheduledTime)}"` : seen(scheduledTime);
  throw invalid(
    `The field "scheduledTime" of the event is ${what}. Give the time of the slot, such as 2026-01-31T02:00:00Z.`,
  );
}

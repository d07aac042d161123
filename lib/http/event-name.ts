/**
 * The name of an event of EventBridge, by which a second delivery is the same request. With one name for all events, every
 * later event would be a repeat: so placeholders that nothing has replaced are refused.
 */
import type { AppError } from '../domain/errors.ts';
import { invalid, seen, shown } from './request.ts';

export type EventFields = Readonly<Record<string, unknown>>;

/**
 * Null: the event has no name. `input`: its part that says what to run.
 *
 * The slot of a schedule comes first: AWS calls the execution id "unique for each attempted invocation", so another
 * attempt at the same slot may have another id. A rule can have several targets, so the request is part of the name.
 */
export function eventName(event: EventFields, input: EventFields, request: unknown): string | null {
  const slot = slotOf(input) ?? slotOf(event) ?? ruleSlotOf(event);
  if (slot !== null) return JSON.stringify([slot.schedule, slot.time, request]);
  return nameIn(event, 'id') ?? nameIn(event, 'executionId');
}

interface Slot {
  readonly schedule: string;
  readonly time: string;
}

function slotOf(fields: EventFields): Slot | null {
  const schedule = nameIn(fields, 'scheduleArn');
  const time = nameIn(fields, 'scheduledTime');
  if (schedule === null && time === null) return null;
  if (schedule === null) throw missing('scheduleArn', 'scheduledTime');
  if (time === null) throw missing('scheduledTime', 'scheduleArn');
  return { schedule, time: checkedTime(time) };
}

/** The event of a rule with its own schedule, with a task added. */
function ruleSlotOf(event: EventFields): Slot | null {
  const { resources, time } = event;
  if (event['detail-type'] !== 'Scheduled Event' || typeof time !== 'string' || !Array.isArray(resources)) return null;
  const rule: unknown = resources[0];
  return typeof rule === 'string' && rule !== '' ? { schedule: rule, time: checkedTime(time) } : null;
}

function checkedTime(time: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(time)) return time;
  throw invalid(
    `The field "scheduledTime" of the event is "${shown(time)}". Give the time of the slot, such as 2026-01-31T02:00:00Z.`,
  );
}

function nameIn(fields: EventFields, field: string): string | null {
  const value = fields[field];
  if (value === undefined) return null;
  if (typeof value === 'string' && value.trim() !== '' && !looksUnreplaced(value.trim())) return value;
  const hint = 'Give a text that is new for each event, or leave the field out.';
  throw invalid(`The field "${field}" of the event is ${seen(value)}, which does not identify an event. ${hint}`);
}

/** "<id>", "$.id", "${id}", "{{id}}": placeholders of templates. */
function looksUnreplaced(name: string): boolean {
  return (name.startsWith('<') && name.endsWith('>')) || name.startsWith('$') || name.startsWith('{{');
}

function missing(field: string, other: string): AppError {
  return invalid(`The event has "${other}" and no "${field}". Give both, or neither: together they identify the slot.`);
}

const PLACEHOLDER = /<aws\.(?:scheduler|events)\.[^<>]*>/i;

/** In any field, at any depth, also in names. */
export function refusePlaceholders(event: unknown): void {
  const left: { path: string; value: unknown }[] = [{ path: '', value: event }];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const { path, value } = at;
    if (typeof value === 'string' && PLACEHOLDER.test(value)) throw unreplaced(path, value);
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, item] of Object.entries(value)) {
      if (PLACEHOLDER.test(name)) throw unreplaced(path, name);
      left.push({ path: path === '' ? name : `${path}.${name}`, value: item });
    }
  }
}

function unreplaced(path: string, value: string): AppError {
  const where = path === '' ? 'The event has' : `The field "${shown(path)}" of the event is`;
  const why = 'a placeholder that was not replaced';
  const who = 'Only EventBridge Scheduler replaces <aws.scheduler.…>, in the input of its own schedules.';
  const hint = 'For a rule use an input transformer; for a manual test write a value.';
  // Only the placeholder: the text around it may be the value of a variable.
  const placeholder = PLACEHOLDER.exec(value)?.[0] ?? '';
  return invalid(`${where} "${shown(placeholder)}": ${why}. ${who} ${hint}`);
}

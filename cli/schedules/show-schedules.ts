/** `dinghy schedules`: for each schedule its next slot, and what became of the last ones. */
import { shownStatus } from '../../lib/domain/answer.ts';
import type { TaskDefinition, TaskSchedule } from '../../lib/domain/definition/definitions.ts';
import type { RunList, SlotStore } from '../../lib/domain/ports.ts';
import { nextSlot } from '../../lib/domain/schedule/next-slot.ts';
import type { SlotRecord } from '../../lib/domain/schedule/slot-record.ts';
import { alignColumns } from '../align-columns.ts';
import type { Call } from '../command.ts';
import { connect, connectJobs, connectSlots } from '../connect.ts';
import { readStored, tasksOf } from '../plan/stored.ts';
import { UsageError } from '../usage-error.ts';
import { readZone, type Zone } from '../zone.ts';

/** Of all tasks, and of one that is asked for. */
const SLOTS = { ofAll: 3, ofOne: 30 };

interface Shown {
  readonly taskId: number;
  readonly schedule: string;
  /** UTC ms; null: it is not known. */
  readonly at: number | null;
  readonly outcome: 'next' | 'disabled' | SlotRecord['outcome'];
  readonly runId: number | null;
  /** Of the run, as callers see it. */
  readonly status: string | null;
  readonly reason: string | null;
}

export async function schedules({ positionals: [word], json, zone, io, env, ...where }: Call): Promise<number> {
  const times = readZone(zone);
  const all = tasksOf(await readStored(connect(where, env)));
  const found = word === undefined ? all : all.filter(({ id, name }) => String(id) === word || name === word);
  if (word !== undefined && found.length === 0) throw new UsageError(`there is no task "${word}".`);
  const past = { slots: connectSlots(where, env), runs: connectJobs(where, env) };
  const limit = word === undefined ? SLOTS.ofAll : SLOTS.ofOne;
  const shown = await Promise.all(found.map((task) => slotsOf(task, past, limit, Date.now())));
  const rows = shown.flat();
  if (json) io.out(JSON.stringify(rows.map(toJson), null, 2));
  else for (const line of rows.length === 0 ? ['No task has schedules.'] : table(rows, times)) io.out(line);
  return 0;
}

interface Past {
  readonly slots: SlotStore;
  readonly runs: RunList;
}

async function slotsOf(task: TaskDefinition, past: Past, limit: number, now: number): Promise<Shown[]> {
  const shown = (task.schedules ?? []).map(async (schedule) => {
    const last = await past.slots.newest(task.id, schedule.name, limit);
    return [toCome(task, schedule, now), ...(await Promise.all(last.map((slot) => withStatus(slot, past.runs))))];
  });
  return (await Promise.all(shown)).flat();
}

function toCome(task: TaskDefinition, schedule: TaskSchedule, now: number): Shown {
  const isOn = task.enabled && schedule.enabled;
  // When AWS has begun to count a rate without a start, only AWS knows.
  const at = isOn ? nextSlot(schedule, now, null) : null;
  const slot = { taskId: task.id, schedule: schedule.name, at, runId: null, status: null, reason: null };
  return { ...slot, outcome: isOn ? 'next' : 'disabled' };
}

async function withStatus(slot: SlotRecord, runs: RunList): Promise<Shown> {
  const run = slot.runId === null ? null : await runs.run(slot.runId);
  return { ...slot, status: run === null ? null : shownStatus(run) };
}

function table(rows: readonly Shown[], { name, write }: Zone): string[] {
  const heading = ['TASK', 'SCHEDULE', `SLOT (${name})`, 'OUTCOME', 'RUN', 'STATUS', 'REASON'];
  const cells = rows.map(({ taskId, schedule, at, outcome, runId, status, reason }) => [
    String(taskId),
    schedule,
    at === null ? '-' : write(at),
    outcome,
    String(runId ?? '-'),
    status ?? '-',
    reason ?? '',
  ]);
  return alignColumns([heading, ...cells]);
}

/** Times are UTC here, whatever the zone: programs read them. */
function toJson({ taskId, schedule, at, outcome, runId, status, reason }: Shown): object {
  const slot = at === null ? null : new Date(at).toISOString();
  return { taskId, schedule, slot, outcome, runId, status, reason };
}

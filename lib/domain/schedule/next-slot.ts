/** The slots of a schedule to come, and those that are due. */
import type { TaskDefinition, TaskSchedule } from '../definition/definitions.ts';
import { cronSlot } from './cron-slots.ts';
import type { AskedSlot } from './plan-slot.ts';
import { boundsOf, readTiming, type Timing } from './timing.ts';
import { instantOf } from './wall-clock.ts';

/**
 * The first slot after an instant. Null: there is none, or it is not known.
 *
 * @param countsFromMs when a rate without a start was made; null: that is not known
 */
export function nextSlot(schedule: TaskSchedule, afterMs: number, countsFromMs: number | null): number | null {
  const read = readTiming(schedule);
  if ('problem' in read) return null;
  const { startMs, endMs } = boundsOf(schedule);
  // A slot at the start itself counts.
  const from = startMs === null ? afterMs : Math.max(afterMs, startMs - 1);
  const slot = slotAfter(read.timing, from, { timeZone: schedule.timeZone, startMs, countsFromMs });
  return slot === null || (endMs !== null && slot > endMs) ? null : slot;
}

interface Counted {
  readonly timeZone: string;
  readonly startMs: number | null;
  readonly countsFromMs: number | null;
}

function slotAfter(timing: Timing, afterMs: number, { timeZone, startMs, countsFromMs }: Counted): number | null {
  switch (timing.kind) {
    case 'cron':
      return cronSlot(timing.cron, 'after', afterMs, timeZone);
    case 'rate': {
      const base = startMs ?? countsFromMs;
      if (base === null) return null;
      return base + (Math.floor((afterMs - base) / timing.everyMs) + 1) * timing.everyMs;
    }
    case 'at': {
      const at = instantOf(timing.wallMs, timeZone);
      return at > afterMs ? at : null;
    }
  }
}

interface Span {
  readonly afterMs: number;
  readonly untilMs: number;
  readonly countsFromMs: number;
}

/** Of each schedule the newest slot of the span: where nobody looked for hours, those before it are left out. */
export function dueSlots(tasks: readonly TaskDefinition[], { afterMs, untilMs, countsFromMs }: Span): AskedSlot[] {
  return tasks.flatMap((task) =>
    (task.enabled ? (task.schedules ?? []) : []).flatMap((schedule) => {
      if (!schedule.enabled) return [];
      let due: number | null = null;
      for (let at = nextSlot(schedule, afterMs, countsFromMs); at !== null && at <= untilMs;) {
        due = at;
        at = nextSlot(schedule, at, countsFromMs);
      }
      return due === null ? [] : [{ taskId: task.id, schedule: schedule.name, at: due }];
    }),
  );
}

/** The local stack's EventBridge Scheduler: it delivers the slots of all tasks in the table to the function of the stack. */
import type { TaskDefinition } from '../lib/domain/definition/definitions.ts';
import type { Clock } from '../lib/domain/ports.ts';
import { dueSlots } from '../lib/domain/schedule/next-slot.ts';
import type { AskedSlot } from '../lib/domain/schedule/plan-slot.ts';

/** Slots are whole minutes apart, so that nobody waits for this. */
const LOOK_EVERY_MS = 5_000;

interface Parts {
  readonly tasks: () => Promise<readonly TaskDefinition[]>;
  readonly deliver: (slot: AskedSlot) => Promise<void>;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** Until the signal; slots of the time before are left out. A rate without a start counts from now. */
export async function fireSchedules({ tasks, deliver, clock, say }: Parts, signal: AbortSignal): Promise<void> {
  const countsFromMs = clock.now();
  const underWay = new Set<Promise<void>>();
  const isOver = (): boolean => signal.aborted;
  for (let afterMs = countsFromMs; ;) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (isOver()) break;
    const untilMs = clock.now();
    if (untilMs <= afterMs) continue;
    // Any error: the table may be away for a moment. The next look has these slots as well.
    const read = await tasks().catch(() => null);
    if (read === null) continue;
    for (const slot of dueSlots(read, { afterMs, untilMs, countsFromMs })) {
      const done: Promise<void> = deliver(slot)
        .catch((error: unknown) => say(failure(slot, error)))
        .finally(() => underWay.delete(done));
      underWay.add(done);
    }
    afterMs = untilMs;
  }
  await Promise.all(underWay);
}

function failure({ taskId, schedule, at }: AskedSlot, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `The slot ${new Date(at).toISOString()} of the schedule "${schedule}" of task ${taskId} failed: ${why}`;
}

/**
 * A client that was told of a failure cancels the task (DolphinScheduler does): the mark keeps that cancel from another,
 * healthy run (protocol.md section 7).
 */
import { AppError } from '../domain/errors.ts';
import type { Clock, Ids, Log, RequestKeyStore } from '../domain/ports.ts';
import { withinBudget } from './waiting/budget.ts';
import { storesWithin } from './waiting/stores-within.ts';

export interface RememberDeps {
  readonly keys: RequestKeyStore;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
}

/** The refusal has taken its own time, and its caller waits. A mark that comes late is past its time, and does no harm. */
const MARK_WITHIN_MS = 200;

export function rememberRefusal(deps: RememberDeps): (taskId: number, caller: string) => Promise<void> {
  return (taskId, caller) =>
    withinBudget(deps.clock, MARK_WITHIN_MS, (budget) => mark(storesWithin(deps, budget.signal), taskId, caller));
}

async function mark({ keys, ids, clock, log }: RememberDeps, taskId: number, caller: string): Promise<void> {
  try {
    await keys.markRefusal(caller, taskId, { at: clock.now(), id: ids.jobId() });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn('refusal not recorded', { taskId, error: error.message });
  }
}

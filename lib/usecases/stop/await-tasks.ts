/**
 * Flink declines a savepoint while tasks of the job are being started. Just after the start of a job this is a matter of a
 * second or two; a job without slots may wait without end.
 */
import type { RunHead } from '../../domain/run/run.ts';
import { wantsSavepoint } from '../../domain/run/savepoint-wish.ts';
import type { RecordDeps } from '../record/record.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';
import { growingPauses } from '../waiting/growing-pauses.ts';
import { nullOnError } from '../waiting/null-on-error.ts';

const TASKS_START_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** Before the savepoint of a run is asked for the first time. What can't be known is left to Flink's answer to the savepoint. */
export async function awaitTasks(deps: RecordDeps, head: RunHead, budget: Budget): Promise<void> {
  const { address, jobId } = head;
  if (!wantsSavepoint(head) || head.savepoint.firstSentAt !== null) return;
  // Stryker disable next-line ConditionalExpression: only a run with a job has a savepoint; the compiler asks
  if (jobId === null) return;
  const nextPauseMs = growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  await withinBudget(deps.clock, Math.min(TASKS_START_MS, budget.remainingMs()), async (waiting) => {
    const allRun = () => deps.jobManager.allTasksRun(address, jobId, waiting.signal);
    while (waiting.isOpen() && (await nullOnError(allRun)) === false) await waiting.sleep(nextPauseMs());
  });
}

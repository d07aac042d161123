/**
 * Asked as late as can be before a run is sent again: whether the JobManager would still refuse its job id. One that was
 * restarted since has forgotten what the sends before may have started (protocol.md sections 6 and 11).
 */
import { AppError } from '../../domain/errors.ts';
import type { JobManager } from '../../domain/ports.ts';
import { refusesKnownIds } from '../../domain/run/reconcile.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { Budget } from '../waiting/budget.ts';

export const RESTARTED = 'the JobManager was restarted before the submission was sent';

/** Why the run must not be sent now; null: it may be. */
export async function whyNotSend(jobManager: JobManager, head: RunHead, budget: Budget): Promise<string | null> {
  try {
    const now = await jobManager.identify(head.hosts, budget.signal);
    return refusesKnownIds(head, { jobManager: now }) ? null : RESTARTED;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `the JobManager could not be asked before the submission was sent: ${error.message}`;
  }
}

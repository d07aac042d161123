/**
 * Asked as late as can be before a run is sent again: whether the JobManager would still refuse its job id. One that was
 * restarted since has forgotten what the sends before may have started (protocol.md sections 6 and 11).
 */
import { refusesKnownIds } from '../domain/reconcile-decision.ts';
import type { Look } from '../domain/reconcile-look.ts';
import type { JobManager } from '../domain/ports.ts';
import type { RunHead } from '../domain/run.ts';
import type { Budget } from './budget.ts';

export const RESTARTED = 'the JobManager was restarted before the submission was sent';

export async function remembersEarlierSends(jobManager: JobManager, head: RunHead, budget: Budget): Promise<boolean> {
  const now: Look['jobManager'] = await jobManager.identify(head.hosts, budget.signal).catch(() => null);
  return refusesKnownIds(head, { jobManager: now });
}

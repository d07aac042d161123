/**
 * Nothing is known of a send: the JobManager is asked for the job until it shows it or the time is up. The job of a
 * preview is ended when it shows up, and waited for.
 */
import { AppError } from '../../domain/errors.ts';
import type { JobManager, Log } from '../../domain/ports.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { FlinkJob } from '../../domain/run/status.ts';
import type { Budget } from '../waiting/budget.ts';
import { growingPauses } from '../waiting/growing-pauses.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

export interface AwaitJobDeps {
  readonly jobManager: JobManager;
  readonly log: Log;
}

/** Null: it has not shown up, which proves nothing (protocol.md section 2, rule 7). */
export async function awaitJob(deps: AwaitJobDeps, head: RunHead, budget: Budget): Promise<FlinkJob | null> {
  const { jobId } = head;
  if (jobId === null) return null;
  const nextPauseMs = growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  while (budget.isOpen()) {
    const job = await look(deps, head, jobId, budget);
    if (job !== null && (head.kind !== 'preview' || job.endedAt !== null)) return job;
    if (job !== null) await endPreview(deps, head, jobId, budget);
    await budget.sleep(nextPauseMs());
  }
  return null;
}

/** Its rows have nobody to go to any more. */
async function endPreview(deps: AwaitJobDeps, head: RunHead, jobId: string, budget: Budget): Promise<void> {
  try {
    await deps.jobManager.cancel(head.address, jobId, budget.signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.info('preview not cancelled yet', { runId: head.id, error: error.message });
  }
}

async function look(deps: AwaitJobDeps, head: RunHead, jobId: string, budget: Budget): Promise<FlinkJob | null> {
  try {
    return await deps.jobManager.job(head.address, jobId, budget.signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.info('JobManager did not answer', { runId: head.id, error: error.message });
    return null;
  }
}

/** Whether the JobManager that got a job, and has answered, does not know it (protocol.md sections 5 and 11). */
import { AppError } from '../../domain/errors.ts';
import type { JobManager } from '../../domain/ports.ts';
import type { JobManagerIdentity } from '../../domain/run/job-manager.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { Budget } from '../waiting/budget.ts';

/**
 * It is over with the request: had it taken a job, it would know the job by now. Unless it has been restarted since, or does
 * not answer.
 */
export async function knowsNoJob(
  jobManager: JobManager,
  { address, jmId, highAvailability }: JobManagerIdentity,
  head: RunHead,
  budget: Budget,
): Promise<boolean> {
  // Stryker disable next-line ConditionalExpression: without a job id nothing is sent that starts a job
  if (head.jobId === null) return false;
  // With high availability it may not be the leader, which has the job.
  if (jmId === null || highAvailability || head.highAvailability) return false;
  try {
    if ((await jobManager.job(address, head.jobId, budget.signal)) !== null) return false;
    const after = await jobManager.identify(address, budget.signal);
    return after.jmId === jmId && !after.highAvailability;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return false;
  }
}

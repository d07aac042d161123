/** What the main() of a run's jar is run with: the frozen plan, and above it what Dinghy fixes for the run. */
import { AppError } from './errors.ts';
import type { JarJob, RunPlan } from './plan.ts';
import type { JarRun } from './ports.ts';
import type { RunHead } from './run.ts';

export function jarRun(
  { id, jobId, savePointPath }: Pick<RunHead, 'id' | 'jobId' | 'savePointPath'>,
  { properties }: Pick<RunPlan, 'properties'>,
  { entryClass, args, parallelism, allowNonRestoredState }: JarJob,
): JarRun {
  if (jobId === null) throw new AppError('internal', `Run ${id} has a job, but no job id. This is a bug in Dinghy.`);
  const flinkConfiguration = properties;
  return { jobId, entryClass, args, parallelism, savePointPath, allowNonRestoredState, flinkConfiguration };
}

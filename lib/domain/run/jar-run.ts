/** The arguments and options for the main() of a run's jar: the frozen plan, and the options that Dinghy sets. */
import { AppError } from '../errors.ts';
import { IGNORE_UNCLAIMED_STATE } from '../options/by-version.ts';
import type { JarJob, RunPlan } from '../plan/plan.ts';
import type { Redaction } from '../secrets/redaction.ts';
import type { JarRun } from './jar.ts';
import type { RunHead } from './run.ts';

/** `fill` puts the values of secrets in place. */
export function jarRun(
  { id, jobId, savePointPath }: Pick<RunHead, 'id' | 'jobId' | 'savePointPath'>,
  { properties }: Pick<RunPlan, 'properties'>,
  job: JarJob,
  fill: Redaction['fill'],
): JarRun {
  if (jobId === null) throw new AppError('internal', `Run ${id} has a job, but no job id. This is a bug in Dinghy.`);
  const { entryClass, parallelism } = job;
  const allowNonRestoredState = job.allowNonRestoredState || properties[IGNORE_UNCLAIMED_STATE] === 'true';
  const flinkConfiguration = Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, fill(value)]));
  const args = job.args.map(fill);
  return { jobId, entryClass, args, parallelism, savePointPath, allowNonRestoredState, flinkConfiguration };
}

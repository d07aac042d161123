/** What the main() of a run's jar is run with: the frozen plan, and above it what Dinghy fixes for the run. */
import { AppError } from './errors.ts';
import type { HiddenText } from './hidden-text.ts';
import type { JarJob, RunPlan } from './plan.ts';
import type { JarRun } from './ports.ts';
import type { RunHead } from './run.ts';
import { findPlaceholders } from './sql/placeholder.ts';

export function jarRun(
  { id, jobId, savePointPath }: Pick<RunHead, 'id' | 'jobId' | 'savePointPath'>,
  { properties }: Pick<RunPlan, 'properties'>,
  { entryClass, args, parallelism, allowNonRestoredState }: JarJob,
  hidden: Pick<HiddenText, 'place'>,
): JarRun {
  if (jobId === null) throw new AppError('internal', `Run ${id} has a job, but no job id. This is a bug in Dinghy.`);
  const rest = { entryClass, parallelism, savePointPath, allowNonRestoredState };
  const placed = (text: string): string => withSecrets(text, hidden);
  const options = Object.entries(properties).map(([key, value]) => [key, placed(value)] as const);
  return { jobId, ...rest, args: args.map(placed), flinkConfiguration: Object.fromEntries(options) };
}

/** Secrets are put into SQL; as a literal a plain text is some. */
function withSecrets(text: string, { place }: Pick<HiddenText, 'place'>): string {
  if (findPlaceholders(text).length === 0) return text;
  const literal = place(`'${text.replaceAll("'", "''")}'`).text;
  return literal.slice(1, -1).replaceAll("''", "'");
}

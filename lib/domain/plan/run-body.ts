/** The frozen part of a run, written before the first send. */
import type { JobConfig } from './job-config.ts';
import type { RunPlan } from './plan.ts';

/** The work of a run in Flink: one job that goes on, a preview whose job ends with its session, or no job. */
export type RunKind = 'job' | 'preview' | 'none';

/** Everything a re-send needs, frozen before the first send. */
export interface RunBody {
  /** The text as run: variables are in place, but secrets stay `${name}`. */
  readonly statement: string;
  readonly plan: RunPlan;
  readonly jobConfig: JobConfig;
  /** Null: the deployment knows none, and the run needs none. */
  readonly gatewayUrl: string | null;
}

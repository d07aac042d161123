/** What is frozen of a run before anything is sent. */
import type { JobConfig } from './job-config.ts';
import type { RunPlan } from './plan.ts';

/** What a run does in Flink: one job that goes on, a preview whose job ends with its session, or no job at all. */
export type RunKind = 'job' | 'preview' | 'none';

/** Everything a re-send needs, frozen before the first send. */
export interface RunBody {
  /** As run: variables in place, but for secrets, which stay `${name}`. */
  readonly statement: string;
  readonly plan: RunPlan;
  readonly jobConfig: JobConfig;
  /** Null: the deployment knows none, and the run needs none. */
  readonly gatewayUrl: string | null;
}

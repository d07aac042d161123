/** The outcome of a slot of a schedule. */
import type { SubmittedRun } from './answer.ts';

/** `run`: of one that was skipped, the run that was live; null where the schedule or the task is not to run. */
export type SlotOutcome =
  | { readonly kind: 'started'; readonly run: SubmittedRun }
  | { readonly kind: 'skipped'; readonly run: SubmittedRun | null; readonly because: string };

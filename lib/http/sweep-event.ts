/** The reconciler's schedule: nothing is asked for, and the function's own time is the budget. */
import type { Context } from 'aws-lambda';
import { SWEEP_MS } from '../domain/limits.ts';

export function sweepHandler<Report>(
  sweep: () => (scope: { readonly budgetMs: number }) => Promise<Report>,
): (event: unknown, context?: Context) => Promise<Report> {
  return async (_event, context) => await sweep()({ budgetMs: context?.getRemainingTimeInMillis() ?? SWEEP_MS });
}

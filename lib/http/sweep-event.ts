/** The reconciler's schedule: the event has no content, and the function's own time is the budget. */
import type { Context } from 'aws-lambda';
import { AppError } from '../domain/errors.ts';
import { SWEEP_MS } from '../domain/limits.ts';
import { isRequest } from './http-event.ts';

/** Any event starts a sweep, except a request from outside: nobody outside may start one. */
export function sweepHandler<Report>(
  sweep: () => (scope: { readonly budgetMs: number }) => Promise<Report>,
): (event: unknown, context?: Context) => Promise<Report> {
  return async (event, context) => {
    if (isRequest(event)) throw new AppError('request.invalid', NO_REQUESTS);
    return await sweep()({ budgetMs: context?.getRemainingTimeInMillis() ?? SWEEP_MS });
  };
}

const NO_REQUESTS = 'The event is a request of API Gateway. The reconciler answers none: remove its route.';

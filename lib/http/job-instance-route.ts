/** GET /openapi/getJobInstance and getJobInstanceByTaskId (contract.md, "Job instance"). */
import { toJobInstance } from '../domain/answer.ts';
import type { RunHead } from '../domain/run/run.ts';
import { oneOf, readId } from './request.ts';
import type { Route } from './route.ts';

/** The id is a run's: only the run says whether the caller may see it. */
export const jobInstanceRoute: Route<{ readonly id: number }, RunHead | null> = {
  bothDialects: true,
  task: null,
  parse: ({ query }) => ({ id: readId('id', oneOf(query, 'id')) }),
  answer: (head, scope) => ({
    success: true,
    msg: 'Successfully',
    data: head === null ? null : toJobInstance(head, scope.now, scope.timeZone),
  }),
};

/** The id is a task's. Null: the task was never run. */
export const jobInstanceByTaskIdRoute: typeof jobInstanceRoute = { ...jobInstanceRoute, task: ({ id }) => id };

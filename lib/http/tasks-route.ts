/** GET /openapi/tasks, Dinghy's own: the stored tasks by their number, in pages. */
import type { TaskPage, TasksWanted } from '../domain/definition/task-page.ts';
import { oneOf, readOptionalId, readWholeNumber } from './request.ts';
import type { Route } from './route.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

export const tasksRoute: Route<TasksWanted, TaskPage> = {
  bothDialects: false,
  task: null,
  parse: ({ query }) => ({
    limit: readWholeNumber('limit', oneOf(query, 'limit') ?? DEFAULT_LIMIT, MAX_LIMIT),
    after: readOptionalId('after', oneOf(query, 'after')),
  }),
  answer: (page) => ({ success: true, msg: 'Query Successfully', data: page }),
};

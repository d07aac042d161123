/** GET /openapi/runs, Dinghy's own: runs, newest first, in pages. */
import { toRunSummary } from '../domain/answer.ts';
import type { RunPage, RunsWanted } from '../domain/run/run-page.ts';
import { SHOWN_STATUSES } from '../domain/run/status.ts';
import { invalid, isEmpty, oneOf, readBoolean, readOptionalId, readWholeNumber, seen } from './request.ts';
import type { Route } from './route.ts';
import { readSince } from './since.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** The request without the caller and the time: "an hour ago" needs a clock. */
export interface RunsQuery extends Omit<RunsWanted, 'since' | 'maySee'> {
  readonly since: ((now: number) => number) | null;
}

export const runsRoute: Route<RunsQuery, RunPage> = {
  bothDialects: false,
  task: null,
  parse: ({ query }) => ({
    taskId: readOptionalId('taskId', oneOf(query, 'taskId')),
    live: readBoolean('live', oneOf(query, 'live')),
    statuses: readStatuses(oneOf(query, 'status')),
    since: readSince('since', oneOf(query, 'since')),
    limit: readWholeNumber('limit', oneOf(query, 'limit') ?? DEFAULT_LIMIT, MAX_LIMIT),
    after: readOptionalId('after', oneOf(query, 'after')),
  }),
  answer: ({ runs, next, unreadable }) => ({
    success: true,
    msg: 'Query Successfully',
    data: { runs: runs.map(toRunSummary), next, unreadable },
  }),
};

/** Several are separated by commas. */
export function readStatuses(value: unknown): readonly string[] | null {
  if (isEmpty(value)) return null;
  const statuses = (typeof value === 'string' ? value : '').split(',').map((status) => status.trim().toUpperCase());
  if (statuses.every((status) => SHOWN_STATUSES.some((known) => known === status))) return statuses;
  throw invalid(`The parameter "status" is ${seen(value)}. Give one or more of ${SHOWN_STATUSES.join(', ')}.`);
}

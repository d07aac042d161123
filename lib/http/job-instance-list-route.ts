/** POST /openapi/getJobInstanceList: runs by the number of a page, newest first. */
import { toJobInstance } from '../domain/answer.ts';
import { ANY_RUNS, type RunPage } from '../domain/run/run-page.ts';
import { invalid, readJsonObject, readOptionalId, readWholeNumber } from './request.ts';
import type { Route } from './route.ts';
import { readStatuses, type RunsQuery } from './runs-route.ts';

const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 100;
/** All runs before a page must be read to find it. */
const MAX_RUNS = 1_000;

/** The runs up to the end of the requested page, and the page. */
export interface InstancesQuery extends RunsQuery {
  readonly pageSize: number;
  readonly current: number;
}

export const jobInstanceListRoute: Route<InstancesQuery, RunPage & Pick<InstancesQuery, 'pageSize' | 'current'>> = {
  bothDialects: true,
  task: null,
  parse: (request) => {
    const body = request.body.trim() === '' ? {} : readJsonObject(request);
    const pageSize = readWholeNumber('pageSize', body['pageSize'] ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
    const current = readWholeNumber('current', body['current'] ?? 1);
    if (pageSize * current > MAX_RUNS) {
      const instead = 'To go further back, use GET /openapi/runs with "after".';
      throw invalid(`Page ${current} of ${pageSize} runs ends after run ${MAX_RUNS} of the list. ${instead}`);
    }
    return {
      ...ANY_RUNS,
      since: null,
      taskId: readOptionalId('taskId', body['taskId']),
      statuses: readStatuses(body['status']),
      limit: pageSize * current,
      ...{ pageSize, current },
    };
  },
  answer: ({ runs, next, pageSize, current }, { now, timeZone }) => ({
    success: true,
    msg: 'Query Successfully',
    data: runs.slice((current - 1) * pageSize).map((head) => toJobInstance(head, now, timeZone)),
    // The total is not counted. If there are more runs, it is one more than those read, so that the client goes on.
    beside: { total: runs.length + (next === null ? 0 : 1), current, pageSize },
  }),
};

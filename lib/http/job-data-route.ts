/** GET /openapi/getJobData: the rows of a preview. */
import { type RunView, toJobResult } from '../domain/answer.ts';
import { invalid, oneOf, seen } from './request.ts';
import type { Route } from './route.ts';

const JOB_ID = /^[0-9a-f]{32}$/;

export const jobDataRoute: Route<{ readonly jobId: string }, RunView> = {
  bothDialects: false,
  task: null,
  parse: ({ query }) => {
    const jobId = (oneOf(query, 'jobId') ?? '').trim().toLowerCase();
    if (JOB_ID.test(jobId)) return { jobId };
    throw invalid(`The parameter "jobId" is ${seen(jobId)}. Give the 32 hex digits of a Flink job.`);
  },
  answer: (view, { timeZone }) => ({
    success: true,
    msg: 'Query Successfully',
    data: toJobResult(view, timeZone)['result'],
  }),
};

/** POST /openapi/getJobPlan and /openapi/getStreamGraph (contract.md, "getJobPlan and getStreamGraph"). */
import { bytesOf } from '../domain/cut-text.ts';
import { AppError } from '../domain/errors.ts';
import { type PlannedJob, toJobPlan } from '../domain/explain/stream-graph.ts';
import { MAX_PLANS_BYTES } from './answer-size.ts';
import type { Answer } from './envelope.ts';
import type { Route } from './route.ts';
import { readTaskBody, subjectOf, type TaskBody } from './task-body.ts';

export const jobPlanRoute: Route<TaskBody, PlannedJob> = {
  bothDialects: true,
  parse: readTaskBody,
  task: subjectOf,
  answer: (planned) => toAnswer(toJobPlan(planned)),
};

export const streamGraphRoute: Route<TaskBody, PlannedJob> = {
  bothDialects: true,
  parse: readTaskBody,
  task: subjectOf,
  answer: ({ nodes }) => toAnswer({ nodes }),
};

function toAnswer(data: object): Answer {
  const bytes = bytesOf(JSON.stringify(data));
  if (bytes <= MAX_PLANS_BYTES) return { success: true, msg: 'Execute Successfully', data };
  const hint = 'Ask about fewer statements at once.';
  throw new AppError('sql.tooLarge', `The plan has ${bytes} bytes; at most ${MAX_PLANS_BYTES} fit an answer. ${hint}`);
}

/** GET /openapi/getTaskLineage and POST /openapi/getLineage (contract.md, "getTaskLineage and getLineage"). */
import type { Lineage } from '../domain/lineage/lineage.ts';
import type { Answer } from './envelope.ts';
import type { Route } from './route.ts';
import { readTaskBody, subjectOf, type TaskBody } from './task-body.ts';
import { readTaskQuery } from './task-query.ts';

export const taskLineageRoute: Route<ReturnType<typeof readTaskQuery>, Lineage> = {
  bothDialects: true,
  parse: readTaskQuery,
  task: ({ task }) => task,
  answer: toAnswer,
};

export const lineageRoute: Route<TaskBody, Lineage> = {
  bothDialects: true,
  parse: readTaskBody,
  task: subjectOf,
  answer: toAnswer,
};

function toAnswer({ untold, ...data }: Lineage): Answer {
  return { success: true, msg: ['Query Successfully', ...untold.map(withoutStop)].join('. '), data };
}

/** Notes in a message end without one. */
const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');

/** GET /openapi/runs/{id}, Dinghy's own: one run with its history. */
import { type RunDetails, toRunDetails } from '../domain/answer.ts';
import { lastPart, readId } from './request.ts';
import type { Route } from './route.ts';

export const runRoute: Route<{ readonly id: number }, RunDetails> = {
  bothDialects: false,
  task: null,
  parse: ({ path }) => ({ id: readId('id', lastPart(path)) }),
  answer: (details) => ({ success: true, msg: 'Query Successfully', data: toRunDetails(details) }),
};

/** GET /openapi/version: a string that starts with "0" makes DolphinScheduler speak the 0.x dialect. */
import type { Route } from './route.ts';

export const versionRoute: Route<null, string> = {
  bothDialects: false,
  task: null,
  parse: () => null,
  answer: (version) => ({ success: true, msg: 'Query Successfully', data: version }),
};

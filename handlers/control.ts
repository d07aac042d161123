import { appStopTask, httpContext } from '../lib/app.ts';
import { byPath } from '../lib/http/by-path.ts';
import { cancelRoute } from '../lib/http/cancel-route.ts';
import { route } from '../lib/http/route.ts';
import { offLineTaskRoute, savepointRoute, savepointTaskRoute } from '../lib/http/savepoint-task-route.ts';

export const handler = byPath(httpContext, {
  '/openapi/cancel': route(httpContext, cancelRoute, appStopTask),
  '/openapi/savepointTask': route(httpContext, savepointTaskRoute, appStopTask),
  '/openapi/savepoint': route(httpContext, savepointRoute, appStopTask),
  '/openapi/offLineTask': route(httpContext, offLineTaskRoute, appStopTask),
});

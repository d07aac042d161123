import { appCancelTask, httpContext } from '../lib/app.ts';
import { byPath } from '../lib/http/by-path.ts';
import { cancelRoute } from '../lib/http/cancel-route.ts';
import { route } from '../lib/http/route.ts';
import { savepointTaskRoute } from '../lib/http/savepoint-task-route.ts';

export const handler = byPath(httpContext, {
  '/openapi/cancel': route(httpContext, cancelRoute, appCancelTask),
  '/openapi/savepointTask': route(httpContext, savepointTaskRoute, appCancelTask),
});

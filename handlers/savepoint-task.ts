import { appCancelTask, httpContext } from '../lib/app.ts';
import { route } from '../lib/http/route.ts';
import { savepointTaskRoute } from '../lib/http/savepoint-task-route.ts';

export const handler = route(httpContext, savepointTaskRoute, appCancelTask);

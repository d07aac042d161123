import { appCancelTask, httpContext } from '../lib/app.ts';
import { cancelRoute } from '../lib/http/cancel-route.ts';
import { route } from '../lib/http/route.ts';

export const handler = route(httpContext, cancelRoute, appCancelTask);

import { appGetJobInstance, httpContext } from '../lib/app.ts';
import { jobInstanceRoute } from '../lib/http/job-instance-route.ts';
import { route } from '../lib/http/route.ts';

export const handler = route(httpContext, jobInstanceRoute, appGetJobInstance);

import { appGetJobInstance, appGetJobInstanceByTaskId, httpContext } from '../lib/app.ts';
import { byPath } from '../lib/http/by-path.ts';
import { jobInstanceByTaskIdRoute, jobInstanceRoute } from '../lib/http/job-instance-route.ts';
import { route } from '../lib/http/route.ts';

export const handler = byPath(httpContext, {
  '/openapi/getJobInstance': route(httpContext, jobInstanceRoute, appGetJobInstance),
  '/openapi/getJobInstanceByTaskId': route(httpContext, jobInstanceByTaskIdRoute, appGetJobInstanceByTaskId),
});

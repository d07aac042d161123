import {
  appGetJobInstance,
  appGetJobInstanceByTaskId,
  appGetRun,
  appJobData,
  appListRuns,
  appListTasks,
  httpContext,
} from '../lib/app.ts';
import { byPath } from '../lib/http/by-path.ts';
import { jobDataRoute } from '../lib/http/job-data-route.ts';
import { jobInstanceListRoute } from '../lib/http/job-instance-list-route.ts';
import { jobInstanceByTaskIdRoute, jobInstanceRoute } from '../lib/http/job-instance-route.ts';
import { route } from '../lib/http/route.ts';
import { runRoute } from '../lib/http/run-route.ts';
import { runsRoute } from '../lib/http/runs-route.ts';
import { tasksRoute } from '../lib/http/tasks-route.ts';

export const handler = byPath(httpContext, {
  '/openapi/getJobInstance': route(httpContext, jobInstanceRoute, appGetJobInstance),
  '/openapi/getJobInstanceByTaskId': route(httpContext, jobInstanceByTaskIdRoute, appGetJobInstanceByTaskId),
  '/openapi/getJobInstanceList': route(httpContext, jobInstanceListRoute, appListRuns),
  '/openapi/getJobData': route(httpContext, jobDataRoute, appJobData),
  '/openapi/runs': route(httpContext, runsRoute, appListRuns),
  '/openapi/runs/{id}': route(httpContext, runRoute, appGetRun),
  '/openapi/tasks': route(httpContext, tasksRoute, appListTasks),
});

import { appExplainTask, appExportSql, appPlanJob, appTaskLineage, httpContext } from '../lib/app.ts';
import { byPath } from '../lib/http/by-path.ts';
import { explainRoute } from '../lib/http/explain-route.ts';
import { exportSqlRoute } from '../lib/http/export-sql-route.ts';
import { jobPlanRoute, streamGraphRoute } from '../lib/http/job-plan-route.ts';
import { lineageRoute, taskLineageRoute } from '../lib/http/lineage-route.ts';
import { route } from '../lib/http/route.ts';

export const handler = byPath(httpContext, {
  '/openapi/explainSql': route(httpContext, explainRoute, appExplainTask),
  '/openapi/getJobPlan': route(httpContext, jobPlanRoute, appPlanJob),
  '/openapi/getStreamGraph': route(httpContext, streamGraphRoute, appPlanJob),
  '/openapi/exportSql': route(httpContext, exportSqlRoute, appExportSql),
  '/openapi/getTaskLineage': route(httpContext, taskLineageRoute, appTaskLineage),
  '/openapi/getLineage': route(httpContext, lineageRoute, appTaskLineage),
});

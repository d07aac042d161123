import {
  adhocContext,
  appRememberRefusal,
  appRestartTask,
  appSubmitTask,
  appSubmitUnstored,
  httpContext,
} from '../lib/app.ts';
import { byPath } from '../lib/http/by-path.ts';
import { executeJarRoute, executeSqlRoute } from '../lib/http/execute-route.ts';
import { restartRoute } from '../lib/http/restart-route.ts';
import { route } from '../lib/http/route.ts';
import { submitRoute } from '../lib/http/submit-route.ts';

const submit = route(httpContext, submitRoute, appSubmitTask, appRememberRefusal);
const restart = route(httpContext, restartRoute, appRestartTask);

export const handler = byPath(httpContext, {
  '/openapi/submitTask': submit,
  '/openapi/onLineTask': submit,
  '/openapi/restartTask': restart,
  '/openapi/reOnLineTask': restart,
  '/openapi/selectSavePointRestartTask': restart,
  '/openapi/selectSavePointReOnLineTask': restart,
  '/openapi/executeSql': route(adhocContext, executeSqlRoute, appSubmitUnstored),
  '/openapi/executeJar': route(adhocContext, executeJarRoute, appSubmitUnstored),
});

import { appRememberRefusal, appSubmitTask, httpContext } from '../lib/app.ts';
import { byPath } from '../lib/http/by-path.ts';
import { route } from '../lib/http/route.ts';
import { submitRoute } from '../lib/http/submit-route.ts';

const submit = route(httpContext, submitRoute, appSubmitTask, appRememberRefusal);

export const handler = byPath(httpContext, { '/openapi/submitTask': submit, '/openapi/onLineTask': submit });

import { appRememberRefusal, appSubmitTask, httpContext } from '../lib/app.ts';
import { route } from '../lib/http/route.ts';
import { submitRoute } from '../lib/http/submit-route.ts';

export const handler = route(httpContext, submitRoute, appSubmitTask, appRememberRefusal);

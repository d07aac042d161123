import { appVersion, httpContext } from '../lib/app.ts';
import { route } from '../lib/http/route.ts';
import { versionRoute } from '../lib/http/version-route.ts';

export const handler = route(httpContext, versionRoute, appVersion);

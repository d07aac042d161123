import { appVersion, httpContext } from '../lib/app/late.ts';
import { byPath } from '../lib/http/by-path.ts';
import { health } from '../lib/http/health.ts';
import { openapi, openapiRoute } from '../lib/http/openapi-route.ts';
import { route } from '../lib/http/route.ts';
import { versionRoute } from '../lib/http/version-route.ts';

export const handler = byPath(httpContext, {
  '/health': health,
  '/openapi.json': route(httpContext, openapiRoute, openapi),
  '/openapi/version': route(httpContext, versionRoute, appVersion),
});

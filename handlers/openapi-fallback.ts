import { httpContext } from '../lib/app.ts';
import { fallbackRoute } from '../lib/http/fallback-route.ts';
import { route } from '../lib/http/route.ts';

export const handler = route(httpContext, fallbackRoute, () => (nothing) => nothing);

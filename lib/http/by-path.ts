/** A Lambda function that serves several paths, each with its own handler. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { apiPath } from './api-path.ts';
import { fallbackRoute } from './fallback-route.ts';
import { checkHttpEvent } from './http-event.ts';
import { type HttpContext, type HttpHandler, route } from './route.ts';
import { servedRoute } from './served.ts';

/** Paths as in routes.json. The fallback answers other paths and methods. */
export function byPath(setUp: () => HttpContext, handlers: Readonly<Record<string, HttpHandler>>): HttpHandler {
  const fallback = route(setUp, fallbackRoute, () => (nothing) => nothing);
  return async (event, context) => {
    checkHttpEvent(event);
    return await (handlerOf(event, handlers) ?? fallback)(event, context);
  };
}

function handlerOf(
  { requestContext, rawPath }: APIGatewayProxyEventV2,
  handlers: Readonly<Record<string, HttpHandler>>,
): HttpHandler | undefined {
  const served = servedRoute(apiPath(rawPath));
  return served?.methods.includes(requestContext.http.method) === true ? handlers[served.path] : undefined;
}

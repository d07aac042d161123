/** A Lambda function that serves several paths: each has a handler of its own. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { apiPath } from './api-path.ts';
import { fallbackRoute } from './fallback-route.ts';
import { checkHttpEvent } from './http-event.ts';
import { type HttpContext, type HttpHandler, route } from './route.ts';
import { servedRoute } from './served.ts';

/** Paths as in routes.json. What is not among them, or comes by another method, is answered by the fallback. */
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

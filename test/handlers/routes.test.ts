/** Each function serves the routes that the list gives to it, and no other. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HttpHandler } from '../../lib/http/route.ts';
import { SERVED } from '../../lib/http/served.ts';
import { anEvent, callHandler } from '../builders/event.ts';
import { type Bed, startBed } from './bed.ts';

const FUNCTIONS = [...new Set(SERVED.map((route) => route.function))];

let bed: Bed;
beforeAll(async () => (bed = await startBed({})));
afterAll(() => bed.stop());

/** Others have no envelope. */
const calls = SERVED.filter(({ path }) => path.startsWith('/openapi/')).flatMap((route) =>
  route.methods.map((method) => ({ ...route, method })),
);
const handlerOf = async (name: string): Promise<HttpHandler> =>
  ((await import(`../../handlers/${name}.ts`)) as { handler: HttpHandler }).handler;

const NO_ROUTE = /^There is no |takes (GET|POST)/;

it.each(calls)('$function serves $method $path', async ({ function: name, method, path }) => {
  // Too little for any call: what matters is who answers.
  const body = method === 'POST' ? { body: '{}' } : {};
  const { msg } = await callHandler(await handlerOf(name), { method, path, ...body });
  expect(msg).not.toMatch(NO_ROUTE);
});

it.each(calls)('no other function serves $method $path', async ({ function: own, method, path }) => {
  for (const name of FUNCTIONS.filter((other) => other !== own)) {
    const { msg } = await callHandler(await handlerOf(name), { method, path });
    expect(msg).toMatch(NO_ROUTE);
  }
});

it('serves the OpenAPI document without the envelope', async () => {
  const { statusCode, body = '' } = await (await handlerOf('fallback'))(anEvent({ path: '/openapi.json' }));
  expect([statusCode, JSON.parse(body)]).toMatchObject([200, { openapi: '3.1.0' }]);
});

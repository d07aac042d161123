/** Functions that are invoked with an event of another shape say what they were given, and what they take. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { byPath } from '../../lib/http/by-path.ts';
import type { HttpContext, HttpHandler } from '../../lib/http/route.ts';
import { sweepHandler } from '../../lib/http/sweep-event.ts';
import { admitEverybody } from '../../lib/usecases/admit-caller.ts';
import { anEvent } from '../builders/event.ts';
import { keptLog } from '../fakes/fake-ids.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';

const served: HttpHandler = () => Promise.resolve({ statusCode: 200, body: 'served' });
const context: HttpContext = { admit: admitEverybody, timeZone: 'UTC', clock: virtualClock(), log: keptLog() };
const answerRequests = byPath(() => context, { '/openapi/version': served });

/** Of an unchecked event, as Lambda brings it. */
const give = (event: unknown): Promise<unknown> => answerRequests(event as ReturnType<typeof anEvent>);

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    (answer) => new Error(`not refused: ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: 'request.invalid' });
  return (error as AppError).message;
}

const version = anEvent({ path: '/openapi/version' });
const older = { version: '1.0', httpMethod: 'GET', path: '/openapi/version', headers: {}, requestContext: {} };
const ofARule = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: { password: 'hush' }, resources: [] };

describe('a function that answers requests', () => {
  it('answers a request', async () => {
    expect(await give(version)).toMatchObject({ body: 'served' });
    const { queryStringParameters: _, ...bare } = version;
    expect(await give({ ...bare, body: '{}', isBase64Encoded: false })).toMatchObject({ body: 'served' });
  });

  it.each([
    ['a text', 'text'],
    ['null', null],
    ['null', undefined],
    ['a list', [version]],
    ['a number', 42],
    ['true or false', true],
    ['an unknown object', {}],
    ['an unknown object', { taskId: 1, variables: { password: 'hush' } }],
    ['an event of EventBridge', ofARule],
  ])('refuses %s, and names what starts tasks by events', async (what, event) => {
    const said = await refusal(give(event));
    expect(said).toMatch(
      new RegExp(`^The event is ${what}\\. This function answers requests of API Gateway's HTTP API`),
    );
    expect(said).toContain('invoke the function "scheduled"');
    expect(said).not.toContain('hush');
  });

  it('says of a request in the older format what to set', async () => {
    expect(await refusal(give(older))).toMatch(/in the payload format 1\.0\..*Set the payload format.* to 2\.0\./);
  });

  it.each([
    ['no context', { ...version, requestContext: undefined }],
    ['no method', { ...version, requestContext: { ...version.requestContext, http: undefined } }],
    ['a method that is no text', { ...version, requestContext: { ...version.requestContext, http: { method: 1 } } }],
    ['no id', { ...version, requestContext: { ...version.requestContext, requestId: undefined } }],
    ['no headers', { ...version, headers: null }],
    ['no path', { ...version, rawPath: undefined }],
    ['no query string', { ...version, rawQueryString: undefined }],
    ['a body that is no text', { ...version, body: { id: 1 } }],
  ])('refuses a request with %s', async (_, event) => {
    expect(await refusal(give(event))).toMatch(/^The event is an unknown object\./);
  });
});

describe('the reconciler', () => {
  const sweep = sweepHandler(
    () =>
      ({ budgetMs }) =>
        Promise.resolve({ budgetMs }),
  );

  it.each([['text'], [null], [undefined], [[]], [{}], [ofARule]])('sweeps on %j', async (event) => {
    expect(await sweep(event)).toEqual({ budgetMs: expect.any(Number) as number });
  });

  it.each([[version], [older]])('refuses a request from outside', async (event) => {
    expect(await refusal(sweep(event))).toMatch(/^The event is a request of API Gateway\..*remove its route/);
  });
});

/** The one catch-all: whatever goes wrong, a caller gets the envelope (contract.md). */
import type { Context } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { bytesOf } from '../../lib/domain/cut-text.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { type HttpContext, type Route, route, type Scope } from '../../lib/http/route.ts';
import { admitByKey, admitEverybody } from '../../lib/usecases/admit-caller.ts';
import { anEvent, type Envelope } from '../builders/event.ts';
import { fakeIds, keptLog } from '../fakes/fake-ids.ts';
import { memoryAccessKeys } from '../fakes/memory-access-keys.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';

interface Case {
  readonly auth?: 'none' | 'keys';
  readonly setUp?: () => HttpContext;
  readonly useCase?: (input: string, scope: Scope) => Promise<string>;
  readonly parse?: Route<string, string>['parse'];
  readonly answer?: Route<string, string>['answer'];
  readonly remainingMs?: number;
}

const hidden = (): Error =>
  Object.assign(new Error('secret detail'), { stack: 'Error: secret detail\n    at deep/inside.ts:1' });

async function call(given: Case) {
  const log = keptLog();
  const scopes: Scope[] = [];
  const clock = virtualClock();
  const keys = admitByKey({ keys: memoryAccessKeys(), ids: fakeIds(), clock, log });
  const admit = given.auth === 'keys' ? keys : admitEverybody;
  const context: HttpContext = { admit, timeZone: 'Europe/Berlin', clock, log };
  const handler = route<string, string>(
    given.setUp ?? (() => context),
    {
      bothDialects: true,
      task: null,
      parse: given.parse ?? (({ query }) => query.get('id') ?? 'none'),
      answer: given.answer ?? ((data) => ({ success: true, msg: 'Execute Successfully', data })),
    },
    () => async (input, scope) => {
      scopes.push(scope);
      return given.useCase === undefined ? `ran ${input}` : await given.useCase(input, scope);
    },
  );
  const { remainingMs } = given;
  const lambda = { getRemainingTimeInMillis: () => remainingMs, awsRequestId: 'aws-1' } as Context;
  const result = await handler(anEvent({ query: 'id=5' }), remainingMs === undefined ? undefined : lambda);
  return { result, log, scopes, envelope: JSON.parse(result.body ?? '') as Envelope };
}

describe('a route', () => {
  it('parses, runs and answers', async () => {
    const { result, envelope } = await call({});
    expect(result.statusCode).toBe(200);
    expect(envelope).toMatchObject({ code: 0, success: true, data: 'ran 5', time: '2026-01-31 13:00:00' });
  });

  it('logs each request once, with what its answer has for the log, which no caller sees', async () => {
    const logged = { taskId: 5, runId: 9, duplicate: true };
    const answer = () => ({ success: true, msg: 'Execute Successfully', data: 'x', logged });
    const { log, result } = await call({ answer });
    const answered = log.lines.filter(({ message }) => message === 'answered');
    expect(answered).toHaveLength(1);
    expect(answered[0]!.fields).toMatchObject({ verb: 'submit', success: true, ...logged });
    expect(answered[0]!.fields).not.toHaveProperty('code');
    expect(result.body).not.toContain('runId');
  });

  it('logs the code of a refusal, also where nobody was let in', async () => {
    const { log } = await call({ auth: 'keys' });
    const [answered] = log.lines.filter(({ message }) => message === 'answered');
    expect(answered!.fields).toMatchObject({ verb: 'submit', success: false, code: 'request.unauthorized' });
  });

  it('says of the first request of a process alone that it was started for it', async () => {
    vi.resetModules();
    const fresh = await import('../../lib/http/route.ts');
    const log = keptLog();
    const context: HttpContext = { admit: admitEverybody, timeZone: 'UTC', clock: virtualClock(), log };
    const parts: Route<null, null> = {
      bothDialects: false,
      task: null,
      parse: () => null,
      answer: () => ({ success: true, msg: '', data: null }),
    };
    const handler = fresh.route(() => context, parts, () => () => Promise.resolve(null)); // prettier-ignore
    for (let n = 0; n < 3; n += 1) await handler(anEvent({}));
    expect(log.lines.map(({ fields }) => (fields as { cold_start: boolean }).cold_start)).toEqual([true, false, false]);
  });

  it('lets nobody in without a key: nothing is parsed and nothing runs', async () => {
    let parsed = false;
    const { scopes, envelope } = await call({ auth: 'keys', parse: () => ((parsed = true), 'x') });
    expect(envelope).toMatchObject({ code: 1, success: false, data: null });
    expect(envelope.msg).toMatch(/needs an API key/);
    expect([parsed, scopes.length]).toEqual([false, 0]);
  });

  it('answers a refusal with its text, and logs its code', async () => {
    const { log, envelope } = await call({
      useCase: async () => {
        throw new AppError('task.notFound', 'Task Not Exist: there is no task 5.');
      },
    });
    const msg = 'Task Not Exist: there is no task 5.';
    expect(envelope).toMatchObject({ code: 1, success: false, msg, data: null });
    expect(envelope.datas).toEqual({ success: false, jobInstanceId: null, status: null, error: msg });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ code: 'task.notFound' }) }),
    );
    expect(log.lines.some(({ level }) => level === 'error')).toBe(false);
  });

  it.each(['store.unavailable', 'store.invalid', 'config.invalid', 'secret.unavailable', 'local.exhausted'] as const)(
    'logs %s as an error of the deployment, with what AWS said of it, which the caller is not told',
    async (code) => {
      const said = 'User: arn:aws:sts::1:assumed-role/r is not authorized to perform: dynamodb:Query on resource: t';
      const cause = Object.assign(new Error(said), { name: 'AccessDeniedException' });
      const error = new AppError(code, 'DynamoDB could not be used.', { cause });
      const { log, envelope } = await call({ useCase: () => Promise.reject(error), remainingMs: 29_000 });
      expect(envelope).toMatchObject({ code: 1, msg: 'DynamoDB could not be used.' });
      const fields = { requestId: 'aws-1', code, reason: 'DynamoDB could not be used.' };
      expect(log.lines).toContainEqual({
        level: 'error',
        message: 'failed',
        fields: { ...fields, cause: `AccessDeniedException: ${said}` },
      });
    },
  );

  it.each(['run.tooMany', 'flink.rejected', 'flink.unreachable', 'request.forbidden'] as const)(
    'logs %s as no error of the deployment',
    async (code) => {
      const { log } = await call({
        useCase: () => Promise.reject(new AppError(code, 'No.', { cause: new Error('x') })),
      });
      expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
      expect(JSON.stringify(log.lines)).not.toContain('"cause"');
    },
  );

  it('cuts what Flink says at length, and has more of it in the log', async () => {
    const text = `${'表 '.repeat(2_000)}and its last word`;
    const { log, envelope } = await call({ useCase: async () => Promise.reject(new AppError('flink.rejected', text)) });
    expect(bytesOf(envelope.msg)).toBeLessThanOrEqual(1_000);
    expect(text.startsWith(envelope.msg.slice(0, -1))).toBe(true);
    expect(JSON.stringify(log.lines)).toContain(JSON.stringify(text));
  });

  it('tells a refusal of its own in full', async () => {
    const text = `No value for ${'${a}, '.repeat(400)}`;
    const { envelope } = await call({ useCase: async () => Promise.reject(new AppError('variable.missing', text)) });
    expect(envelope.msg).toBe(text);
  });

  it.each([
    ['the use case', { useCase: async () => Promise.reject(hidden()) }],
    [
      'the parser',
      {
        parse: () => {
          throw hidden();
        },
      },
    ],
    [
      'the answer',
      {
        answer: () => {
          throw hidden();
        },
      },
    ],
  ] as [string, Case][])(
    'shows nothing of an unexpected error in %s but the request id, and logs all of it',
    async (_where, given) => {
      const { result, log, envelope } = await call({ ...given, remainingMs: 29_000 });
      expect(result.statusCode).toBe(200);
      expect(envelope).toMatchObject({ code: 1, success: false, data: null });
      expect(envelope.msg).toContain('aws-1');
      expect(JSON.stringify(envelope)).not.toMatch(/secret detail|inside\.ts/);
      const errors = log.lines.filter(({ level }) => level === 'error');
      expect(JSON.stringify(errors)).toMatch(/deep\/inside\.ts/);
      expect(JSON.stringify(errors)).toContain('aws-1');
    },
  );

  it('something thrown that is no Error is answered too', async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const { envelope } = await call({ useCase: () => Promise.reject('a text') });
    expect(envelope).toMatchObject({ code: 1, success: false });
    expect(envelope.msg).not.toContain('a text');
  });

  it('a bad setting of the deployment is answered in the envelope', async () => {
    const { result, envelope } = await call({
      setUp: () => {
        throw new AppError('config.invalid', 'The setting TIME_ZONE is "Mars".');
      },
    });
    expect(result.statusCode).toBe(200);
    expect(envelope).toMatchObject({ code: 1, success: false, msg: 'The setting TIME_ZONE is "Mars".', data: null });
  });

  it('a refusal has its code in a header, and so has a fault; an answer has none', async () => {
    const refuse = (error: Error) => call({ useCase: () => Promise.reject(error) });
    const codeOf = async (answer: ReturnType<typeof call>) => (await answer).result.headers?.['x-error-code'];
    expect(await codeOf(refuse(new AppError('run.conflict', 'Try again.')))).toBe('run.conflict');
    expect(await codeOf(refuse(new Error('a bug')))).toBe('internal');
    expect((await call({})).result.headers).not.toHaveProperty('x-error-code');
  });

  it("the request id is Lambda's own, else that of API Gateway, and it is in the log", async () => {
    const inLambda = await call({ remainingMs: 29_000 });
    expect(inLambda.result.headers?.['x-request-id']).toBe('aws-1');
    expect(JSON.stringify(inLambda.log.lines)).toContain('"requestId":"aws-1"');
    expect((await call({})).result.headers?.['x-request-id']).toBe('JKJaXmPLvHcESHA=');
  });

  it.each([
    [undefined, 25_000],
    [60_000, 25_000],
    [29_000, 25_000],
    [28_500, 25_000],
    [20_000, 16_500],
    [3_500, 0],
    [100, 0],
  ])('with %s ms left the budget is %i ms', async (remainingMs, budgetMs) => {
    const { scopes } = await call(remainingMs === undefined ? {} : { remainingMs });
    expect(scopes[0]).toMatchObject({ budgetMs, timeZone: 'Europe/Berlin', now: Date.UTC(2026, 0, 31, 12, 0, 0) });
  });
});

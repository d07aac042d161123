/** What each route reads from a request and says of an outcome (contract.md). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SubmittedRun } from '../../lib/domain/answer.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunBody } from '../../lib/domain/plan/run-body.ts';
import { type NewRun, newRun } from '../../lib/domain/run/new-run.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { cancelRoute } from '../../lib/http/cancel-route.ts';
import { type EnvelopeOptions, toEnvelope } from '../../lib/http/envelope.ts';
import { fallbackRoute } from '../../lib/http/fallback-route.ts';
import { jobInstanceRoute } from '../../lib/http/job-instance-route.ts';
import {
  oneOf,
  readBoolean,
  readId,
  readJsonObject,
  readText,
  readVariables,
  seen,
  shown,
  toRequest,
} from '../../lib/http/request.ts';
import { restartRoute } from '../../lib/http/restart-route.ts';
import type { Scope } from '../../lib/http/route.ts';
import { offLineTaskRoute, savepointRoute, savepointTaskRoute } from '../../lib/http/savepoint-task-route.ts';
import { parseScheduledEvent, scheduledSubmit } from '../../lib/http/scheduled-event.ts';
import { SERVED, servedRoute } from '../../lib/http/served.ts';
import { submitRoute } from '../../lib/http/submit-route.ts';
import { versionRoute } from '../../lib/http/version-route.ts';
import { anEvent, type Call } from '../builders/event.ts';
import { keptLog } from '../fakes/fake-ids.ts';

const T0 = Date.UTC(2026, 0, 31, 12, 0, 0);
const SCOPE: Scope = {
  principal: { kind: 'none', name: '', keyId: null, sourceIp: null, requestId: 'r' },
  maySee: () => true,
  caller: 'anonymous',
  budgetMs: 25_000,
  timeZone: 'Europe/Berlin',
  now: T0,
};
const JOB_ID = '0123456789abcdef0123456789abcdef';

const request = (call: Call, headers: Record<string, string> = {}) => {
  const event = anEvent(call);
  return toRequest({ ...event, headers: { ...event.headers, ...headers } });
};

function refusal(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was expected to be refused');
}

function aHead(changes: Partial<RunHead> = {}): RunHead {
  const base: NewRun = {
    ...{ id: 21, kind: 'job', taskId: 7, taskVersion: 3, fp: 'fp', name: 'orders', step: 2, clusterId: 4, nonce: 'n' },
    ...{ hosts: 'jm:1', address: 'jm:1', jobId: JOB_ID, jmId: 'jm', highAvailability: false, once: false },
    ...{ savePointPath: null, writer: 'w1', createdBy: 'me' },
  };
  return { ...newRun(base, T0), ...changes };
}

const view = (changes: Partial<RunHead>, duplicate = false, dedupeSeconds = 10, more: Partial<SubmittedRun> = {}) => ({
  head: aHead(changes),
  body: {
    statement: 'INSERT INTO t SELECT 1',
    plan: { sensitive: [] as const, warnings: [] as const },
    jobConfig: { savePointStrategy: 'NONE' },
  } as unknown as RunBody,
  result: null,
  duplicate,
  dedupeSeconds,
  keyed: false,
  ...more,
});

describe('a request', () => {
  it('is the event without its trappings: headers in lower case, the body decoded', () => {
    const read = request({
      method: 'POST',
      path: '/openapi/x',
      query: 'a=1&a=2&b=%20c',
      body: '{"ü":1}',
      base64: true,
    });
    expect(read).toMatchObject({ method: 'POST', path: '/openapi/x', body: '{"ü":1}', id: 'JKJaXmPLvHcESHA=' });
    expect(read.headers).toMatchObject({ 'content-type': 'application/json' });
    expect([read.query.getAll('a'), read.query.get('b')]).toEqual([['1', '2'], ' c']);
    expect(request({}).body).toBe('');
    expect(request({ method: 'POST', body: '\ufeff{"id":1}' }).body).toBe('{"id":1}');
  });

  it.each([
    [1, 1],
    ['1', 1],
    ['2147483647', 2_147_483_647],
    [2_147_483_647, 2_147_483_647],
  ])('id %j is taken as %i', (value, id) => expect(readId('id', value)).toBe(id));

  it.each([
    undefined,
    null,
    '',
    0,
    -1,
    1.5,
    2_147_483_648,
    NaN,
    '0',
    '-1',
    '1.5',
    ' 1',
    '1 ',
    '１',
    '1e3',
    '0x1',
    '00000000000',
    '9'.repeat(300),
    true,
    [],
    [1],
    {},
  ])('id %j is refused, naming the parameter', (value) => {
    const error = refusal(() => readId('taskId', value));
    expect(error.code).toBe('request.invalid');
    expect(error.message).toContain('"taskId"');
    expect(error.message).toContain('1 to 2147483647');
    expect(error.message.length).toBeLessThan(250);
  });

  it.each([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    [undefined, false],
    [null, false],
    ['', false],
  ])('boolean %j is %s', (value, expected) => expect(readBoolean('b', value)).toBe(expected));

  it.each(['True', 'TRUE', 'tRuE', '1', 'yes', 'Yes', 'on', 'ON', ' true ', 1])('boolean %j is true', (value) => {
    expect(readBoolean('b', value)).toBe(true);
  });

  it.each(['False', 'FALSE', 'fAlSe', '0', 'no', 'NO', 'off', 'Off', ' false ', 0])('boolean %j is false', (value) => {
    expect(readBoolean('b', value)).toBe(false);
  });

  it.each(['maybe', 'y', 'n', 't', 'f', 'ja', '2', '01', '1.0', '+1', 2, -1, 0.5, 'null', ' ', 'true,true', '"true"'])(
    'boolean %j is refused, as Spring refuses it',
    (value) => {
      const message = `The parameter "isOnline" is "${value}". Give true or false (1/0, yes/no and on/off also work).`;
      expect(refusal(() => readBoolean('isOnline', value)).message).toBe(message);
    },
  );

  it.each([{}, [], [true]])('boolean %j is refused', (value) => {
    expect(refusal(() => readBoolean('isOnline', value)).message).toMatch(/"isOnline" is an? (?:object|list)\. Give/);
  });

  it('a text is a text, nothing when it is empty, and refused when it is something else', () => {
    expect(['s3://a', '', null, undefined].map((value) => readText('p', value))).toEqual(['s3://a', null, null, null]);
    expect(refusal(() => readText('savePointPath', 7)).message).toContain('"savePointPath" is a number');
  });

  it('variables may be texts, numbers and booleans', () => {
    const given = { a: 'x', b: 3, c: true, d: 1.5, e: -7, f: '', g: 9_007_199_254_740_991 };
    expect(readVariables('variables', given)).toEqual({
      ...{ a: 'x', b: '3', c: 'true', d: '1.5', e: '-7', f: '' },
      g: '9007199254740991',
    });
    expect(readVariables('variables', undefined)).toEqual({});
  });

  it.each([['x'], [[1]], [{ a: null }], [{ a: {} }], [{ a: [] }], [{ a: 12345678901234567890 }]])(
    'variables %j are refused',
    (value) => {
      expect(refusal(() => readVariables('variables', value)).code).toBe('request.invalid');
    },
  );

  it('a parameter that is given twice is refused, not guessed', () => {
    const query = new URLSearchParams('id=1&id=2&x=3');
    expect(oneOf(query, 'x')).toBe('3');
    expect(oneOf(query, 'y')).toBeUndefined();
    expect(refusal(() => oneOf(query, 'id')).message).toMatch(/"id" is given 2 times\. Give it once/);
  });

  it('values are shown cut at 100 characters', () => {
    expect(shown('x'.repeat(100))).toBe('x'.repeat(100));
    expect(shown('x'.repeat(101))).toBe(`${'x'.repeat(100)}...`);
    expect([seen('x'.repeat(101)), seen(7)]).toEqual([`"${'x'.repeat(100)}..."`, '"7"']);
    expect([seen({ a: 1 }), seen([1]), seen(null)]).toEqual(['an object', 'a list', 'null']);
  });

  it('a body of 256 KB is read, one of a byte more is refused, counted in bytes', () => {
    const body = (bytes: number): string => `{"x":"${'y'.repeat(bytes - 8)}"}`;
    expect(() => readJsonObject(request({ body: body(262_144) }))).not.toThrow();
    expect(refusal(() => readJsonObject(request({ body: body(262_145) }))).message).toMatch(/262145 bytes/);
    expect(refusal(() => readJsonObject(request({ body: `{"x":"${'é'.repeat(131_072)}"}` }))).message).toMatch(/bytes/);
  });
});

describe('the envelope', () => {
  const options: EnvelopeOptions = { requestId: 'r-1', now: T0, timeZone: 'Europe/Berlin', bothDialects: false };
  const read = (answer: Parameters<typeof toEnvelope>[0], changes: Partial<EnvelopeOptions> = {}) =>
    JSON.parse(toEnvelope(answer, { ...options, ...changes }).body ?? '') as Record<string, unknown>;

  it('is HTTP 200 with JSON that nobody keeps, and carries the request id', () => {
    for (const success of [true, false]) {
      expect(toEnvelope({ success, msg: 'm', data: null }, options)).toMatchObject({
        statusCode: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-request-id': 'r-1' },
      });
    }
  });

  it('code is 0 exactly when success', () => {
    const time = '2026-01-31 13:00:00';
    expect(read({ success: true, msg: 'm', data: 'd' })).toEqual({ code: 0, msg: 'm', data: 'd', success: true, time });
    expect(read({ success: false, msg: 'm', data: null })).toEqual({
      code: 1,
      msg: 'm',
      data: null,
      success: false,
      time,
    });
  });

  it.each([
    [true, null],
    [false, 'no'],
  ])('datas is an object where data is null, with success %s and error %s', (success, error) => {
    const datas = { success, jobInstanceId: null, status: null, error };
    expect(read({ success, msg: 'no', data: null }, { bothDialects: true })).toMatchObject({ data: null, datas });
  });

  it('datas is the same as data where there is something to show', () => {
    const data = { success: false, jobInstanceId: 3, status: 'FAILED', error: 'boom' };
    expect(read({ success: false, msg: 'm', data }, { bothDialects: true })).toMatchObject({ data, datas: data });
    expect(read({ success: true, msg: 'm', data })).not.toHaveProperty('datas');
  });
});

describe('submitTask', () => {
  it('reads a query', () => {
    const query =
      'id=5&savePointPath=s3%3A%2F%2Fb&variables.day=2026-01-31&variables.a.b=%27&isOnline=true&other=1&other=2';
    expect(submitRoute.parse(request({ query }, { 'Idempotency-Key': ' k1 ' }))).toEqual({
      taskId: 5,
      variables: { day: '2026-01-31', 'a.b': "'" },
      savePointPath: 's3://b',
      isOnline: true,
      key: 'k1',
    });
  });

  it('reads a body, with ids as number or text, and ignores what it does not know', () => {
    const body = JSON.stringify({ id: '5', isOnline: 'true', savePointPath: 's3://b', variables: { n: 3 }, x: [] });
    const read = submitRoute.parse(request({ method: 'POST', body, query: 'id=9' }));
    expect(read).toEqual({ taskId: 5, variables: { n: '3' }, savePointPath: 's3://b', isOnline: true, key: null });
    expect(submitRoute.parse(request({ method: 'POST', body: '{"id": 5}' }))).toMatchObject({
      taskId: 5,
      isOnline: false,
    });
  });

  it.each(['LATEST', 'latest', 'EARLIEST', 'NONE'])('takes %s for a strategy, not for a path', (word) => {
    const asked = { savePointPath: null, startsFrom: word.toUpperCase() };
    expect(submitRoute.parse(request({ query: `id=5&savePointPath=${word}` }))).toMatchObject(asked);
    const body = JSON.stringify({ id: 5, savePointPath: word });
    expect(submitRoute.parse(request({ method: 'POST', body }))).toMatchObject(asked);
    // A restart starts from the savepoint that it takes itself, or from a path.
    const restart = restartRoute.parse(request({ query: `id=5&savePointPath=${word}` }));
    expect(restart).toEqual({ taskId: 5, savePointPath: word, variables: {} });
  });

  describe('numbers stay as they were written', () => {
    const asPosted = (number: string): unknown =>
      submitRoute.parse(request({ method: 'POST', body: `{"id": 5.0e0, "variables": {"n": ${number}}}` }));
    const asQuery = (number: string): unknown =>
      submitRoute.parse(request({ query: `id=5&variables.n=${encodeURIComponent(number)}` }));
    const WRITTEN = ['2.0', '2', '1.10', '1e5', '1E+5', '1.5e-7', '-0', '-0.0', '0', '12345678901234567890', '1e999'];

    it.each(WRITTEN)('%s, with POST as with GET', (number) => {
      expect(asPosted(number)).toEqual(asQuery(number));
      expect(asPosted(number)).toMatchObject({ variables: { n: number } });
    });

    it('texts that look like numbers, and texts with quotes and backslashes, stay texts', () => {
      const variables = { a: '2.0', 'b 1.0': '"1.50"', c: '\\"3.0\\', d: 'x 1.0, "y": 2.0', ['__proto__']: '4.0' };
      const body = JSON.stringify({ id: 5, variables, other: [1.0, { n: 2.0 }] }, null, 1);
      expect(submitRoute.parse(request({ method: 'POST', body }))).toMatchObject({ taskId: 5, variables });
    });

    it('booleans are texts; null, lists and objects are refused by name, without what is in them', () => {
      expect(asPosted('true')).toMatchObject({ variables: { n: 'true' } });
      const kinds = { null: 'null', '[1.0]': 'a list', '{"m":2}': 'an object' };
      for (const [value, kind] of Object.entries(kinds)) {
        expect(refusal(() => asPosted(value)).message).toContain(`The variable "n" in "variables" is ${kind}.`);
      }
    });

    it('of a name that is given twice the last one counts', () => {
      const body = '{"id": 5, "variables": {"n": 1.0, "n": 2.0}}';
      expect(submitRoute.parse(request({ method: 'POST', body }))).toMatchObject({ variables: { n: '2.0' } });
    });

    it('law: any JSON keeps its texts, and its numbers their letters', () => {
      const number = fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
        fc.bigInt().map(String),
        fc.constantFrom(...WRITTEN),
      );
      const item = fc.oneof(
        number.map((text) => ({ json: text, text })),
        fc.string().map((text) => ({ json: JSON.stringify(text), text })),
      );
      fc.assert(
        fc.property(fc.dictionary(fc.string(), item), fc.constantFrom('', ' ', '\n\t'), (items, blank) => {
          const pairs = Object.entries(items).map(
            ([name, { json }]) => `${JSON.stringify(name)}${blank}:${blank}${json}`,
          );
          const body = `{"id":5,"variables":${blank}{${pairs.join(`${blank},`)}}}`;
          const expected = Object.fromEntries(Object.entries(items).map(([name, { text }]) => [name, text]));
          expect(submitRoute.parse(request({ method: 'POST', body }))).toMatchObject({ variables: expected });
        }),
      );
    });
  });

  it.each([
    ['isOnline=True', true],
    ['isOnline=1', true],
    ['isOnline=no', false],
    ['isonline=true', false],
  ])('a query with %s', (query, isOnline) => {
    expect(submitRoute.parse(request({ query: `id=1&${query}` })).isOnline).toBe(isOnline);
  });

  it('onLineTask runs its task alone', () => {
    expect(submitRoute.parse(request({ path: '/openapi/onLineTask', query: 'id=5' })).isOnline).toBe(true);
    expect(submitRoute.parse(request({ path: '/openapi/submitTask', query: 'id=5' })).isOnline).toBe(false);
  });

  it('takes a key of 255 characters and refuses a longer one', () => {
    const key = (length: number) =>
      submitRoute.parse(request({ query: 'id=1' }, { 'idempotency-key': 'k'.repeat(length) })).key;
    expect(key(255)).toHaveLength(255);
    expect(refusal(() => key(256)).message).toContain('256');
    expect(submitRoute.parse(request({ query: 'id=1' }, { 'idempotency-key': '  ' })).key).toBeNull();
  });

  it('a variable that is given twice is refused', () => {
    expect(refusal(() => submitRoute.parse(request({ query: 'id=1&variables.a=1&variables.a=2' }))).message).toContain(
      'variables.a',
    );
  });

  it('answers success for an accepted run, even while nothing is known of it', () => {
    for (const submitStatus of ['SUCCESS', 'INITIALIZE'] as const) {
      const answer = submitRoute.answer(view({ submitStatus }), SCOPE);
      expect(answer).toMatchObject({ success: true, msg: 'Execute Successfully', data: { jobInstanceId: 21 } });
    }
  });

  it('an accepted run of which nothing is known yet tells what is known', () => {
    const open = view({ submitStatus: 'INITIALIZE', refusal: 'line 2: the JobManager is away.' });
    const answer = submitRoute.answer(open, SCOPE);
    expect(answer).toMatchObject({ success: true, data: { success: true, error: 'line 2: the JobManager is away.' } });
    expect(answer.msg).toBe(
      'Execute Successfully. It is not known yet whether a job was started: line 2: the JobManager is away. Poll the run to find out',
    );
    const decided = submitRoute.answer(view({ submitStatus: 'SUCCESS', refusal: 'line 2: no' }), SCOPE);
    expect(decided).toMatchObject({ msg: 'Execute Successfully', data: { error: null } });
  });

  it('a failed run is a failure with its JobResult, and says why', () => {
    const failed = { status: 'FAILED', submitStatus: 'FAILED', answeredAt: T0 } as const;
    const answer = submitRoute.answer(view({ ...failed, error: "Object 'x' not found" }), SCOPE);
    expect(answer).toMatchObject({ success: false, data: { jobInstanceId: 21, success: false, status: 'FAILED' } });
    expect(answer.msg).toMatch(/21.*task 7.*Object 'x' not found/);
    expect(submitRoute.answer(view({ ...failed, refusal: 'no gateway' }), SCOPE).msg).toContain('no gateway');
  });

  it('a repeat says which run it is, and when another is possible', () => {
    const live = submitRoute.answer(view({ submitStatus: 'SUCCESS', status: 'RUNNING' }, true), SCOPE);
    expect(live.msg).toMatch(
      /^Execute Successfully.*run 21.*nothing new\. You can start another run when this one ends\.$/,
    );
    const ended = {
      status: 'FINISHED',
      submitStatus: 'SUCCESS',
      answeredAt: T0 + 2_000,
      finishedAt: T0 + 3_000,
    } as const;
    const over = submitRoute.answer(view(ended, true, 60), SCOPE);
    expect(over.msg).toMatch(/run 21.*after 2026-01-31 13:01:02/);
    expect(over.data).toMatchObject({ duplicate: true });
    const failed = submitRoute.answer(
      view({ ...ended, status: 'FAILED', submitStatus: 'FAILED', error: 'boom.' }, true),
      SCOPE,
    );
    expect(failed.success).toBe(false);
    expect(failed.msg).toMatch(/boom\. .*run 21/);
    expect(failed.msg).not.toContain('..');
  });
});

describe('what submitTask adds to its message', () => {
  const live = { submitStatus: 'SUCCESS', status: 'RUNNING' } as const;

  it.each([
    ['LATEST', null, 'job', true],
    ['EARLIEST', null, 'job', true],
    ['LATEST', 's3://b/sp', 'job', false],
    ['LATEST', null, 'preview', false],
    ['LATEST', null, 'none', false],
    ['NONE', null, 'job', false],
    ['CUSTOM', 's3://b/sp', 'job', false],
  ] as const)('%s with path %s, a %s: says that it starts empty: %s', (strategy, savePointPath, kind, says) => {
    const jobConfig = { savePointStrategy: strategy, savePointPath };
    const body = {
      statement: '',
      plan: { sensitive: [] as const, warnings: [] as const },
      jobConfig,
    } as unknown as RunBody;
    const { msg } = submitRoute.answer(view({ ...live, kind }, false, 10, { body }), SCOPE);
    const note = 'No savepoint of this task with these variables is recorded yet: the job starts empty';
    expect(msg).toBe(says ? `Execute Successfully. ${note}` : 'Execute Successfully');
  });

  it('tells the warnings of its plan, each without its full stop', () => {
    const plan = { sensitive: [], warnings: ['Line 3: one.', 'Line 5: two.'] };
    const body = { statement: '', plan, jobConfig: {} } as unknown as RunBody;
    expect(submitRoute.answer(view(live, false, 10, { body }), SCOPE).msg).toBe(
      'Execute Successfully. Line 3: one. Line 5: two',
    );
  });

  it('a repeat by key is told that another run needs another key, not to wait', () => {
    const { msg } = submitRoute.answer(view(live, true, 10, { keyed: true }), SCOPE);
    expect(msg).toMatch(/run 21.*another key/);
    expect(msg).not.toMatch(/ended|after/);
    expect(submitRoute.answer(view(live, false, 10, { keyed: true }), SCOPE).msg).toBe('Execute Successfully');
  });

  it.each([
    [0, 'time', /^Execute Successfully\. No row arrived/],
    [0, 'size', /^Execute Successfully\. Its first row does not fit/],
    [0, null, /^Execute Successfully$/],
    [3, 'time', /^Execute Successfully$/],
    [3, 'rows', /^Execute Successfully$/],
  ] as const)('a preview of %i rows, cut by %s, is answered with %s', (total, truncatedBy, expected) => {
    const times = { startedAt: T0, endedAt: T0, error: null, limit: 100 };
    const preview = { columns: ['a'], rowData: [], total, truncated: truncatedBy !== null, truncatedBy, ...times };
    const { msg } = submitRoute.answer(view(live, false, 10, { result: { preview, results: [] } }), SCOPE);
    expect(msg).toMatch(expected);
  });
});

describe('cancel and savepointTask', () => {
  it('cancel reads a task id and is meant as it is said', () => {
    expect(cancelRoute.parse(request({ query: 'id=5&forceCancel=true&withSavePoint=false' }))).toEqual({
      ...{ taskId: 5, how: 'cancel', mayBeEcho: false },
    });
    const how = (query: string): string => cancelRoute.parse(request({ query: `id=5&${query}` })).how;
    expect(how('withSavePoint=true')).toBe('kill');
    expect(how('withSavePoint=Yes&forceCancel=True')).toBe('kill');
    expect(how('withSavePoint=1&forceCancel=False')).toBe('cancelWithSavepoint');
    expect(how('forceCancel=True&withSavePoint=False')).toBe('cancel');
    expect(how('forceCancel=false')).toBe('cancel');
    expect(how('WithSavePoint=true')).toBe('cancel');
    const posted = (body: object, query = ''): object =>
      cancelRoute.parse(request({ method: 'POST', query, body: JSON.stringify(body) }));
    expect(posted({ id: '5', withSavePoint: true })).toEqual({ taskId: 5, how: 'kill', mayBeEcho: false });
    expect(cancelRoute.parse(request({ method: 'POST', query: 'id=5' }))).toMatchObject({ taskId: 5, how: 'cancel' });
    expect(refusal(() => cancelRoute.parse(request({ query: 'id=5&forceCancel=maybe' }))).message).toContain(
      'forceCancel',
    );
    expect(refusal(() => cancelRoute.parse(request({}))).message).toContain('"id" is missing');
  });

  it('cancel names the other live runs, and refuses when there is none', () => {
    expect(cancelRoute.answer({ how: 'cancel', outcome: { cancelled: aHead(), others: [] } }, SCOPE)).toEqual({
      success: true,
      msg: 'Execute Successfully. Run 21 of task 7 is being cancelled',
      data: true,
    });
    expect(cancelRoute.answer({ how: 'cancel', outcome: { cancelled: aHead(), others: [20, 9] } }, SCOPE).msg).toMatch(
      /^Execute Successfully.*20, 9/,
    );
    const error = refusal(() => cancelRoute.answer({ how: 'cancel', outcome: { cancelled: null, others: [] } }, SCOPE));
    expect(error.message).toMatch(/^Job Instance Not Exist/);
  });

  const post = (body: object) => savepointTaskRoute.parse(request({ method: 'POST', body: JSON.stringify(body) }));

  it('savepointTask reads the task as number or text, and may be an echo', () => {
    expect(post({ taskId: '5', type: 'cancel' })).toEqual({ taskId: 5, how: 'kill', mayBeEcho: true });
    expect(post({ taskId: 5, type: 'cancel' })).toEqual({ taskId: 5, how: 'kill', mayBeEcho: true });
  });

  const TYPES = [
    ...['cancel', 'CANCEL', 'Cancel'].map((type) => [type, 'kill', true] as const),
    ...['canceljob', 'CANCELJOB', 'cancelJob'].map((type) => [type, 'cancel', true] as const),
    // No client sends it after a refused submit.
    ...['cancelWithSavepoint', 'cancelwithsavepoint'].map((type) => [type, 'cancelWithSavepoint', false] as const),
    ...['trigger', 'TRIGGER', 'Trigger'].map((type) => [type, 'trigger', false] as const),
    ...['stop', 'STOP'].map((type) => [type, 'stop', false] as const),
  ];

  it.each(TYPES)('savepointTask takes %s for %s', (type, how, mayBeEcho) => {
    expect(post({ taskId: 5, type })).toEqual({ taskId: 5, how, mayBeEcho });
    const asked = { taskId: 5, how };
    expect(savepointTaskRoute.parse(request({ query: `taskId=5&type=${type}` }))).toEqual({ ...asked, mayBeEcho });
    const query = `taskId=5&savePointType=${type}`;
    expect(savepointRoute.parse(request({ method: 'POST', query }))).toEqual({ ...asked, mayBeEcho: false });
    expect(offLineTaskRoute.parse(request({ query: `id=5&type=${type}` }))).toEqual({ ...asked, mayBeEcho: false });
  });

  it('offLineTask without a type is a cancel, as in Dinky', () => {
    for (const query of ['id=5', 'id=5&type=']) {
      expect(offLineTaskRoute.parse(request({ query }))).toEqual({ taskId: 5, how: 'kill', mayBeEcho: false });
    }
  });

  it.each([
    [{ taskId: 5, type: 'dispose' }, /"dispose".*never deletes.*"trigger", "stop", "cancel" or "canceljob"/],
    [{ taskId: 5, type: 'DISPOSE' }, /"DISPOSE".*never deletes/],
    [{ taskId: 5, type: 'toString' }, /"type" is "toString"/],
    [{ taskId: 5, type: 'cancel ' }, /"type" is "cancel "/],
    [{ taskId: 5, type: 'cancel-job' }, /"type" is "cancel-job"/],
    [{ taskId: 5, type: 'foo' }, /"type" is "foo"/],
    [{ taskId: 5, Type: 'cancel' }, /"type"/],
    [{ taskId: 5 }, /"type"/],
    [{ taskId: 5, type: null }, /"type"/],
    [{ type: 'cancel' }, /"taskId" is missing/],
  ])('savepointTask refuses %j', (body, message) => {
    const error = refusal(() => post(body));
    expect(error.code).toBe('request.invalid');
    expect(error.message).toMatch(message);
  });

  it('savepointTask cancel without a live run is success too', () => {
    const time = '2026-01-31T13:00:00.000';
    const base = { appId: null, type: 'cancel', startTime: time, endTime: time, isSuccess: true, exceptionMsg: null };
    expect(savepointTaskRoute.answer({ how: 'kill', outcome: { cancelled: null, others: [] } }, SCOPE)).toEqual({
      success: true,
      msg: 'Execute Successfully',
      data: { ...base, jobInfos: [] },
    });
    const { data } = savepointTaskRoute.answer({ how: 'kill', outcome: { cancelled: aHead(), others: [] } }, SCOPE);
    expect(data).toMatchObject({ ...base, jobInfos: [{ jobId: JOB_ID, savePoint: null }] });
  });
});

describe('the other routes', () => {
  it('getJobInstance answers the instance, or null for a task that was never run', () => {
    expect(jobInstanceRoute.parse(request({ query: 'id=5' }))).toEqual({ id: 5 });
    expect(jobInstanceRoute.answer(null, SCOPE)).toEqual({ success: true, msg: 'Successfully', data: null });
    const { msg, data } = jobInstanceRoute.answer(aHead(), { ...SCOPE, now: T0 + 5_000 });
    expect([msg, data]).toMatchObject(['Successfully', { id: 21, duration: 5, createTime: '2026-01-31 13:00:00' }]);
  });

  it('version answers a string', () => {
    expect(versionRoute.answer('1.2.0', SCOPE)).toEqual({ success: true, msg: 'Query Successfully', data: '1.2.0' });
  });

  it('routes that 0.x clients call speak both dialects', () => {
    const both = [submitRoute, jobInstanceRoute, savepointTaskRoute, fallbackRoute].map((route) => route.bothDialects);
    expect(both).toEqual([true, true, true, true]);
  });

  it('the fallback names the methods of a known path, and the known calls for any other', () => {
    const said = (method: string, path: string) =>
      refusal(() => fallbackRoute.parse(request({ method, path }))).message;
    expect(said('PUT', '/openapi/submitTask')).toMatch(/GET or POST, not PUT/);
    expect(said('DELETE', '/openapi/savepointTask')).toMatch(/takes GET or POST, not DELETE/);
    expect(said('GET', '/openapi/nope')).toMatch(/no GET \/openapi\/nope.*submitTask.*getJobInstance/);
    expect(said('GET', `/openapi/${'x'.repeat(500)}`)).not.toContain('x'.repeat(101));
  });

  it.each([
    ['/openapi/submitTsk', /Did you mean "submitTask"\?$/],
    ['/openapi/SUBMITTASK', /Did you mean "submitTask"\?$/],
    ['/openapi/getJobInstanceByTaskID', /Did you mean "getJobInstanceByTaskId"\?$/],
    ['/openapi/savepointtask', /Did you mean "savepointTask"\?$/],
    ['/openapi/EXECUTEJAR', /Did you mean "executeJar"\?$/],
    ['/openapi/nothing-like-it', /Known calls: submitTask, /],
    ['/openapi', /Known calls: submitTask, /],
  ])('%s is answered with what to use instead', (path, expected) => {
    expect(refusal(() => fallbackRoute.parse(request({ path }))).message).toMatch(expected);
  });
});

describe('the list of routes', () => {
  it.each([
    ['/openapi/version', '/openapi/version'],
    ['/k/dk_x/openapi/version', '/openapi/version'],
    ['/base/openapi/version', '/openapi/version'],
    ['/base/k/dk_x/openapi/version', '/openapi/version'],
    ['/openapi/openapi', '/openapi/openapi'],
    ['/openapis/version', '/openapis/version'],
  ])('%s is a call of %s', (rawPath, path) => expect(toRequest(anEvent({ path: rawPath })).path).toBe(path));

  it('names each path once, and for each who may call it', () => {
    expect(new Set(SERVED.map(({ path }) => path)).size).toBe(SERVED.length);
    expect(SERVED.filter(({ verb }) => verb === null).map(({ path }) => path)).toEqual(['/health']);
  });

  it.each(SERVED.map(({ path }) => path))('finds %s by its path', (path) => {
    expect(servedRoute(path.replaceAll(/\{\w+\}/g, '12'))?.path).toBe(path);
    expect(servedRoute(`${path}/x`)?.path).not.toBe(path);
  });
});

describe('an invocation by EventBridge', () => {
  const input = { taskId: 5, variables: { n: '3' }, savePointPath: null, isOnline: false };
  it.each([
    [
      { taskId: 5, variables: { n: 3 } },
      { ...input, key: null },
    ],
    [
      { id: 'e-1', taskId: '5', variables: { n: '3' } },
      { ...input, key: 'e-1' },
    ],
    [
      { executionId: 'x-1', taskId: 5, variables: { n: '3' } },
      { ...input, key: 'x-1' },
    ],
    [
      { id: 'e-1', source: 'my.app', detail: { taskId: 5, variables: { n: '3' } } },
      { ...input, key: 'e-1' },
    ],
    [
      { taskId: 5, savePointPath: 's3://b' },
      { ...input, variables: {}, savePointPath: 's3://b', key: null },
    ],
  ])('%j is read', (event, expected) => expect(parseScheduledEvent(event)).toEqual(expected));

  it.each([[null], ['text'], [7], [[]], [{}], [{ detail: 'x' }], [{ taskId: 0 }], [{ taskId: 5, variables: 'x' }]])(
    '%j is refused',
    (event) => expect(refusal(() => parseScheduledEvent(event)).code).toBe('request.invalid'),
  );

  const run = (head: Partial<RunHead>, event: object) => {
    const keys: (string | null)[] = [];
    const handler = scheduledSubmit(
      () => ({ timeZone: 'UTC', log: keptLog(), clock: { now: () => T0 } }),
      () => async (asked) => {
        keys.push(asked.key);
        return view(head);
      },
      () => () => Promise.reject(new Error('no slot')),
    );
    return { keys, done: handler(event, { awsRequestId: 'aws-1' } as never) };
  };

  it('is named by its own id, else by the invocation, which AWS repeats', async () => {
    const own = run({ submitStatus: 'SUCCESS' }, { id: 'e-1', taskId: 7 });
    const other = run({ submitStatus: 'SUCCESS' }, { taskId: 7 });
    expect(await own.done).toMatchObject({ jobInstanceId: 21, status: 'SUCCESS' });
    await other.done;
    expect([own.keys, other.keys]).toEqual([['e-1'], ['aws-1']]);
  });

  it('a run that failed is thrown, so that it counts as an error; one that is on its way is not', async () => {
    const failed = { status: 'FAILED', submitStatus: 'FAILED', error: 'no table' } as const;
    await expect(run(failed, { taskId: 7 }).done).rejects.toThrow(/Run 21 of task 7 failed: no table/);
    expect(await run({}, { taskId: 7 }).done).toMatchObject({ status: 'INITIALIZE' });
  });
});

describe('known defects: each of these must be turned into a plain test when it is mended', () => {
  it('an invocation without any event is refused with what to send', () => {
    expect(refusal(() => parseScheduledEvent(undefined)).code).toBe('request.invalid');
  });
});

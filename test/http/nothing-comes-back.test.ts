/**
 * A request that can't be read is answered without the values that stand in it: they may be passwords. Neither the answer
 * nor the log may quote them. And a request that is nested deeper than any real one is the caller's error.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { cancelRoute } from '../../lib/http/cancel-route.ts';
import { fallbackRoute } from '../../lib/http/fallback-route.ts';
import { jsonFault } from '../../lib/http/json-fault.ts';
import { type Route, route } from '../../lib/http/route.ts';
import { savepointTaskRoute } from '../../lib/http/savepoint-task-route.ts';
import { parseScheduledEvent, scheduledSubmit } from '../../lib/http/scheduled-event.ts';
import { submitRoute } from '../../lib/http/submit-route.ts';
import { admitEverybody } from '../../lib/usecases/admit-caller.ts';
import { cpuMs } from '../builders/cpu-ms.ts';
import { anEvent, type Call, type Envelope } from '../builders/event.ts';
import { keptLog } from '../fakes/fake-ids.ts';

const SECRET = 'hunter2-Zq';
const reached = 'the use case was reached';

async function said<I, O>(parts: Route<I, O>, call: Call): Promise<{ envelope: Envelope; everything: string }> {
  const log = keptLog();
  const handler = route(
    () => ({ admit: admitEverybody, timeZone: 'UTC', clock: { now: () => 0, monotonic: () => 0 }, log }) as never,
    parts,
    () => () => Promise.reject(new AppError('task.notFound', reached)),
  );
  const { body = '' } = await handler(anEvent(call), undefined).catch((error: unknown) => ({
    body: `thrown: ${String(error)}`,
  }));
  return { envelope: JSON.parse(body) as Envelope, everything: body + JSON.stringify(log.lines) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Everything that could make a beginning of JSON whole: one value or none more, then the ends of what is open. */
function endings(beginning: string): string[] {
  const open = Array.from(beginning.replace(/"[^"]*"/g, '')).reduce<string[]>(
    (left, sign) => ('[{'.includes(sign) ? [...left, sign] : ']}'.includes(sign) ? left.slice(0, -1) : left),
    [],
  );
  const ends = open.reverse().map((sign) => (sign === '[' ? ']' : '}'));
  return ['', '1', ':1', '"b":1'].map((more) => more + ends.join(''));
}

const post = (body: string): Call => ({ method: 'POST', body });
const variables = `"variables":{"db_password":"${SECRET}"}`;

describe('a body that is no JSON', () => {
  it.each([
    ['a comma too many', `{"id":1,${variables},}`, 'line 1, column 50'],
    ['a comma too few', `{"id":1 ${variables}}`, 'line 1, column 9'],
    ['a value without quotes', `{"id":1,"variables":{"p":${SECRET}}}`, 'line 1, column 26'],
    ['single quotes', `{'id':1,'variables':{'p':'${SECRET}'}}`, 'line 1, column 2'],
    ['a quote that is not closed', `{"id":1,"variables":{"p":"${SECRET}}}`, 'line 1, column 26'],
    ['a sign that must be escaped', `{"id":1,"variables":{"p":"a\n${SECRET}"}}`, 'line 1, column 26'],
    ['a wrong escape', `{"id":1,"variables":{"p":"${SECRET}\\x"}}`, 'line 1, column 26'],
    ['text behind it', `{"id":1,${variables}} ${SECRET}`, 'line 1, column 51'],
    ['broken off', `{"id":1,"variables":{"p":"${SECRET}"`, 'line 1, column 38'],
    ['on its third line', `{"id":1,\n\n "variables":${SECRET}}`, 'line 3, column 14'],
    ['a text alone', SECRET, 'line 1, column 1'],
    ['a number with a zero before it', `{"id":1,"variables":{"p":"${SECRET}","q":01}}`, 'line 1, column 44'],
    ['a form', `id=1&variables.p=${SECRET}`, 'line 1, column 1'],
    ['a comment', `{"id":1 /* ${SECRET} */}`, 'line 1, column 9'],
  ])('%s is told by its place', async (_what, body, place) => {
    const { envelope, everything } = await said(submitRoute, post(body));
    expect(envelope.msg).toMatch(/^The request body is not JSON: /);
    expect(envelope.msg).toContain(place);
    expect(everything).not.toContain(SECRET.slice(0, 4));
  });

  it('law: whatever is done to a body, its values do not come back', async () => {
    const damage = fc.record({
      at: fc.nat(60),
      put: fc.constantFrom('', ',', '"', "'", '}', '{', '[', '\\', '\n', 'x', '#'),
    });
    const value = fc.stringMatching(/^[QZ][a-z0-9!#$%&/=?-]{5,30}$/);
    await fc.assert(
      fc.asyncProperty(value, damage, async (secret, { at, put }) => {
        const whole = JSON.stringify({ id: 'x', variables: { p: secret } });
        const body = whole.slice(0, at) + put + whole.slice(at + 1);
        const { envelope, everything } = await said(submitRoute, post(body));
        expect(envelope.success).toBe(false);
        expect(everything).not.toContain(secret.slice(0, 5));
      }),
    );
  });

  it('law: a place is found in exactly those texts that are no JSON, and nothing before it is at fault', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"', '1', '-', '01', 'true', 'nul', ' ', '\n');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        const text = parts.join('');
        const [, line = '', column = ''] = /^line (\d+), column (\d+)$/.exec(jsonFault(text)) ?? [];
        const at = Number(column) + text.split('\n').slice(0, Number(line) - 1).join('\n').length - (line === '1' ? 1 : 0); // prettier-ignore
        if (isJson(text)) expect(at).toBe(text.length);
        // What stands before the place can be made JSON by what follows it.
        else expect(endings(text.slice(0, at)).some((end) => isJson(text.slice(0, at) + end))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('the place is found in time that grows with the body', () => {
    const parse = (size: number) => (): unknown => {
      try {
        return submitRoute.parse({ method: 'POST', path: '', query: new URLSearchParams(), headers: {}, body: body(size) } as never); // prettier-ignore
      } catch (error) {
        return error;
      }
    };
    const body = (size: number): string => `{"a":"${'\\"'.repeat(size)}","b":[${'{},'.repeat(size)}`;
    expect(cpuMs(parse(48_000))).toBeLessThan(30 * cpuMs(parse(6_000)) + 5);
  });
});

describe('values of the wrong kind', () => {
  it.each([
    ['a list of variables', `{"id":1,"variables":["${SECRET}"]}`, /"variables" is a list/],
    ['a text of variables', `{"id":1,"variables":"${SECRET}"}`, /"variables" is a text/],
    ['an object in a variable', `{"id":1,"variables":{"db":{"p":"${SECRET}"}}}`, /"db".* is an object/],
    ['a list in a variable', `{"id":1,"variables":{"db":["${SECRET}"]}}`, /"db".* is a list/],
    ['an object for a path', `{"id":1,"savePointPath":{"p":"${SECRET}"}}`, /"savePointPath" is an object/],
    ['an object for an id', `{"id":{"p":"${SECRET}"}}`, /"id" is an object/],
    ['an object for a boolean', `{"id":1,"isOnline":{"p":"${SECRET}"}}`, /"isOnline" is an object/],
    ['a list for a body', `["${SECRET}"]`, /body is a list/],
    ['a text for a body', `"${SECRET}"`, /body is a text/],
  ])('%s', async (_what, body, message) => {
    const { envelope, everything } = await said(submitRoute, post(body));
    expect(envelope.msg).toMatch(message);
    expect(everything).not.toContain(SECRET);
  });

  it('a query that gives a variable twice', async () => {
    const query = `id=1&variables.p=${SECRET}&variables.p=${SECRET}2`;
    const { envelope, everything } = await said(submitRoute, { query });
    expect(envelope.msg).toMatch(/"variables\.p" is given 2 times\. Give it once/);
    expect(everything).not.toContain(SECRET);
  });

  it.each([
    ['a semicolon', `1;variables.p=${SECRET}`],
    ['a second question mark', `1?variables.p=${SECRET}`],
    ['an & that was encoded', `1%26variables.p%3D${SECRET}`],
    ['an & that was encoded twice', `1%2526variables.p%253D${SECRET}`],
    ['a comma', `1,variables.p=${SECRET}`],
    ['JSON', encodeURIComponent(`1,"variables":{"p":"${SECRET}"}`)],
    ['JSON without quotes', encodeURIComponent(`1,variables:{p:${SECRET}}`)],
  ])('an id to which a client has joined its variables by %s', async (_what, id) => {
    for (const query of [`id=${id}`, `id=1&isOnline=${id}`]) {
      const { envelope, everything } = await said(submitRoute, { query });
      expect(envelope.msg).toContain('is "1…"');
      expect(everything).not.toContain(SECRET);
    }
  });

  it.each([
    `/openapi/submitTask&id=1&variables.p=${SECRET}`,
    `/openapi/submitTask%3Fid=1%26variables.p=${SECRET}`,
    `/openapi/submitTask;variables.p=${SECRET}`,
  ])('a path to which they are joined: %s', async (path) => {
    const { envelope, everything } = await said(fallbackRoute, { path });
    expect(envelope.msg).toContain('There is no GET /openapi/submitTask… here.');
    expect(everything).not.toContain(SECRET);
  });

  it('what is no parameter is told', async () => {
    for (const value of ['1;2', '2026-01-31 12:00:00', 'a,b', '1&', 'x=1', '50%'])
      expect((await said(submitRoute, { query: `id=${encodeURIComponent(value)}` })).envelope.msg).toContain(
        `is "${value}"`,
      );
  });

  it('a type of savepointTask that is no text', async () => {
    const { envelope, everything } = await said(savepointTaskRoute, post(`{"taskId":1,"type":{"p":"${SECRET}"}}`));
    expect(envelope.msg).toMatch(/"type" is an object/);
    expect(everything).not.toContain(SECRET);
  });
});

describe('an event that is wrong', () => {
  it.each([
    ['names no task', { id: 'e-1', variables: { p: SECRET } }],
    ['names no task in its detail', { id: 'e-1', detail: { task: 1, variables: { p: SECRET } } }],
    ['is a list', [{ taskId: 1, variables: { p: SECRET } }]],
    ['is a text', SECRET],
    ['has a placeholder beside a value', { taskId: 1, variables: { p: `${SECRET}<aws.scheduler.attempt-number>` } }],
    ['is of a slot and brings variables', { taskId: 1, schedule: 'n', scheduledTime: 'now', variables: { p: SECRET } }],
    ['has an object for a name', { id: { p: SECRET }, taskId: 1 }],
    ['has an object for a variable', { id: 'e-1', taskId: 1, variables: { p: { q: SECRET } } }],
  ])('%s: its values are not told', async (_what, event) => {
    const log = keptLog();
    const submit = scheduledSubmit(
      () => ({ timeZone: 'UTC', log, clock: { now: () => 0 } }),
      () => () => Promise.reject(new AppError('task.notFound', reached)),
      () => () => Promise.reject(new AppError('task.notFound', reached)),
    );
    const error = await submit(event).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'request.invalid' });
    expect(String(error) + JSON.stringify(log.lines)).not.toContain(SECRET);
  });
});

const DEEP = 100_000;
const nested = (open: string, close: string): string => open.repeat(DEEP) + '1' + close.repeat(DEEP);
const deepObject = (): unknown => JSON.parse(nested('{"a":', '}'));

describe('what is nested without end', () => {
  it.each([
    ['as a body', nested('[', ']')],
    ['as a body that breaks off', '['.repeat(DEEP)],
    ['as objects', nested('{"a":', '}').slice(0, 262_144)],
    ['in the variables', `{"id":1,"variables":${nested('[', ']')}}`],
    ['in a variable', `{"id":1,"variables":{"p":${nested('[', ']')}}}`],
    ['in the id', `{"id":${nested('[', ']')}}`],
    ['in a field that nobody reads', `{"id":1,"more":${nested('[', ']')}}`],
    ['in the type', `{"id":1,"taskId":1,"type":${nested('[', ']')}}`],
  ])('%s is the error of the caller', async (_what, body) => {
    for (const parts of [submitRoute, savepointTaskRoute] as Route<unknown, unknown>[]) {
      const { envelope, everything } = await said(parts, post(body));
      expect(everything).toContain('"code":"request.invalid"');
      expect(envelope.msg.length).toBeLessThan(300);
    }
  });

  it('64 levels are taken, more are refused by name', async () => {
    const body = (levels: number): string => `{"id":1,"more":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect((await said(submitRoute, post(body(64)))).envelope.msg).toBe(reached);
    expect((await said(submitRoute, post(body(65)))).envelope.msg).toMatch(/nested .*64/);
  });

  it.each([
    ['as an event', (): unknown => deepObject()],
    ['in the detail', () => ({ id: 'e', detail: deepObject() })],
    ['in the variables', () => ({ taskId: 1, variables: deepObject() })],
    ['in the id', () => ({ taskId: 1, id: deepObject() })],
  ])('%s too', (_what, event) => {
    expect(() => parseScheduledEvent(event())).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });

  it('a query of cancel is none of this', async () => {
    const { envelope } = await said(cancelRoute, { query: `id=${'['.repeat(5_000)}` });
    expect(envelope.msg).toMatch(/"id" is/);
  });
});

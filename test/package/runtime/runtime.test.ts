/**
 * Every zip of `npm run package` under AWS's own runtime client, on the Node.js of AWS Lambda: loaded and invoked as Lambda
 * does it. What the handlers answer in detail is tested without it (test/handlers/).
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, type Call, type Envelope } from '../../builders/event.ts';
import { BareServers } from '../../fakes/bare-servers.ts';
import type { Container, ContainerOutcome } from './container.ts';
import { type RuntimeBed, startRuntimeBed } from './runtime-bed.ts';

/** Time for npm to bring the runtime client and Node.js, and for its native part to be compiled. */
const INSTALL_MS = 15 * 60_000;

/** A function's time-out, where a test waits for it. */
const SHORT_MS = 8_000;

let bed: RuntimeBed;
const servers = new BareServers();

beforeAll(async () => {
  bed = await startRuntimeBed();
  const { withoutNative } = bed.runtime;
  const seed = await bed.start('submit');
  for (const id of RUNNING) await answerOf('submit', seed, anEvent(submit(id)));
  if (withoutNative !== null) console.warn(`AWS's runtime client runs without its native part: ${withoutNative}`);
}, INSTALL_MS);

afterEach(async () => {
  servers.close();
  await bed.clear();
});

afterAll(async () => {
  await bed.stop();
});

interface Good {
  readonly event: object;
  /** What its answer must contain. */
  readonly answer: object;
}

const request = (call: Call, data: unknown = expect.anything()): Good => {
  return { event: anEvent(call), answer: { code: 0, success: true, data } };
};
/** Tasks that have a live run before the first test. */
const RUNNING = [8, 9];
const submit = (id: number): Call => ({ path: '/openapi/submitTask', query: `id=${id}` });

/** For each function an event as it comes in AWS, and one that says something wrong. */
const EVENTS: Readonly<Record<string, { readonly good: Good; readonly bad: object; readonly says: RegExp }>> = {
  submit: {
    good: request(submit(1), expect.objectContaining({ status: 'SUCCESS' })),
    bad: anEvent({ method: 'POST', path: '/openapi/submitTask', body: '{"id": "one"}' }),
    says: /"id" is "one"\. Give a whole number/,
  },
  read: {
    good: request({ path: '/openapi/getJobInstanceByTaskId', query: 'id=9' }, expect.objectContaining({ taskId: 9 })),
    bad: anEvent({ path: '/openapi/getJobInstance', query: 'id=999' }),
    says: /^Job Instance Not Exist: there is no run 999/,
  },
  control: {
    good: request({ path: '/openapi/cancel', query: 'id=8' }),
    bad: anEvent({ path: '/openapi/cancel', query: 'id=1&id=2' }),
    says: /"id" is given 2 times/,
  },
  analyse: {
    good: request({ path: '/openapi/exportSql', query: 'id=1' }, expect.stringContaining('INSERT INTO snk')),
    bad: anEvent({ path: '/openapi/exportSql', query: 'id=4711' }),
    says: /^Task Not Exist: there is no task 4711/,
  },
  fallback: {
    good: request({ path: '/openapi/version' }, '1.2.0'),
    bad: anEvent({ method: 'PUT', path: '/openapi/submitTask' }),
    says: /PUT/,
  },
  scheduled: {
    good: { event: { taskId: 2 }, answer: { status: 'SUCCESS', jobConfig: { taskId: 2 } } },
    bad: { taskId: 4711 },
    says: /^task\.notFound: Task Not Exist: there is no task 4711/,
  },
  reconcile: { good: { event: {}, answer: {} }, bad: anEvent(), says: /^The event is a request of API Gateway/ },
};
const NAMES = Object.keys(EVENTS);
/** Functions that API Gateway invokes; the others fail when something is wrong, for nobody would read an answer. */
const ANSWER_REQUESTS = NAMES.filter((name) => !['scheduled', 'reconcile'].includes(name));

const ofARule = { version: '0', 'detail-type': 'Scheduled Event', source: 'aws.events', resources: [], detail: {} };
const SHAPES: readonly (readonly [string, unknown])[] = [
  ['a text', 'submit task 1'],
  ['null', null],
  ['a list', [1]],
  ['a number', 42],
  ['an empty object', {}],
  ['an event of EventBridge', ofARule],
];

async function invoke(container: Container, event: unknown, timeoutMs?: number): Promise<ContainerOutcome> {
  return await container.invoke(JSON.stringify(event), timeoutMs);
}

/** What a function answered: of one that answers requests, the envelope. */
async function answerOf(name: string, container: Container, event: unknown, timeoutMs?: number): Promise<unknown> {
  const outcome = await invoke(container, event, timeoutMs);
  if (outcome.kind !== 'answered') throw new Error(`${name}: ${JSON.stringify(outcome)}\n${container.log}`);
  const answer = JSON.parse(outcome.payload) as { statusCode?: number; body?: string };
  if (!ANSWER_REQUESTS.includes(name)) return answer;
  expect(answer.statusCode).toBe(200);
  return JSON.parse(answer.body ?? '') as Envelope;
}

it('every function of the package is among those that are tried', () => {
  expect(bed.functions.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
});

describe.each(NAMES)('%s', (name) => {
  const { good, bad, says } = EVENTS[name]!;

  it('answers a good event, and the next one in the same container', async () => {
    const container = await bed.start(name);
    expect(await answerOf(name, container, good.event)).toMatchObject(good.answer);
    await container.freeze();
    expect(await answerOf(name, container, good.event)).toMatchObject(good.answer);
  });

  it('says what is wrong with a bad event, and answers the next one', async () => {
    const container = await bed.start(name);
    if (ANSWER_REQUESTS.includes(name)) {
      expect(await answerOf(name, container, bad)).toMatchObject({
        ...{ code: 1, success: false, data: null },
        msg: expect.stringMatching(says) as string,
      });
    } else {
      expect(await invoke(container, bad)).toMatchObject({
        kind: 'failed',
        errorMessage: expect.stringMatching(says) as string,
      });
    }
    expect(await answerOf(name, container, good.event)).toMatchObject(good.answer);
  });
});

describe.each(ANSWER_REQUESTS)('%s, invoked with an event of another shape', (name) => {
  it('fails, says what it takes, and answers the next request', async () => {
    const container = await bed.start(name);
    for (const [, event] of SHAPES) {
      expect(await invoke(container, event)).toMatchObject({
        kind: 'failed',
        errorType: 'AppError',
        errorMessage: expect.stringMatching(/^The event is .* answers requests of API Gateway's HTTP API/) as string,
      });
    }
    expect(await answerOf(name, container, EVENTS[name]!.good.event)).toMatchObject({ success: true });
  });
});

describe('events of another shape', () => {
  it('make scheduled fail: it names what it takes', async () => {
    const container = await bed.start('scheduled');
    for (const [, event] of [...SHAPES, ['a request', anEvent(submit(1))] as const]) {
      const outcome = await invoke(container, event);
      expect(outcome).toMatchObject({
        kind: 'failed',
        errorMessage: expect.stringContaining('{"taskId": 1') as string,
      });
    }
  });

  it.each(SHAPES)('let reconcile sweep all the same: %s', async (_, event) => {
    const container = await bed.start('reconcile');
    expect(await answerOf('reconcile', container, event)).toMatchObject(EVENTS['reconcile']!.good.answer);
  });
});

describe('a time-out', () => {
  it('a submit answers before it, though Flink takes every request and answers none', async () => {
    const silent = await servers.serve(() => undefined);
    const container = await bed.start('submit', { SQL_GATEWAY_URL: silent, FLINK_REST: new URL(silent).host });
    const outcome = await invoke(container, anEvent(submit(3)), SHORT_MS);
    expect(outcome).toMatchObject({
      kind: 'answered',
      payload: expect.stringContaining('Nothing was started') as string,
    });
  });

  it('a poll answers before it, though DynamoDB takes every request and answers none', async () => {
    const silent = await servers.serve(() => undefined);
    const container = await bed.start('read', { AWS_ENDPOINT_URL_DYNAMODB: silent });
    const outcome = await invoke(container, EVENTS['read']!.good.event, SHORT_MS);
    expect(outcome).toMatchObject({ kind: 'answered', payload: expect.stringContaining('DynamoDB') as string });
  });

  it('in the middle of a submit starts no second job: the next container answers the repeat', async () => {
    const { flink } = bed;
    const [jobs, started] = [flink.jobs.size, flink.started.length];
    flink.planningMs = 5_000;
    const first = await bed.start('submit');
    const cutOff = invoke(first, anEvent(submit(4)));
    await expect.poll(() => flink.started.length).toBe(started + 1);
    await first.stop();
    expect(await cutOff).toEqual({ kind: 'died', how: 'SIGKILL' });
    flink.planningMs = 100;
    const second = await bed.start('submit');
    expect(await answerOf('submit', second, anEvent(submit(4)), SHORT_MS)).toMatchObject({ data: { duplicate: true } });
    expect(flink.started).toHaveLength(started + 1);
    expect(flink.jobs.size).toBeLessThanOrEqual(jobs + 1);
  });
});

describe('connections left dead by the event before', () => {
  const TALKING = NAMES.filter((name) => name !== 'fallback');

  /** One container of each function, frozen after an answer. */
  async function frozen(): Promise<(readonly [string, Container])[]> {
    return await Promise.all(
      TALKING.map(async (name) => {
        const container = await bed.start(name);
        expect(await answerOf(name, container, EVENTS[name]!.good.event)).toMatchObject(EVENTS[name]!.good.answer);
        await container.freeze();
        return [name, container] as const;
      }),
    );
  }

  async function allAnswer(containers: readonly (readonly [string, Container])[]): Promise<void> {
    const answers = await Promise.all(
      containers.map(async ([name, one]) => [name, await answerOf(name, one, EVENTS[name]!.good.event)] as const),
    );
    for (const [name, answer] of answers) expect(answer, name).toMatchObject(EVENTS[name]!.good.answer);
  }

  it('every function answers when they were closed while it was frozen', async () => {
    const containers = await frozen();
    for (const proxy of Object.values(bed.proxies)) proxy.close();
    await allAnswer(containers);
  });

  it('every function answers when they lead nowhere and nobody has said so', async () => {
    const containers = await frozen();
    const { connections } = bed.proxies.dynamodb;
    for (const proxy of Object.values(bed.proxies)) proxy.silence();
    await allAnswer(containers);
    expect(bed.proxies.dynamodb.connections - connections).toBeGreaterThanOrEqual(TALKING.length);
  });
});

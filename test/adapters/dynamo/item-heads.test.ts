/** Heads as they are stored: every one that is written can be read again, and nothing else passes for one. */
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../lib/adapters/dynamo/items.ts';
import { fromHeadItem, toHeadItem, toHeadUpdate } from '../../../lib/adapters/dynamo/job-items.ts';
import { LEAST_TASK_ID } from '../../../lib/domain/definition/described-task.ts';
import { voidHead } from '../../../lib/domain/run/new-run.ts';
import type { RunEvent, RunHead } from '../../../lib/domain/run/run.ts';
import type { InstanceStatus } from '../../../lib/domain/run/status.ts';
import { headAt } from '../../builders/a-head.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';
import { cpuMs } from '../../builders/cpu-ms.ts';

const STATUSES: readonly InstanceStatus[] = [
  ...(['INITIALIZING', 'CREATED', 'RUNNING', 'FAILING', 'CANCELLING', 'RESTARTING', 'SUSPENDED'] as const),
  ...(['RECONCILING', 'FINISHED', 'FAILED', 'CANCELED', 'UNKNOWN', 'VOID'] as const),
];

const text = fc.string({ unit: 'binary', maxLength: 30 });
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
const id = fc.integer({ min: 1, max: 2_147_483_647 });
const small = fc.nat();
const time = fc.integer({ min: 0, max: 8_640_000_000_000_000 });
const status = fc.constantFrom(...STATUSES);
const event: fc.Arbitrary<RunEvent> = fc.record(
  { seq: small, at: time, status, cause: text, by: text, count: small },
  { requiredKeys: ['seq', 'at', 'status', 'cause', 'by'] },
);
const deployment = fc.record({
  ...{ type: text, name: text, namespace: maybe(text), clusterId: maybe(text), jobManager: maybe(text) },
});

const savepoint = fc.record({
  type: fc.constantFrom('trigger', 'stop', 'cancel'),
  state: fc.constantFrom('wanted', 'done', 'failed'),
  ...{ triggerId: text, askedAt: time, askedBy: text, path: maybe(text), reason: maybe(text) },
  ...{ firstSentAt: maybe(time), sentAt: maybe(time), missedAt: maybe(time), doneAt: maybe(time) },
});

const heads: fc.Arbitrary<RunHead> = fc.record({
  ...{ id, v: small, nonce: text, creation: maybe(text), kind: fc.constantFrom('job', 'preview', 'none') },
  ...{ taskId: id, taskVersion: small, fp: text, name: text, step: small, clusterId: maybe(small) },
  ...{ hosts: text, address: text, jobId: maybe(text), status, writer: text, createdBy: text, intentAt: time },
  submitStatus: fc.constantFrom('INITIALIZE', 'SUCCESS', 'FAILED', 'CANCEL'),
  ...{ sends: small, open: fc.array(small, { maxLength: 4 }), sentAt: time, jmId: maybe(text) },
  ...{ highAvailability: fc.boolean(), forgetsEnded: fc.boolean(), haCluster: maybe(text), once: fc.boolean() },
  ...{ savePointPath: maybe(text), deployment: maybe(deployment), refusal: maybe(text), sqlRefusedSend: maybe(small) },
  ...{ otherJobId: maybe(text), cancelAskedAt: maybe(time), cancelAskedBy: maybe(text), missedAt: maybe(time) },
  missedBy: maybe(fc.record({ jmId: maybe(text), address: text })),
  ...{ shownBy: maybe(text), lostAfterMs: maybe(small), givenUpFor: maybe(id), twinSince: maybe(time) },
  ...{ triedAt: maybe(time), triedWhy: maybe(text), endSeenAt: maybe(time), unreachableSince: maybe(time) },
  ...{ lastSeenAt: maybe(time), refreshedAt: maybe(time), answeredAt: maybe(time), finishedAt: maybe(time) },
  savepoint: maybe(savepoint),
  restart: maybe(fc.record({ runId: id, state: fc.constantFrom('wanted', 'failed'), reason: maybe(text) })),
  follows: maybe(fc.record({ runId: id, isWaiting: fc.boolean(), isGiven: fc.boolean() })),
  ...{ error: maybe(text), restarts: maybe(small), active: maybe(text), events: fc.array(event, { maxLength: 5 }) },
} as const);

const slot = { schedule: 'nightly', at: 1 };
const withUsed = heads.chain((head) => fc.constantFrom(head, { ...head, usedFp: 'used' }, { ...head, slot }));

describe('the item of a head', () => {
  it('is read as the head that was written', () => {
    fc.assert(
      fc.property(withUsed, (head) => {
        expect(fromHeadItem(toHeadItem(head))).toEqual(head);
      }),
    );
    const none = voidHead(21, 7, 'w1', 1_000);
    expect(fromHeadItem(toHeadItem(none))).toEqual(none);
  });

  it('is read without what it is null by, as earlier versions wrote it', () => {
    const item = toHeadItem(headAt(1_000));
    const { creation: _creation, forgetsEnded: _forgets, ...before } = item;
    expect(fromHeadItem(before)).toEqual({ ...headAt(1_000), creation: null });
    expect(Object.values(item)).not.toContain(null);
    expect(fromHeadItem({ ...item, error: null, deployment: null })).toEqual(headAt(1_000));
  });

  it('may hold what a newer version has added: it is passed over, and no update touches it', () => {
    const head = headAt(1_000);
    const item = { ...toHeadItem(head), schemaVersion: 2, tenantId: 'x', events: [{ ...head.events[0], why: 'new' }] };
    expect(fromHeadItem(item)).toEqual(head);
    const event = { at: 2_000, cause: 'seen', by: 'w2' };
    const { update } = toHeadUpdate(head, { status: 'RUNNING', cancelAskedAt: null }, event, 'n2');
    const touched = Object.values(update.ExpressionAttributeNames ?? {});
    expect(touched.sort()).toEqual(['cancelAskedAt', 'events', 'nonce', 'status', 'v']);
  });

  it('takes no longer to check than the SDK takes to decode it, by the order of magnitude', () => {
    const events = Array.from({ length: 60 }, (_, i) => ({ ...headAt(1_000).events[0], seq: i + 1 }) as RunEvent);
    const item = toHeadItem(headAt(1_000, { events, error: 'x'.repeat(1_000) }));
    const values = marshall(item);
    const rounds = Array.from({ length: 1_000 });
    const reading = cpuMs(() => rounds.forEach(() => fromHeadItem(item)));
    const arriving = cpuMs(() => rounds.forEach(() => unmarshall(values)));
    expect(reading / arriving).toBeLessThan(3);
  });
});

/** What may stand in an attribute where it does not belong. */
const STRANGE: readonly (readonly [string, unknown, string])[] = [
  ['NaN', NaN, 'the number NaN'],
  ['a number as text', '1', 'the text "1"'],
  ['a boolean', true, 'true'],
  ['an empty text', '', 'an empty text'],
  ['a list', ['1'], 'a list'],
  ['a map', { S: '1' }, 'a map'],
  ['a set', new Set(['1']), 'a set or bytes'],
  ['a huge number', 1e30, 'the number 1e+30'],
  ['no finite number', Infinity, 'the number Infinity'],
  ['a negative number', -1, 'the number -1'],
  ['a fraction', 1.5, 'the number 1.5'],
];

const NUMBERS = ['id', 'v', 'taskId', 'taskVersion', 'step', 'intentAt', 'sends', 'sentAt'];
const OPTIONAL_NUMBERS = [
  'clusterId',
  'sqlRefusedSend',
  'cancelAskedAt',
  'missedAt',
  'lostAfterMs',
  'givenUpFor',
].concat([
  'twinSince',
  'triedAt',
  'endSeenAt',
  'unreachableSince',
  'lastSeenAt',
  'refreshedAt',
  'answeredAt',
  'finishedAt',
]);
const TEXTS = ['nonce', 'fp', 'name', 'hosts', 'address', 'writer', 'createdBy'];
const OPTIONAL_TEXTS = ['creation', 'jobId', 'jmId', 'savePointPath', 'refusal', 'otherJobId', 'cancelAskedBy'].concat([
  ...['shownBy', 'triedWhy', 'error', 'active'],
]);
const NAMED = ['kind', 'status', 'submitStatus'];
const FLAGS = ['highAvailability', 'once'];
const LISTS = ['open', 'events'];
const REQUIRED = [...NUMBERS, ...TEXTS, ...NAMED, ...FLAGS, ...LISTS];

function problemOf(change: Item): string {
  const error = thrownAppError(() => fromHeadItem({ ...toHeadItem(headAt(1_000)), ...change }));
  expect(error.code).toBe('store.invalid');
  expect(error.retryable).toBe(false);
  expect(error.message).toMatch(/^The item RUN#21, HEAD of the Jobs table can't be read: its attribute /);
  expect(error.message).toContain('docs/operate/troubleshooting.md');
  return error.message;
}

describe('a head that can not be read', () => {
  it.each(REQUIRED)('lacks %s', (name) => {
    expect(problemOf({ [name]: undefined })).toContain(`"${name}" is missing`);
    expect(problemOf({ [name]: null })).toContain(`"${name}" must be `);
  });

  it.each([0, LEAST_TASK_ID - 1, 2 ** 31, -1.5])('holds %s for the number of a task', (taskId) => {
    expect(problemOf({ taskId })).toContain('"taskId" must be a');
  });

  it.each(STRANGE)('holds %s for a number', (_, value, seen) => {
    for (const name of [...NUMBERS, ...OPTIONAL_NUMBERS]) {
      // What is no stored task has a negative one: below.
      if (name === 'taskId' && value === -1) continue;
      const message = problemOf({ [name]: value });
      expect(message).toContain(`"${name}" must be a whole number from `);
      expect(message).toContain(`not ${seen}.`);
    }
  });

  it.each(STRANGE.filter(([, value]) => typeof value !== 'string'))('holds %s for a text', (_, value, seen) => {
    for (const name of [...TEXTS, ...OPTIONAL_TEXTS]) {
      expect(problemOf({ [name]: value })).toContain(`"${name}" must be text, not ${seen}.`);
    }
  });

  it.each(STRANGE)('holds %s for one of a few names', (_, value, seen) => {
    for (const name of NAMED) expect(problemOf({ [name]: value })).toContain(`not ${seen}.`);
  });

  it.each(STRANGE.filter(([, value]) => typeof value !== 'boolean'))('holds %s for a flag', (_, value, seen) => {
    for (const name of [...FLAGS, 'forgetsEnded']) {
      expect(problemOf({ [name]: value })).toContain(`"${name}" must be true or false, not ${seen}.`);
    }
  });

  it.each(STRANGE)('holds %s for a list or a map, or in one', (_, value) => {
    for (const name of ['open', 'events', 'missedBy', 'deployment']) {
      problemOf({ [name]: value });
      if (name === 'open' || name === 'events') problemOf({ [name]: [value] });
    }
    for (const name of ['seq', 'at', 'status']) {
      expect(problemOf({ events: [{ ...headAt(1).events[0], [name]: value }] })).toContain(`"events.0.${name}"`);
    }
    if (typeof value !== 'string') {
      expect(problemOf({ missedBy: { jmId: value, address: 'jm:8081' } })).toContain('"missedBy.jmId"');
    }
  });

  it('quotes no long value, and no long name', () => {
    expect(problemOf({ status: 'x'.repeat(10_000) }).length).toBeLessThan(600);
  });

  it('was written by a newer version: the message says so', () => {
    const message = problemOf({ schemaVersion: 2, status: 'PAUSED' });
    expect(message).toContain('not the text "PAUSED". A newer Dinghy wrote it (schemaVersion 2, this one reads 1)');
  });

  it('has no keys: the message is a message all the same', () => {
    expect(thrownAppError(() => fromHeadItem({})).message).toContain('The item ?, ? of the Jobs table');
  });
});

it.each([-1, LEAST_TASK_ID, 1, 2 ** 31 - 1])('a head may be of the task number %i', (taskId) => {
  expect(fromHeadItem({ ...toHeadItem(headAt(1_000)), taskId })?.taskId).toBe(taskId);
});

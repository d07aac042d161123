/** What a claimed run means for a request that wants the same (protocol.md sections 3.4 and 4). */
import { describe, expect, it } from 'vitest';
import { type ClaimQuestion, decideClaim, isRunOf, NO_CLAIMS, windowEnd } from '../../../lib/domain/run/claims.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { InstanceStatus } from '../../../lib/domain/run/status.ts';
import { headAt } from '../../builders/a-head.ts';

const INTENT_AT = 1_000_000;

const aHead = (changes: Partial<RunHead> = {}): RunHead => headAt(INTENT_AT, changes);

const question = (changes: Partial<ClaimQuestion> = {}): ClaimQuestion => ({
  taskId: 7,
  fp: 'fp',
  taskVersion: 3,
  dedupeSeconds: 10,
  savePointPath: null,
  keyed: false,
  now: 1_005_000,
  ...changes,
});

/** Answered 2 s after the intent; its window of 10 s is open until 1,012,000. */
const ENDED = { status: 'FINISHED', submitStatus: 'SUCCESS', answeredAt: 1_002_000, finishedAt: 1_004_000 } as const;
const ANSWERED = { answeredAt: 1_002_000, submitStatus: 'SUCCESS' } as const;

describe('a run that lives', () => {
  const live: InstanceStatus[] = [
    'INITIALIZING',
    'CREATED',
    'RUNNING',
    'RESTARTING',
    'FAILING',
    'CANCELLING',
    'SUSPENDED',
  ];
  it.each(live)('%s: a repeat is a duplicate, however late, keyed or not, and whatever the version', (status) => {
    const head = aHead({ status, ...ANSWERED });
    for (const changes of [{}, { now: 9_000_000_000 }, { keyed: true }, { taskVersion: 4 }, { dedupeSeconds: 0 }]) {
      expect(decideClaim(head, question(changes))).toBe('duplicate');
    }
  });

  it('that is being cancelled is waited for', () => {
    const head = aHead({ status: 'RUNNING', cancelAskedAt: 1_003_000 });
    expect(decideClaim(head, question())).toBe('cancelling');
    expect(decideClaim(head, question({ keyed: true }))).toBe('cancelling');
    expect(decideClaim(head, question({ savePointPath: 's3://b/sp-1' }))).toBe('cancelling');
  });

  it.each([
    [null, 's3://b/sp-1', 'otherState'],
    ['s3://b/sp-1', 's3://b/sp-2', 'otherState'],
    ['s3://b/sp-1', 's3://b/sp-1', 'duplicate'],
    [null, null, 'duplicate'],
    // By LATEST nobody asks for a path, whatever the run was given.
    ['s3://b/sp-1', null, 'duplicate'],
  ])('from savepoint %s meets a request for %s: %s', (ran, asked, expected) => {
    const head = aHead({ status: 'RUNNING', savePointPath: ran });
    expect(decideClaim(head, question({ savePointPath: asked }))).toBe(expected);
  });
});

describe('a run that has ended', () => {
  it('answers a repeat by LATEST whatever it was started from, and none for another path', () => {
    const head = aHead({ ...ENDED, savePointPath: 's3://b/sp-1' });
    expect(decideClaim(head, question())).toBe('duplicate');
    expect(decideClaim(head, question({ savePointPath: 's3://b/sp-1' }))).toBe('duplicate');
    expect(decideClaim(head, question({ savePointPath: 's3://b/sp-2' }))).toBe('claim');
  });

  it.each([
    [1_004_000, 'duplicate'],
    [1_011_999, 'duplicate'],
    [1_012_000, 'claim'],
    [1_012_001, 'claim'],
    [9_000_000_000, 'claim'],
  ])('answered at 1,002,000 and asked again at %i: %s', (now, expected) => {
    for (const status of ['FINISHED', 'FAILED', 'UNKNOWN'] as const) {
      expect(decideClaim(aHead({ ...ENDED, status }), question({ now }))).toBe(expected);
    }
  });

  it('counts its window from the intent when it was never answered', () => {
    const head = aHead({ ...ENDED, status: 'FAILED', answeredAt: null });
    expect(decideClaim(head, question({ now: 1_009_999 }))).toBe('duplicate');
    expect(decideClaim(head, question({ now: 1_010_000 }))).toBe('claim');
    expect(windowEnd(head, 10)).toBe(1_010_000);
    expect(windowEnd(aHead(ENDED), 60)).toBe(1_062_000);
  });

  it.each([
    ['the definition has changed since', {}, { taskVersion: 4 }],
    ['the definition was put back to an older version', {}, { taskVersion: 2 }],
    ['it was cancelled', { status: 'CANCELED' }, {}],
    ['it was asked to end', { status: 'FAILED', cancelAskedAt: 1_003_000 }, {}],
    ['the request brings a key of its own', {}, { keyed: true }],
    ['the request asks for another savepoint', {}, { savePointPath: 's3://b/sp-1' }],
    ['the task has no window', {}, { dedupeSeconds: 0 }],
    ['the number never became a run', { status: 'VOID' }, {}],
  ] as const)('the way is free when %s', (_why, head, asked) => {
    expect(decideClaim(aHead(ENDED), question())).toBe('duplicate');
    expect(decideClaim(aHead({ ...ENDED, ...head }), question(asked))).toBe('claim');
  });

  it('VOID never stands in the way, whatever else its head says', () => {
    const head = aHead({ status: 'VOID', cancelAskedAt: 1, answeredAt: 1_004_999, savePointPath: 's3://b/sp-9' });
    expect(decideClaim(head, question({ savePointPath: 's3://b/sp-1' }))).toBe('claim');
  });
});

describe('a run is a run of', () => {
  it.each([
    [{ taskId: 7, fp: 'fp' }, true],
    [{ taskId: 7, fp: null }, true],
    [{ taskId: 8, fp: 'fp' }, false],
    [{ taskId: 8, fp: null }, false],
    [{ taskId: 7, fp: 'other' }, false],
  ])('%j: %s', (identity, is) => expect(isRunOf(aHead(), identity)).toBe(is));
});

it('a task that was never run has no claims', () => {
  expect(NO_CLAIMS).toEqual({ claims: {}, claimSeq: 0, latestRunId: null });
});

/** The keys of the Jobs table (protocol.md section 1): what was stored by one version is found by the next. */
import { describe, expect, it } from 'vitest';
import {
  bodyKey,
  clusterKey,
  headKey,
  keyUseKey,
  marksKey,
  previewKey,
  requestKey,
  resultKey,
  runCounterKey,
  runOfHeadKey,
  savepointKey,
  savepointPrefix,
  savepointsOf,
  SCHEMA_VERSION,
  slotKey,
  sweepCursorKey,
  taskKey,
  ttlSeconds,
} from '../../../lib/adapters/dynamo/job-keys.ts';
import { aSavepoint } from '../../contracts/savepoint-store.contract.ts';

describe('the keys', () => {
  it.each([
    [runCounterKey, 'COUNTER', 'RUN'],
    [taskKey(7), 'TASK#7', 'TASK'],
    [headKey(21), 'RUN#21', 'HEAD'],
    [bodyKey(21, 'w1'), 'RUN#21', 'BODY#w1'],
    [resultKey(21), 'RUN#21', 'RESULT'],
    [requestKey({ caller: 'anna', hash: 'ab' }), 'KEY#anna#ab', 'KEY'],
    [marksKey('anna', 7), 'REFUSED#anna#7', '-'],
    [keyUseKey('k1'), 'APIKEY#k1', 'USED'],
    [previewKey('0a'), 'JOB#0a', 'RUN'],
    [clusterKey('a:1,b:2'), 'CLUSTER#a:1,b:2', '-'],
    [slotKey({ taskId: 7, schedule: 'nightly', at: 0 }), 'SLOT#7#nightly', '1970-01-01T00:00:00.000Z'],
    [sweepCursorKey, 'SWEEP', 'CURSOR'],
    [
      savepointKey(aSavepoint({ taskId: 7, fp: 'fp', completedAt: 12 }), 'h'),
      'TASK#7',
      'SAVEPOINT#fp#0000000000000012#h',
    ],
  ])('%j', (key, pk, sk) => expect(key).toEqual({ pk, sk }));

  it('of savepoints are found by task and fingerprint, in the order of their time', () => {
    const sk = (completedAt: number): string => savepointKey(aSavepoint({ taskId: 7, fp: 'fp', completedAt }), '').sk;
    expect(savepointsOf(7)).toBe('TASK#7');
    expect(savepointPrefix('fp')).toBe('SAVEPOINT#fp#');
    const times = [0, 9, 10, 1_769_860_800_000, Number.MAX_SAFE_INTEGER];
    expect(times.map(sk).sort()).toEqual(times.map(sk));
  });

  it.each([
    [1_769_860_800_000, 1_769_860_800],
    [1_769_860_800_999, 1_769_860_800],
  ])('live to %i ms, which DynamoDB counts in whole seconds', (atMs, seconds) =>
    expect(ttlSeconds(atMs)).toBe(seconds),
  );

  it('are of schema version 1', () => expect(SCHEMA_VERSION).toBe(1));
});

describe('the number of a run in its key', () => {
  it.each([
    ['RUN#1', 1],
    ['RUN#21', 21],
    ['RUN#2147483647', 2_147_483_647],
    ['RUN#10', 10],
  ])('%s', (pk, run) => expect(runOfHeadKey({ pk, sk: 'HEAD' })).toBe(run));

  it.each([
    ...['RUN#', 'RUN#0', 'RUN#01', 'RUN#-1', 'RUN#1x', 'RUN#x1', 'RUN#1.5', 'RUN# 1', 'XRUN#1', 'run#1', 'TASK#1'],
    ...['RUN#12345678901', 'RUN#1\n', 21, null, undefined, ['RUN#1']],
  ])('%j is no key of a head', (pk) => expect(runOfHeadKey({ pk, sk: 'HEAD' })).toBeNull());

  it.each(['BODY#w', 'RESULT', 'HEAD#', 'head', '', undefined, null])('nor is any with the sort key %j', (sk) => {
    expect(runOfHeadKey({ pk: 'RUN#21', sk })).toBeNull();
  });
});

/** Which line of the log counts as what. */
import { expect, it } from 'vitest';
import { BY_CODE, METRIC_UNITS, metricsOf } from '../../lib/domain/metrics.ts';

const SUBMIT = { verb: 'submit', success: true, duplicate: false, durationMs: 812 };

it.each([
  ['answered', SUBMIT, { Submits: 1, SubmitDuration: 812 }],
  ['answered', { ...SUBMIT, duplicate: true }, { Submits: 1, DuplicatesAvoided: 1, SubmitDuration: 812 }],
  ['answered', { ...SUBMIT, success: false }, { Submits: 1, SubmitsRefused: 1, SubmitDuration: 812 }],
  // The repeat of a failed run avoided nothing.
  ['answered', { ...SUBMIT, success: false, duplicate: true }, { Submits: 1, SubmitsRefused: 1, SubmitDuration: 812 }],
  ['submitted', { duplicate: false }, { Submits: 1 }],
  ['submitted', { duplicate: true }, { Submits: 1, DuplicatesAvoided: 1 }],
  ['scheduled submit failed', {}, { SchedulesFailed: 1 }],
  ['failed', {}, { Faults: 1 }],
  ['unexpected error', {}, { Faults: 1 }],
  ['run ended', { status: 'FINISHED' }, { RunsFinished: 1 }],
  ['run ended', { status: 'FAILED' }, { RunsFailed: 1 }],
  ['run ended', { status: 'CANCELED' }, { RunsCanceled: 1 }],
  ['run ended', { status: 'UNKNOWN' }, { RunsUnknown: 1 }],
  ['two jobs of one request are live: end one of them', {}, { Twins: 1 }],
  [
    'swept',
    { live: 4, notSeen: 2, undeliveredCancels: 1, passEnded: false },
    { RunsLive: 4, RunsNotSeen: 2, UndeliveredCancels: 1, SweepsCutShort: 1 },
  ],
  ['swept', { live: 4, notSeen: 0, undeliveredCancels: 0, passEnded: true }, { RunsLive: 4 }],
])('the line "%s" with %j counts', (message, fields, counted) => {
  expect(metricsOf(message, fields)).toEqual(counted);
});

it.each([
  ['answered', { ...SUBMIT, verb: 'read' }],
  ['answered', { ...SUBMIT, verb: null }],
  ['run ended', { status: 'VOID' }],
  ['swept', { live: '4', notSeen: null, undeliveredCancels: true, passEnded: true }],
  ['swept', { live: 0, notSeen: 0, undeliveredCancels: 0, passEnded: true }],
  ['refused', { code: 'task.notFound' }],
])('nothing has happened in "%s" with %j: an idle deployment has no metrics, which cost money', (message, fields) => {
  expect(metricsOf(message, fields)).toBeNull();
});

it('by error code only what has one, since each code is a metric that is billed', () => {
  expect(BY_CODE.every((name) => METRIC_UNITS[name] === 'Count')).toBe(true);
  expect([...BY_CODE].sort()).toEqual(['Faults', 'SchedulesFailed', 'SubmitsRefused']);
});

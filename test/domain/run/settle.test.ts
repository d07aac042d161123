/** What each piece of evidence changes in a run (protocol.md sections 2, 5 and 6). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  INTENT_PARTITIONS,
  intentIn,
  LIVE_PARTITIONS,
  liveIn,
  WATCH_PARTITIONS,
  watchIn,
} from '../../../lib/domain/run/active-partitions.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { type Evidence, settle } from '../../../lib/domain/run/settle.ts';
import type { FlinkJob, FlinkJobState, InstanceStatus } from '../../../lib/domain/run/status.ts';
import { headAt, JOB_ID } from '../../builders/a-head.ts';

const INTENT_AT = 1_000_000;
const NOW = 1_010_000;

/** A run as it is right after its intent: one send permitted. */
const aHead = (changes: Partial<RunHead> = {}): RunHead => headAt(INTENT_AT, changes);

const RUNNING = {
  status: 'RUNNING',
  submitStatus: 'SUCCESS',
  answeredAt: 1_002_000,
  open: [],
  active: 'LIVE#5',
} as const;

function aJob(state: FlinkJobState, changes: Partial<FlinkJob> = {}): FlinkJob {
  const ended = ['FINISHED', 'FAILED', 'CANCELED'].includes(state);
  return { state, ranAt: 1_003_000, endedAt: ended ? 1_009_000 : null, ...changes };
}

const seen = (job: FlinkJob, cause: string | null = null, byDriver = false): Evidence => ({
  kind: 'seen',
  job,
  cause,
  byDriver,
});
const refused = (send: number, bySql = true, refusal = 'Object nosuch not found'): Evidence => ({
  kind: 'nothingStarted',
  send,
  refusal,
  bySql,
});

const change = (head: RunHead, evidence: Evidence, now = NOW) => settle(head, evidence, now)?.change ?? null;

const EVERY_EVIDENCE: readonly Evidence[] = [
  { kind: 'accepted', send: 1 },
  refused(1),
  refused(1, false),
  seen(aJob('RUNNING')),
  seen(aJob('FINISHED')),
  seen(aJob('FAILED'), 'boom', true),
  { kind: 'done', jobEnded: true },
  { kind: 'done', jobEnded: false },
  { kind: 'interrupted', reason: 'gone' },
  { kind: 'over', status: 'FAILED', reason: 'gone' },
  { kind: 'over', status: 'UNKNOWN', reason: 'gone' },
];
const FINAL: readonly InstanceStatus[] = ['FINISHED', 'FAILED', 'CANCELED', 'UNKNOWN', 'VOID'];
const LIVE: readonly InstanceStatus[] = [
  'INITIALIZING',
  'CREATED',
  'RUNNING',
  'FAILING',
  'CANCELLING',
  'RESTARTING',
  'SUSPENDED',
  'RECONCILING',
];

describe('a final status stays', () => {
  it.each(FINAL)('%s takes no evidence of any kind', (status) => {
    for (const kind of ['job', 'preview', 'none'] as const) {
      for (const evidence of EVERY_EVIDENCE) {
        expect(settle(aHead({ status, kind, finishedAt: 5, open: [1] }), evidence, NOW)).toBeNull();
      }
    }
  });

  it('holds for any order in which evidence arrives: no status follows a final one, and the answer is said once', () => {
    const evidence = fc.constantFrom(...EVERY_EVIDENCE);
    fc.assert(
      fc.property(
        fc.array(evidence, { maxLength: 8 }),
        fc.constantFrom('job', 'preview', 'none' as const),
        (list, kind) => {
          let head = aHead({ kind: kind });
          for (const [i, one] of list.entries()) {
            const before = head;
            const now = INTENT_AT + (i + 1) * 30_000;
            head = { ...head, ...change(head, one, now) };
            if (FINAL.includes(before.status)) expect(head).toEqual(before);
            if (before.submitStatus !== 'INITIALIZE') {
              expect([head.submitStatus, head.answeredAt]).toEqual([before.submitStatus, before.answeredAt]);
            } else if (head.submitStatus !== 'INITIALIZE') {
              expect(head.answeredAt).toBe(now);
            }
            // A run that is final has an end and an answer; one that is not has neither end nor a place out of the index.
            const isFinal = FINAL.includes(head.status);
            expect(head.finishedAt !== null).toBe(isFinal);
            if (isFinal) expect(head.submitStatus).not.toBe('INITIALIZE');
            if (isFinal) expect([null, watchIn(head.id)]).toContain(head.active);
            else expect(head.active).toMatch(head.status === 'INITIALIZING' ? /^INTENT#/ : /^LIVE#/);
          }
        },
      ),
    );
  });
});

describe('accepted: the operation ended with a job id', () => {
  it('confirms an intent, takes the send out of the open ones and answers SUCCESS', () => {
    const head = aHead({ sends: 2, open: [1, 2], missedAt: 1_005_000 });
    expect(change(head, { kind: 'accepted', send: 2 })).toEqual({
      status: 'CREATED',
      open: [1],
      missedAt: null,
      missedBy: null,
      lastSeenAt: NOW,
      active: 'LIVE#5',
      submitStatus: 'SUCCESS',
      answeredAt: NOW,
    });
  });

  it.each(LIVE.filter((status) => status !== 'INITIALIZING'))('says nothing new of a run that is %s', (status) => {
    expect(settle(aHead({ ...RUNNING, status }), { kind: 'accepted', send: 1 }, NOW)).toBeNull();
  });
});

describe('nothingStarted: one send is known to have started no job', () => {
  it('ends the run as FAILED in the same change when it was the last open send', () => {
    expect(change(aHead(), refused(1))).toEqual({
      open: [],
      refusal: 'Object nosuch not found',
      sqlRefusedSend: 1,
      status: 'FAILED',
      error: 'Object nosuch not found',
      submitStatus: 'FAILED',
      answeredAt: NOW,
      finishedAt: NOW,
      missedAt: null,
      missedBy: null,
      unreachableSince: null,
      active: watchIn(headAt(0).id),
    });
  });

  it.each([
    [[1, 2], 2, [1]],
    [[1, 2], 1, [2]],
    [[1, 2, 3], 2, [1, 3]],
  ])('with open sends %j, the end of send %i keeps INITIALIZING and leaves %j', (open, send, left) => {
    expect(change(aHead({ open, sends: 3 }), refused(send))).toEqual({
      open: left,
      refusal: 'Object nosuch not found',
      sqlRefusedSend: send,
    });
  });

  it('does not take a refused connection for a refusal by SQL', () => {
    expect(change(aHead({ open: [1, 2], sends: 2 }), refused(2, false, 'connection refused'))).toEqual({
      open: [1],
      refusal: 'connection refused',
      sqlRefusedSend: null,
    });
    expect(change(aHead({ open: [1, 2], sends: 2, sqlRefusedSend: 1 }), refused(2, false))?.sqlRefusedSend).toBe(1);
  });

  it('says nothing about a send that is not open', () => {
    expect(settle(aHead({ open: [2], sends: 2 }), refused(1), NOW)).toBeNull();
    expect(settle(aHead({ open: [], sends: 1 }), refused(1), NOW)).toBeNull();
  });

  it('never ends a run whose job is confirmed', () => {
    const head = aHead({ ...RUNNING, open: [2], sends: 2 });
    expect(change(head, refused(2))).toEqual({ open: [], refusal: 'Object nosuch not found', sqlRefusedSend: 2 });
  });

  it('is not watched when the run has no job id', () => {
    expect(change(aHead({ jobId: null, kind: 'none' }), refused(1))?.active).toBeNull();
  });
});

describe('seen: the JobManager showed the job', () => {
  it.each([
    ['INITIALIZING', 'CREATED'],
    ['CREATED', 'CREATED'],
    ['RUNNING', 'RUNNING'],
    ['RESTARTING', 'RESTARTING'],
    ['CANCELLING', 'CANCELLING'],
    ['FAILING', 'FAILING'],
    ['RECONCILING', 'RECONCILING'],
    ['SUSPENDED', 'SUSPENDED'],
  ] as const)("Flink's %s confirms an intent as %s", (state, status) => {
    expect(
      change(aHead({ open: [1, 2], missedAt: 1_005_000, unreachableSince: 1_004_000 }), seen(aJob(state))),
    ).toEqual({
      status,
      open: [],
      missedAt: null,
      missedBy: null,
      unreachableSince: null,
      lastSeenAt: NOW,
      active: 'LIVE#5',
      submitStatus: 'SUCCESS',
      answeredAt: NOW,
    });
  });

  it.each([
    ['FINISHED', 'no reason', null],
    ['CANCELED', 'no reason', 'cancelled in Flink at 1970-01-01 00:16:49 UTC, not through Dinghy'],
    ['FAILED', 'Division by zero', 'Division by zero'],
    ['FAILED', null, 'Flink gave no reason'],
  ] as const)('%s with the cause %s ends the run, at the time of the job', (state, cause, error) => {
    const settled = settle(aHead(RUNNING), seen(aJob(state), cause), NOW);
    expect(settled?.change).toEqual({
      status: state,
      open: [],
      missedAt: null,
      missedBy: null,
      unreachableSince: null,
      lastSeenAt: NOW,
      finishedAt: 1_009_000,
      active: null,
      error,
    });
  });

  it('ends the run now when Flink gives no time', () => {
    expect(change(aHead(RUNNING), seen(aJob('FINISHED', { endedAt: null })))?.finishedAt).toBe(NOW);
  });

  it.each([
    ['FAILED', null, 'FAILED'],
    ['FAILED', 1_003_000, 'SUCCESS'],
    ['CANCELED', null, 'CANCEL'],
    ['CANCELED', 1_003_000, 'SUCCESS'],
    ['FINISHED', null, 'SUCCESS'],
    ['RESTARTING', null, 'SUCCESS'],
    ['CREATED', null, 'SUCCESS'],
  ] as const)(
    'an intent whose job is %s and first ran at %s was a submission that ended %s',
    (state, ranAt, expected) => {
      expect(change(aHead(), seen(aJob(state, { ranAt })))?.submitStatus).toBe(expected);
    },
  );

  it('what the submission was is said once: later news does not change it', () => {
    const head = aHead(RUNNING);
    const later = change(head, seen(aJob('FAILED', { ranAt: null }), 'boom'));
    expect(later).not.toHaveProperty('submitStatus');
    expect(later).not.toHaveProperty('answeredAt');
  });

  it.each([
    [{}, false],
    [{ missedAt: 1_004_000 }, true],
    [{ unreachableSince: 1_004_000 }, true],
  ])('a state that is known already, with %j: a change is %s', (changes, expected) => {
    expect(settle(aHead({ ...RUNNING, ...changes }), seen(aJob('RUNNING')), NOW) !== null).toBe(expected);
  });

  it('a confirmed job that is INITIALIZING in Flink is CREATED, which is no news', () => {
    expect(settle(aHead({ ...RUNNING, status: 'CREATED' }), seen(aJob('INITIALIZING')), NOW)).toBeNull();
  });
});

describe("seen: a preview's job", () => {
  const preview = (changes: Partial<RunHead> = {}) => aHead({ kind: 'preview', once: true, ...changes });

  it.each(['INITIALIZING', 'CREATED', 'RUNNING', 'CANCELLING', 'RESTARTING'] as const)(
    'confirms nothing while it is %s, whoever looks and whenever',
    (state) => {
      for (const byDriver of [true, false]) {
        expect(settle(preview(), seen(aJob(state), null, byDriver), INTENT_AT + 3_600_000)).toBeNull();
      }
    },
  );

  it.each([
    [true, 0, true],
    [true, 55_000, true],
    [false, 0, false],
    [false, 55_000, false],
    [false, 55_001, true],
  ])('ended, seen by its driver: %s, %i ms after the send: the run ends: %s', (byDriver, ms, ends) => {
    const settled = settle(preview(), seen(aJob('CANCELED'), null, byDriver), INTENT_AT + ms);
    expect(settled !== null).toBe(ends);
  });

  it('counts the patience from the newest send, not from the intent', () => {
    const head = preview({ sentAt: INTENT_AT + 10_000 });
    expect(settle(head, seen(aJob('CANCELED')), INTENT_AT + 65_000)).toBeNull();
    expect(settle(head, seen(aJob('CANCELED')), INTENT_AT + 65_001)).not.toBeNull();
  });

  it.each(['CANCELED', 'FINISHED'] as const)('whose job is %s without its rows delivered was interrupted', (state) => {
    expect(change(preview(), seen(aJob(state), null, true))).toEqual({
      status: 'CANCELED',
      submitStatus: 'CANCEL',
      answeredAt: NOW,
      error: 'preview interrupted',
      finishedAt: NOW,
      lastSeenAt: NOW,
      missedAt: null,
      missedBy: null,
      unreachableSince: null,
      open: [],
      active: null,
    });
  });

  it('whose job failed says why', () => {
    const failed = change(preview(), seen(aJob('FAILED'), 'Division by zero', true));
    expect(failed).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', error: 'Division by zero', active: null });
  });
});

describe('CANCELED says who asked for it, and when', () => {
  const asked = { cancelAskedAt: 1_007_000, cancelAskedBy: 'airflow' } as const;
  const canceled = seen(aJob('CANCELED'));

  it.each([
    ['asked for by a caller', asked, 'cancelled by airflow at 1970-01-01 00:16:47 UTC'],
    [
      'asked for without an API key',
      { ...asked, cancelAskedBy: 'anonymous' },
      'cancelled by an anonymous caller at 1970-01-01 00:16:47 UTC',
    ],
    [
      'recorded by an earlier version of Dinghy',
      { ...asked, cancelAskedBy: null },
      'cancelled through Dinghy at 1970-01-01 00:16:47 UTC',
    ],
    [
      'asked for by nobody here',
      { cancelAskedAt: null },
      'cancelled in Flink at 1970-01-01 00:16:49 UTC, not through Dinghy',
    ],
  ])('%s', (_, changes, text) => {
    for (const state of [RUNNING, {}]) {
      const settled = settle(aHead({ ...state, ...changes }), canceled, NOW);
      expect([settled?.change.error, settled?.cause]).toEqual([text, text]);
    }
  });

  it('before a job was started', () => {
    const over: Evidence = { kind: 'over', status: 'CANCELED', reason: 'why' };
    expect(change(aHead(asked), over)?.error).toBe(
      'cancelled by airflow at 1970-01-01 00:16:47 UTC, before a job was started',
    );
    for (const status of ['FAILED', 'UNKNOWN'] as const) {
      expect(change(aHead(asked), { kind: 'over', status, reason: 'why' })?.error).toBe('why');
    }
  });

  it.each(['CANCELED', 'FINISHED'] as const)(
    'a preview that a person cancelled was not interrupted: its job is %s, its driver there or gone',
    (state) => {
      const head = aHead({ kind: 'preview', once: true, ...asked });
      for (const byDriver of [true, false]) {
        const settled = change(head, seen(aJob(state), null, byDriver), INTENT_AT + 60_000);
        expect(settled).toMatchObject({ status: 'CANCELED', submitStatus: 'CANCEL' });
        expect(settled?.error).toBe('cancelled by airflow at 1970-01-01 00:16:47 UTC');
      }
    },
  );

  it('a job that ended in another way keeps its own end, whoever asked', () => {
    expect(change(aHead({ ...RUNNING, ...asked }), seen(aJob('FINISHED')))?.error).toBeNull();
    expect(change(aHead({ ...RUNNING, ...asked }), seen(aJob('FAILED'), 'boom'))?.error).toBe('boom');
  });
});

describe('done: all statements ran, or the rows were delivered', () => {
  it.each([
    ['preview', JOB_ID, true, null],
    ['preview', JOB_ID, false, watchIn(headAt(0).id)],
    ['none', null, true, null],
    ['none', null, false, null],
  ] as const)(
    'a run of kind %s with job id %s, its job known to have ended: %s, is kept in %s',
    (kind, jobId, jobEnded, active) => {
      expect(change(aHead({ kind, jobId }), { kind: 'done', jobEnded })).toEqual({
        status: 'FINISHED',
        submitStatus: 'SUCCESS',
        answeredAt: NOW,
        finishedAt: NOW,
        missedAt: null,
        missedBy: null,
        unreachableSince: null,
        open: [],
        active,
      });
    },
  );
});

describe('interrupted and over', () => {
  it('interrupted ends UNKNOWN and says that its statements may have run', () => {
    const settled = change(aHead({ kind: 'none', jobId: null }), { kind: 'interrupted', reason: 'no reply' });
    expect(settled).toMatchObject({
      status: 'UNKNOWN',
      submitStatus: 'FAILED',
      open: [],
      active: null,
      finishedAt: NOW,
    });
    expect(settled?.error).toBe('interrupted; its statements may have run: no reply');
  });

  it.each([
    ['FAILED', 'FAILED'],
    ['CANCELED', 'CANCEL'],
    ['UNKNOWN', 'FAILED'],
  ] as const)(
    'over as %s before there was an answer: the submission is %s, and its job id is watched',
    (status, submitStatus) => {
      const settled = change(aHead({ missedAt: 1_005_000 }), { kind: 'over', status, reason: 'why' });
      expect(settled).toMatchObject({ status, submitStatus, answeredAt: NOW, finishedAt: NOW });
      expect(settled).toMatchObject({ error: 'why', active: watchIn(headAt(0).id), missedAt: null, missedBy: null });
    },
  );

  it('over for a confirmed job leaves the answer SUCCESS', () => {
    const settled = change(aHead(RUNNING), {
      kind: 'over',
      status: 'UNKNOWN',
      reason: 'Flink no longer knows this job',
    });
    expect(settled).toMatchObject({ status: 'UNKNOWN', error: 'Flink no longer knows this job' });
    expect(settled).not.toHaveProperty('submitStatus');
  });
});

describe('a confirmed run that is given up', () => {
  const lost = { kind: 'over', status: 'UNKNOWN', reason: 'lost' } as const;

  it('keeps since when it was missed, so that it can be found again', () => {
    expect(change(aHead({ ...RUNNING, missedAt: 1_005_000 }), lost)).toMatchObject({ missedAt: 1_005_000 });
    expect(change(aHead(RUNNING), lost)).toMatchObject({ missedAt: NOW });
  });

  it('keeps it as UNKNOWN only: what is known to have ended is not looked for', () => {
    const head = aHead({ ...RUNNING, missedAt: 1_005_000 });
    for (const status of ['FAILED', 'CANCELED'] as const)
      expect(change(head, { kind: 'over', status, reason: 'why' })).toMatchObject({ missedAt: null });
  });

  it.each([
    ['RUNNING', 'RUNNING'],
    ['INITIALIZING', 'CREATED'],
    // What it ended as is recorded by the next look, with all that goes with an end.
    ['FINISHED', 'RECONCILING'],
    ['FAILED', 'RECONCILING'],
  ] as const)('is followed again when its job shows itself as %s', (state, status) => {
    const head = aHead({
      ...RUNNING,
      status: 'UNKNOWN',
      active: 'WATCH#5',
      missedAt: 1_005_000,
      finishedAt: 1_006_000,
    });
    expect(settle(head, { kind: 'foundAgain', job: aJob(state) }, NOW)).toEqual({
      change: {
        ...{ status, active: 'LIVE#5', missedAt: null, missedBy: null, lastSeenAt: NOW },
        ...{ finishedAt: null, error: null, endSeenAt: null },
      },
      cause: `the job has reappeared (Flink says ${state}): the run is followed again`,
    });
  });
});

describe('the process that showed a job', () => {
  const by = (shownBy: string | null): Evidence => ({
    ...{ kind: 'seen', job: aJob('RUNNING'), cause: null, byDriver: false },
    shownBy,
  });

  it('is noted, the first one', () => {
    expect(change(aHead(), by('/tmp/a'))).toMatchObject({ shownBy: '/tmp/a' });
    expect(change(aHead({ shownBy: '/tmp/a' }), by('/tmp/b'))).not.toHaveProperty('shownBy');
    expect(change(aHead(), by(null))).not.toHaveProperty('shownBy');
  });
});

const isCut = (text: string): boolean => Buffer.byteLength(text) === 1_000 && text.endsWith('…');

describe('texts are cut to 1,000 bytes, and say so', () => {
  const long = 'x'.repeat(5_000);
  it.each([
    ['a refusal', aHead(), refused(1, true, long)],
    ['the cause of a failed job', aHead(), seen(aJob('FAILED'), long)],
    ["the cause of a failed preview's job", aHead({ kind: 'preview' }), seen(aJob('FAILED'), long, true)],
    ['an interruption', aHead({ kind: 'none' }), { kind: 'interrupted', reason: long } as const],
    ['the reason of an end', aHead(), { kind: 'over', status: 'UNKNOWN', reason: long } as const],
  ])('%s', (_name, head, evidence) => {
    expect(change(head, evidence)?.error).toSatisfy(isCut);
  });

  it('the refusal that is kept beside the error as well', () => {
    expect(change(aHead(), refused(1, true, long))?.refusal).toSatisfy(isCut);
  });
});

describe('partitions of the index of runs with something left to do', () => {
  it('intents go into 4 by run id, live runs into 16', () => {
    expect([1, 4, 21].map(intentIn)).toEqual(['INTENT#1', 'INTENT#0', 'INTENT#1']);
    expect([1, 16, 21].map(liveIn)).toEqual(['LIVE#1', 'LIVE#0', 'LIVE#5']);
    expect(INTENT_PARTITIONS).toEqual(['INTENT#0', 'INTENT#1', 'INTENT#2', 'INTENT#3']);
    expect(LIVE_PARTITIONS).toHaveLength(16);
    expect(new Set(LIVE_PARTITIONS).size).toBe(16);
  });

  it('watched runs go into 16; the one of earlier versions is read too', () => {
    expect([1, 16, 21].map(watchIn)).toEqual(['WATCH#1', 'WATCH#0', 'WATCH#5']);
    expect(new Set(WATCH_PARTITIONS).size).toBe(17);
    expect(WATCH_PARTITIONS[0]).toBe('WATCH');
  });

  it('every run id is in a partition that a sweep reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_147_483_647 }), (id) => {
        expect(INTENT_PARTITIONS).toContain(intentIn(id));
        expect(LIVE_PARTITIONS).toContain(liveIn(id));
        expect(WATCH_PARTITIONS).toContain(watchIn(id));
      }),
    );
  });
});

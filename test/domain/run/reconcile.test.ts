/** Each row of the reconciler's table with its boundary times (protocol.md sections 6 and 9), in milliseconds. */
import { describe, expect, it } from 'vitest';
import type { JobManagerIdentity } from '../../../lib/domain/run/job-manager.ts';
import type { Look, ReconcileDecision } from '../../../lib/domain/run/observation.ts';
import { decideReconcile } from '../../../lib/domain/run/reconcile.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { FlinkJob, FlinkJobState } from '../../../lib/domain/run/status.ts';
import { headAt } from '../../builders/a-head.ts';

const INTENT_AT = 1_000_000;

const PATIENCE = 55_000;
const LANDING = 1_200_000;
const RESEND_UNTIL = 1_800_000;
const MEMORY = 3_300_000;
const TWO_HOURS = 7_200_000;

const aHead = (changes: Partial<RunHead> = {}): RunHead => headAt(INTENT_AT, changes);

type Jm = Pick<JobManagerIdentity, 'jmId' | 'highAvailability' | 'forgetsEnded' | 'haCluster'>;
const SAME: Jm = { jmId: '/tmp/flink-web-1', highAvailability: false, forgetsEnded: false };
const RESTARTED: Jm = { jmId: '/tmp/flink-web-2', highAvailability: false, forgetsEnded: false };
const NAMELESS: Jm = { jmId: null, highAvailability: false, forgetsEnded: false };
const HA: Jm = { jmId: '/tmp/flink-web-2', highAvailability: true, forgetsEnded: false };
const HIGHLY = { highAvailability: true } as const;
const HA_FORGETS: Jm = { jmId: '/tmp/flink-web-2', highAvailability: true, forgetsEnded: true };

function decide(
  head: RunHead,
  seen: Look['seen'],
  after: number,
  jobManager: Look['jobManager'] = SAME,
): ReconcileDecision {
  return decideReconcile(head, { seen, askedAt: INTENT_AT + after, jobManager });
}

const notFound = (head: RunHead, after: number, jobManager: Look['jobManager'] = SAME) =>
  decide(head, { kind: 'noJob' }, after, jobManager);

function aJob(state: FlinkJobState): FlinkJob {
  const ended = ['FINISHED', 'FAILED', 'CANCELED'].includes(state);
  return { state, ranAt: 1_003_000, endedAt: ended ? 1_009_000 : null };
}
const found = (state: FlinkJobState) => ({ kind: 'job', job: aJob(state) }) as const;

const wait = (why: string) => ({ kind: 'wait', why });
const MISS = { kind: 'miss', by: SAME.jmId, highAvailability: false, doubted: false };
const RUNNING = { status: 'RUNNING', submitStatus: 'SUCCESS', open: [], active: 'LIVE#5' } as const;

describe('a run that took the place of another one, and was not sent', () => {
  const begun = { sends: 0, open: [], follows: { runId: 20, isWaiting: false, isGiven: false } } as const;

  it('is sent', () => {
    expect(notFound(aHead(begun), 1)).toEqual({ kind: 'resend' });
  });

  it('is not sent when it was asked to end: it ends', () => {
    const asked = { ...begun, cancelAskedAt: 1 };
    const reason = 'cancelled before a job was started';
    expect(notFound(aHead(asked), 1)).toEqual({ kind: 'end', status: 'CANCELED', reason });
  });
});

describe('not reachable, any head', () => {
  it.each([
    ['an intent', {}],
    ['an intent that was missed long ago', { missedAt: 1 }],
    ['an intent without open sends', { open: [] }],
    ['a confirmed run', RUNNING],
    ['a confirmed run that was missed', { ...RUNNING, missedAt: 1 }],
    ['a run that is to be cancelled', { ...RUNNING, cancelAskedAt: 1 }],
    ['a preview', { kind: 'preview', once: true }],
  ] as const)('%s: nothing, for as long as it takes', (_name, changes) => {
    for (const after of [0, PATIENCE + 1, LANDING + 1, MEMORY + 1, 10 * TWO_HOURS]) {
      expect(decide(aHead(changes), { kind: 'unreachable' }, after, null)).toEqual(wait('unreachable'));
    }
  });
});

describe('the job is there', () => {
  it.each([
    'INITIALIZING',
    'CREATED',
    'RUNNING',
    'RESTARTING',
    'CANCELLING',
    'FINISHED',
    'FAILED',
    'CANCELED',
  ] as const)('%s is recorded, for an intent as for a confirmed run', (state) => {
    expect(decide(aHead(), found(state), 1)).toEqual({ kind: 'record', job: aJob(state) });
    expect(decide(aHead(RUNNING), found(state), TWO_HOURS * 100)).toEqual({ kind: 'record', job: aJob(state) });
    expect(decide(aHead({ open: [] }), found(state), 1)).toEqual({ kind: 'record', job: aJob(state) });
  });

  it('is cancelled while it lives when a cancel was asked for, and recorded once it has ended', () => {
    for (const head of [aHead({ cancelAskedAt: 5 }), aHead({ ...RUNNING, cancelAskedAt: 5 })]) {
      expect(decide(head, found('RUNNING'), 1).kind).toBe('cancelJob');
      expect(decide(head, found('RESTARTING'), 1).kind).toBe('cancelJob');
      for (const state of ['FINISHED', 'FAILED', 'CANCELED'] as const) {
        expect(decide(head, found(state), 1)).toEqual({ kind: 'record', job: aJob(state) });
      }
    }
  });

  it.each([
    [PATIENCE + 1, 'cancelJob', 'record'],
    [MEMORY, 'cancelJob', 'record'],
  ])("a preview's job %i ms after its send: %s while it lives, %s when it has ended", (after, lives, ended) => {
    const head = aHead({ kind: 'preview', once: true });
    expect(decide(head, found('RUNNING'), after).kind).toBe(lives);
    expect(decide(head, found('CANCELED'), after).kind).toBe(ended);
  });

  it("a preview's job is its submitter's for as long as that may be reading", () => {
    const head = aHead({ kind: 'preview', once: true });
    for (const state of ['RUNNING', 'CANCELED'] as const)
      expect(decide(head, found(state), PATIENCE)).toEqual(wait('submitterAlive'));
  });
});

describe('an intent with no open send, and 404', () => {
  const head = (changes: Partial<RunHead> = {}) => aHead({ open: [], refusal: 'Object nosuch not found', ...changes });

  it.each([0, PATIENCE, LANDING, MEMORY, TWO_HOURS])('ends FAILED with the refusal, %i ms after', (after) => {
    for (const jm of [SAME, RESTARTED, HA]) {
      expect(notFound(head(), after, jm)).toEqual({ kind: 'end', status: 'FAILED', reason: 'Object nosuch not found' });
    }
  });

  it('ends FAILED without a refusal, too: nothing was sent', () => {
    const end = { kind: 'end', status: 'FAILED', reason: 'no submission was sent' };
    expect(notFound(head({ refusal: null }), 0)).toEqual(end);
  });

  it('ends CANCELED when a cancel was asked for', () => {
    const end = { kind: 'end', status: 'CANCELED', reason: 'cancelled before a job was started' };
    expect(notFound(head({ cancelAskedAt: 5 }), 0)).toEqual(end);
  });
});

describe('an intent with an open send, and 404: re-sent while that is allowed', () => {
  it.each([
    [0, wait('landing')],
    [PATIENCE - 1, wait('landing')],
    [PATIENCE, wait('landing')],
    [PATIENCE + 1, { kind: 'resend' }],
    [LANDING, { kind: 'resend' }],
    [RESEND_UNTIL - 1, { kind: 'resend' }],
    [RESEND_UNTIL, MISS],
    [RESEND_UNTIL + 1, MISS],
  ])('%i ms after the intent and its send', (after, expected) => {
    expect(notFound(aHead(), after)).toEqual(expected);
  });

  it('counts patience and landing from the newest send, the last re-send from the intent', () => {
    const head = aHead({ sends: 2, open: [1, 2], sentAt: INTENT_AT + 700_000 });
    expect(notFound(head, 700_000 + PATIENCE)).toEqual(wait('landing'));
    expect(notFound(head, 700_000 + PATIENCE + 1)).toEqual({ kind: 'resend' });
    expect(notFound(head, RESEND_UNTIL)).toEqual(wait('landing'));
    expect(notFound(head, 700_000 + LANDING)).toEqual(wait('landing'));
    expect(notFound(head, 700_000 + LANDING + 1)).toEqual(MISS);
  });

  it.each([
    ['it must not be sent twice', { once: true }, SAME],
    ['a cancel was asked for', { cancelAskedAt: 5 }, SAME],
    ["Flink's SQL refused the newest send", { sends: 2, open: [1], sqlRefusedSend: 2 }, SAME],
    ['the JobManager was restarted since the intent', {}, RESTARTED],
    ['the JobManager does not say who it is', {}, NAMELESS],
    ['neither JobManager said who it is', { jmId: null }, NAMELESS],
    ['Flink ran the statement as another job', { otherJobId: 'ab'.repeat(16) }, SAME],
    ['several JobManagers answer by turns', {}, { ...SAME, steady: { since: 1, byTurns: true } }],
  ] as const)('is not re-sent when %s: it waits for LANDING', (_why, changes, jm) => {
    expect(notFound(aHead(changes), PATIENCE + 1, jm)).toEqual(wait('landing'));
    expect(notFound(aHead(changes), LANDING, jm)).toEqual(wait('landing'));
    expect(notFound(aHead(changes), LANDING + 1, jm)).toEqual({ ...MISS, by: jm.jmId });
  });

  it('is not re-sent without a job id, under which Flink would know it', () => {
    expect(notFound(aHead({ jobId: null }), PATIENCE + 1)).toEqual(wait('landing'));
  });

  it.each([false, true])('is not re-sent when nobody says who it is that answers (high availability %s)', (ha) => {
    expect(notFound(aHead({ highAvailability: ha }), PATIENCE + 1, null)).toEqual(wait('landing'));
    expect(notFound(aHead({ highAvailability: ha }), LANDING + 1, null)).toEqual({
      ...{ ...MISS, by: null },
      highAvailability: ha,
    });
  });

  it('is re-sent when SQL refused an older send than the newest', () => {
    expect(notFound(aHead({ sends: 2, open: [2], sqlRefusedSend: 1 }), PATIENCE + 1)).toEqual({ kind: 'resend' });
  });

  it('is re-sent to any process with high availability that keeps the ids of ended jobs', () => {
    for (const jm of [HA, { ...HA, jmId: SAME.jmId }]) {
      expect(notFound(aHead(HIGHLY), PATIENCE, jm)).toEqual(wait('landing'));
      expect(notFound(aHead(HIGHLY), PATIENCE + 1, jm)).toEqual({ kind: 'resend' });
    }
  });

  it.each([
    ['is of the same cluster', 'a', 'a'],
    ['is of some cluster, which the intent of an earlier version did not note', null, 'a'],
    ['says as little as the intent', null, undefined],
  ] as const)('is re-sent when high availability %s', (_what, at, now) => {
    const jm: Jm = now === undefined ? HA : { ...HA, haCluster: now };
    expect(notFound(aHead({ ...HIGHLY, haCluster: at }), PATIENCE + 1, jm)).toEqual({ kind: 'resend' });
  });

  it.each([
    ['forgets them now', HIGHLY, HA_FORGETS],
    ['forgets them now, asked of the very process of the intent', HIGHLY, { ...HA_FORGETS, jmId: SAME.jmId }],
    ['forgot them at the intent', { ...HIGHLY, forgetsEnded: true }, HA],
    ['was not there at the intent', {}, HA],
    ['was not there at the intent, and forgets them', {}, { ...HA_FORGETS, jmId: SAME.jmId }],
    ['was there at the intent alone', HIGHLY, SAME],
    ['is of another cluster', { ...HIGHLY, haCluster: 'a' }, { ...HA, haCluster: 'b' }],
    ['does not say of which cluster', { ...HIGHLY, haCluster: 'a' }, HA],
    ['is of another cluster, in a process of the same name', { ...HIGHLY, haCluster: 'a' }, { ...HA, jmId: SAME.jmId }],
  ] as const)('is never re-sent when high availability %s', (_what, changes, jm) => {
    for (const after of [PATIENCE + 1, LANDING, LANDING + 1, RESEND_UNTIL - 1]) {
      expect(notFound(aHead(changes), after, jm).kind).not.toBe('resend');
    }
    expect(notFound(aHead(changes), LANDING, jm)).toEqual(wait('landing'));
    expect(notFound(aHead(changes), LANDING + 1, jm)).toEqual({
      ...MISS,
      by: jm.jmId,
      highAvailability: 'highAvailability' in changes,
    });
  });
});

const ANOTHER = 'the JobManager was restarted or replaced after the submission, and does not know earlier jobs';
const BY_TURNS = 'several JobManagers answer by turns at its address';
const OF_HA = 'with high availability only the JobManager in which a job ended knows that job, so a 404 proves nothing';

describe('404 for a second time', () => {
  const missedAt = INTENT_AT + 2_000_000;
  const missed = (changes: Partial<RunHead> = {}) => aHead({ missedAt, ...changes });

  it.each([
    [1, 'Flink accepted none of 1 submission'],
    [3, 'Flink accepted none of 3 submissions'],
  ])('an intent of %i sends: FAILED, for the JobManager would know', (sends, reason) => {
    const end = { kind: 'end', status: 'FAILED', reason };
    const tried = { sends, triedAt: INTENT_AT + 60_000 };
    expect(notFound(missed(tried), 2_049_999)).toEqual(wait('missed'));
    expect(notFound(missed(tried), 2_050_000)).toEqual(end);
    expect(notFound(missed({ sends, once: true }), 2_050_000)).toEqual(end);
  });

  it('an intent that no sweep came to send again is not said to have been refused: UNKNOWN, with that reason', () => {
    const end = { kind: 'end', status: 'UNKNOWN', reason: expect.stringContaining('no sweep came') as unknown };
    expect(notFound(missed(), 2_050_000)).toEqual(end);
    expect(notFound(missed({ refusal: 'a text of Flink' }), 2_050_000)).toEqual(end);
  });

  it.each([
    ['sent a second time', { sends: 2 }],
    ['refused by SQL, so that it may not be sent', { sqlRefusedSend: 1 }],
    ['may run once only', { once: true }],
    ['tried, in vain', { triedAt: INTENT_AT + 60_000, triedWhy: 'the gateway hangs' }],
  ])('an intent that had its turn or needed none ends FAILED: %s', (_, changes) => {
    const end = notFound(missed(changes), 2_050_000);
    expect(end).toMatchObject({ kind: 'end', status: 'FAILED' });
    if ('triedWhy' in changes) expect(end).toMatchObject({ reason: expect.stringContaining('hangs') as unknown });
  });

  it('an intent with a refusal of one of its sends ends with that', () => {
    expect(notFound(missed({ sends: 2, refusal: 'no such table' }), 2_050_000)).toEqual({
      kind: 'end',
      status: 'FAILED',
      reason: 'no such table',
    });
  });

  it.each<[string, Partial<RunHead>, number, Look['jobManager'], string]>([
    ...[SAME, { ...SAME, steady: { since: 1, byTurns: false } }].map(
      (jm): [string, Partial<RunHead>, number, Look['jobManager'], string] => [
        'too much time has passed',
        {},
        MEMORY,
        jm,
        'Flink may have forgotten the job: the submission is longer ago than Flink remembers ended jobs',
      ],
    ),
    ['another one answers', {}, 2_050_000, RESTARTED, ANOTHER],
    ['nobody says who answers', {}, 2_050_000, null, ANOTHER],
    ['several answer', {}, 2_050_000, { ...SAME, steady: { since: 1, byTurns: true } }, BY_TURNS],
    ['there is high availability', HIGHLY, 2_050_000, SAME, OF_HA],
    [
      'there is high availability, and several answer',
      {},
      2_050_000,
      { ...HA, steady: { since: 1, byTurns: true } },
      OF_HA,
    ],
  ])('says why nobody can tell: %s', (_why, changes, after, jm, why) => {
    const reason = `it is not known whether a job was started: ${why}`;
    const end = { kind: 'end', status: 'UNKNOWN' };
    expect(notFound(missed(changes), after, jm)).toEqual({ ...end, reason });
    expect(notFound(missed({ ...changes, refusal: 'no reply' }), after, jm)).toEqual({
      ...end,
      reason: `${reason}. The last reply was: no reply`,
    });
  });

  it('an intent that was to be cancelled ends CANCELED', () => {
    expect(notFound(missed({ cancelAskedAt: 5 }), 2_050_000)).toMatchObject({ kind: 'end', status: 'CANCELED' });
  });

  it.each([
    [MEMORY - 1, SAME, 'FAILED'],
    [MEMORY, SAME, 'UNKNOWN'],
    // Jobs that ended are shown by the process in which they ended alone, and any process answers for the leader.
    [MEMORY - 1, { ...HA, jmId: SAME.jmId }, 'UNKNOWN'],
    [MEMORY - 1, { ...HA_FORGETS, jmId: SAME.jmId }, 'UNKNOWN'],
    [MEMORY - 1, HA, 'UNKNOWN'],
    [MEMORY - 1, { ...SAME, steady: { since: 1, byTurns: true } }, 'UNKNOWN'],
    [MEMORY, HA, 'UNKNOWN'],
    [LANDING + 900_000, RESTARTED, 'UNKNOWN'],
    [LANDING + 900_000, NAMELESS, 'UNKNOWN'],
  ] as const)('an intent looked at %i ms after by %j ends %s', (after, jm, status) => {
    for (const cancelAskedAt of [null, 5]) {
      const end = notFound(missed({ cancelAskedAt, triedAt: INTENT_AT + 60_000 }), after, jm);
      const expected = cancelAskedAt !== null && status === 'FAILED' ? 'CANCELED' : status;
      expect(end).toMatchObject({ kind: 'end', status: expected });
      if (end.kind === 'end') expect(end.reason.length).toBeGreaterThan(10);
    }
  });

  it('an intent with high availability ends UNKNOWN though none is on now, and says what was answered last', () => {
    const end = notFound(missed({ ...HIGHLY, refusal: 'a bad reply' }), MEMORY - 1);
    expect(end).toMatchObject({ kind: 'end', status: 'UNKNOWN' });
    if (end.kind === 'end') expect(end.reason).toMatch(/high availability.*proves nothing.*a bad reply/);
  });

  it('an intent of which Flink made another job ends UNKNOWN, for that may go on', () => {
    const head = missed({ otherJobId: 'ab'.repeat(16), refusal: 'Flink started job x' });
    expect(notFound(head, 2_050_000)).toEqual({ kind: 'end', status: 'UNKNOWN', reason: 'Flink started job x' });
    const untold = { ...head, refusal: null };
    expect(notFound(untold, 2_050_000)).toEqual({ kind: 'end', status: 'UNKNOWN', reason: 'another job' });
  });

  it('a run that was missed and then sent again starts anew: the re-send clears the mark', () => {
    const head = missed({ missedAt: null, sends: 2, open: [1, 2], sentAt: INTENT_AT + 1_700_000 });
    expect(notFound(head, 2_000_000)).toEqual(wait('landing'));
  });
});

describe('a run without a job', () => {
  it.each([
    [0, wait('submitterAlive')],
    [60_000, wait('submitterAlive')],
    [60_001, { kind: 'end', status: 'UNKNOWN', reason: 'interrupted; its statements may have run' }],
  ])('%i ms after its intent, whatever Flink says', (after, expected) => {
    const head = aHead({ kind: 'none', jobId: null, once: true });
    for (const seen of [{ kind: 'noJob' }, { kind: 'unreachable' }] as const) {
      expect(decide(head, seen, after)).toEqual(expected);
    }
  });

  it('ends UNKNOWN, because its statements may have run', () => {
    expect(notFound(aHead({ kind: 'none', jobId: null, once: true, cancelAskedAt: 5 }), 60_001)).toEqual({
      kind: 'end',
      status: 'UNKNOWN',
      reason: 'interrupted; its statements may have run',
    });
  });
});

describe('404 for a job that Flink had shown', () => {
  const MIN = 60_000;
  const T = 100 * TWO_HOURS;
  const A = { jmId: '/tmp/flink-web-1', address: 'jm:8081' };
  const B = { jmId: '/tmp/flink-web-2', address: 'jm:8081' };
  const shown = (changes: Partial<RunHead> = {}) => aHead({ ...RUNNING, shownBy: A.jmId, ...changes });
  /** Missed by this process at T. */
  const missed = (missedBy: RunHead['missedBy'], changes: Partial<RunHead> = {}) =>
    shown({ missedAt: INTENT_AT + T, missedBy, ...changes });
  const steady = (jm: Jm, since: number | null = 0, byTurns = false) => ({
    ...jm,
    steady: { since: since === null ? null : INTENT_AT + since, byTurns },
  });
  const lost = (minutes: number) => ({
    kind: 'end',
    status: 'UNKNOWN',
    reason: `the job is lost: for ${minutes} minutes another JobManager has answered at jm:8081 and does not know it`,
  });

  it('of an intent keeps whether it had high availability: another cluster that answers now must not make it look repeatable', () => {
    const head = aHead({ status: 'INITIALIZING', open: [1], highAvailability: false });
    const keeps = { ...HA, forgetsEnded: false };
    const miss = notFound(head, LANDING + 1, keeps);
    expect(miss).toMatchObject({ kind: 'miss', highAvailability: false });
    const after = miss.kind === 'miss' ? { ...head, highAvailability: miss.highAvailability } : head;
    expect(notFound(after, LANDING + 1, keeps)).not.toMatchObject({ kind: 'resend' });
  });

  it('is missed at the first look, right after its intent too; only the process that showed it is not doubted', () => {
    expect(notFound(shown(), 1)).toEqual(MISS);
    expect(notFound(shown(), 1, RESTARTED)).toEqual({ ...MISS, by: RESTARTED.jmId, doubted: true });
    expect(notFound(shown(), 1, HA)).toEqual({ ...MISS, by: HA.jmId, highAvailability: true, doubted: true });
    expect(notFound(shown({ shownBy: null }), 1)).toEqual({ ...MISS, doubted: true });
    expect(notFound(shown({ shownBy: null }), 1, NAMELESS)).toEqual({ ...MISS, by: null, doubted: true });
  });

  it.each([
    [0, wait('missed')],
    [49_999, wait('missed')],
    [50_000, { kind: 'end', status: 'UNKNOWN', reason: 'Flink no longer knows this job' }],
  ])('the process that showed it: %i ms after the first look', (after, expected) => {
    for (const jm of [SAME, steady(SAME), steady(SAME, null)])
      expect(notFound(missed(A), T + after, jm)).toEqual(expected);
    expect(notFound(missed(A, { cancelAskedAt: 5 }), T + after)).toEqual(expected);
  });

  it.each([
    [50_000, wait('doubted')],
    [5 * MIN - 1, wait('doubted')],
    [5 * MIN, lost(5)],
  ])('another one that answers steadily: %i ms after the first look', (after, expected) => {
    expect(notFound(missed(B), T + after, steady(RESTARTED))).toEqual(expected);
  });

  it('counts from when it answers alone and without a break, and never where that is not known', () => {
    expect(notFound(missed(B), T + 9 * MIN, steady(RESTARTED, T + 4 * MIN + 1))).toEqual(wait('doubted'));
    expect(notFound(missed(B), T + 9 * MIN, steady(RESTARTED, T + 4 * MIN))).toEqual(lost(9));
    for (const jm of [RESTARTED, steady(RESTARTED, null)])
      expect(notFound(missed(B), T + 1_000 * MIN, jm)).toEqual(wait('doubted'));
  });

  it('is missed by nobody, and never given up, when nobody says who answers', () => {
    expect(notFound(shown(), 1, null)).toEqual({ ...MISS, by: null, doubted: true });
    expect(notFound(missed(A), T + 9 * MIN, null)).toEqual({ ...MISS, by: null, doubted: true });
    const nobody = { jmId: null, address: 'jm:8081' };
    expect(notFound(missed(nobody), T + 1_000 * MIN, null)).toEqual(wait('doubted'));
  });

  it('says of one that does not tell its name that another answers, and of the same with high availability what it proves', () => {
    const nobody = { jmId: null, address: 'jm:8081' };
    expect(notFound(missed(nobody), T + 5 * MIN, steady(NAMELESS))).toEqual(lost(5));
    const highly = { ...HA, jmId: SAME.jmId };
    expect(notFound(missed(A), T + 30 * MIN, steady(highly))).toMatchObject({
      reason:
        'the job is lost: for 30 minutes the JobManager at jm:8081 has answered (which proves nothing with high availability) and does not know it',
    });
  });

  it('counts anew for yet another one', () => {
    const third = { ...RESTARTED, jmId: '/tmp/flink-web-3' };
    expect(notFound(missed(B), T + 9 * MIN, steady(third))).toEqual({ ...MISS, by: third.jmId, doubted: true });
    // The mark of an earlier version does not say whose it is.
    expect(notFound(missed(null), T + 9 * MIN, steady(RESTARTED))).toMatchObject({ kind: 'miss', doubted: true });
  });

  it('never where several answer by turns, not even by the one that showed it', () => {
    expect(notFound(missed(B), T + 1_000 * MIN, steady(RESTARTED, 0, true))).toEqual(wait('doubted'));
    expect(notFound(missed(A), T + 1_000 * MIN, steady(SAME, 0, true))).toEqual(wait('doubted'));
  });

  it('takes the time that the cluster says', () => {
    const head = missed(B, { lostAfterMs: 2 * MIN });
    expect(notFound(head, T + 2 * MIN - 1, steady(RESTARTED))).toEqual(wait('doubted'));
    expect(notFound(head, T + 2 * MIN, steady(RESTARTED))).toEqual(lost(2));
  });

  it.each([
    ['at the intent', { highAvailability: true }, SAME],
    ['now', {}, { ...HA, jmId: SAME.jmId }],
    ['now, in another process', {}, HA],
  ] as const)('high availability %s: no process proves anything, and it takes 30 minutes', (_when, changes, jm) => {
    for (const by of [A, B]) {
      expect(notFound(missed(by, changes), T + 30 * MIN - 1, steady(jm))).toEqual(wait('doubted'));
      expect(notFound(missed(by, changes), T + 30 * MIN, steady(jm))).toMatchObject({ kind: 'end', status: 'UNKNOWN' });
    }
  });
});

describe('the watch over a run that was given up although Flink had shown its job', () => {
  const DAY = 12 * TWO_HOURS;
  const missedAt = INTENT_AT + 5 * DAY;
  const lost = (changes: Partial<RunHead> = {}) =>
    aHead({ ...RUNNING, status: 'UNKNOWN', active: 'WATCH', finishedAt: missedAt, missedAt, ...changes });

  it('is followed again when its job shows itself, however it does', () => {
    for (const state of ['RUNNING', 'RESTARTING', 'FINISHED', 'FAILED'] as const)
      expect(decide(lost(), found(state), 5 * DAY + 1)).toEqual({ kind: 'follow', job: aJob(state) });
    const earlier = lost({ missedAt: null });
    expect(decide(earlier, found('RUNNING'), 5 * DAY + 1).kind).toBe('follow');
  });

  it('is told as a twin, once, when another run has its place; and that the twin has ended', () => {
    const taken = lost({ givenUpFor: 22 });
    expect(decide(taken, found('RUNNING'), 6 * DAY)).toEqual({ kind: 'twin', since: INTENT_AT + 6 * DAY });
    expect(decide({ ...taken, twinSince: 1 }, found('RUNNING'), 6 * DAY)).toEqual(wait('watching'));
    expect(decide({ ...taken, twinSince: 1 }, found('CANCELED'), 6 * DAY)).toEqual({ kind: 'twin', since: null });
    expect(decide(taken, found('CANCELED'), 6 * DAY)).toEqual(wait('watching'));
  });

  it('is cancelled only when somebody had asked for that', () => {
    const asked = lost({ givenUpFor: 22, twinSince: 1, cancelAskedAt: 5 });
    expect(decide(asked, found('RUNNING'), 6 * DAY).kind).toBe('cancelJob');
  });

  it('is watched for seven days', () => {
    expect(notFound(lost(), 12 * DAY)).toEqual(wait('watching'));
    expect(notFound(lost(), 12 * DAY + 1)).toEqual({ kind: 'stopWatching' });
  });

  it.each<[string, Partial<RunHead>, number]>([
    ['it was missed, not from when it was given up', { finishedAt: INTENT_AT + 6 * DAY }, 12 * DAY],
    ['it was given up, where earlier versions have not kept more', { missedAt: null }, 12 * DAY],
    ['its intent, where nothing else is known', { missedAt: null, finishedAt: null }, 7 * DAY],
  ])('counted from when %s', (_when, changes, until) => {
    expect(notFound(lost(changes), until)).toEqual(wait('watching'));
    expect(notFound(lost(changes), until + 1)).toEqual({ kind: 'stopWatching' });
  });
});

describe('the watch over a run that ended without a job', () => {
  it.each(['FAILED', 'CANCELED', 'UNKNOWN', 'FINISHED'] as const)(
    '%s: a job that turns up late is cancelled',
    (status) => {
      const head = aHead({ status, active: 'WATCH', open: [], finishedAt: 1_060_000 });
      for (const after of [60_000, TWO_HOURS, TWO_HOURS + 1]) {
        expect(decide(head, found('RUNNING'), after).kind).toBe('cancelJob');
      }
      expect(decide(head, found('CANCELED'), TWO_HOURS)).toEqual(wait('watching'));
      expect(notFound(head, TWO_HOURS)).toEqual(wait('watching'));
      expect(notFound(head, TWO_HOURS + 1)).toEqual({ kind: 'stopWatching' });
      expect(decide(head, found('FINISHED'), TWO_HOURS + 1)).toEqual({ kind: 'stopWatching' });
    },
  );
});

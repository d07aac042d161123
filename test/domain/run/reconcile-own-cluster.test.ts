/** Times are written out here: none is taken from the code's own constants. */
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../lib/domain/options/own-cluster.ts';
import type { Look } from '../../../lib/domain/run/observation.ts';
import { decideReconcile } from '../../../lib/domain/run/reconcile.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { headAt, JOB_ID } from '../../builders/a-head.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const INTENT = 1_000_000_000_000;
const NAME = 'dinghy-21-01234567';

const deployment: Deployment = {
  type: 'kubernetes-application',
  name: NAME,
  namespace: 'etl',
  clusterId: null,
  jobManager: '{clusterId}-rest.etl:8081',
};
const address = `${NAME}-rest.etl:8081`;
const sent = (changes: Partial<RunHead> = {}): RunHead =>
  headAt(INTENT, { deployment, hosts: address, address, jmId: null, once: true, ...changes });
const made = (changes: Partial<RunHead> = {}): RunHead =>
  sent({
    status: 'CREATED',
    submitStatus: 'SUCCESS',
    open: [],
    deployment: { ...deployment, clusterId: NAME },
    ...changes,
  });

const unreachable = (askedAt: number): Look => ({ seen: { kind: 'unreachable' }, askedAt, jobManager: null });
const noJob = (askedAt: number, says: Partial<NonNullable<Look['jobManager']>> = { ownJobId: JOB_ID }): Look => ({
  seen: { kind: 'noJob' },
  askedAt,
  jobManager: { jmId: '/tmp/web', highAvailability: false, forgetsEnded: false, ...says },
});

describe('a run whose cluster may have been made', () => {
  it.each([unreachable, noJob])('is waited for until nothing of it can land any more', (look) => {
    expect(decideReconcile(sent(), look(INTENT + 20 * MINUTE))).toEqual({ kind: 'wait', why: 'landing' });
    expect(decideReconcile(sent(), look(INTENT + 20 * MINUTE + 1))).toMatchObject({ kind: 'miss' });
  });

  it('counts from its newest permission to send', () => {
    const later = sent({ sentAt: INTENT + MINUTE });
    expect(decideReconcile(later, unreachable(INTENT + 21 * MINUTE))).toMatchObject({ kind: 'wait' });
  });

  it('then ends UNKNOWN, with what to look for, at the second look', () => {
    const missedAt = INTENT + 21 * MINUTE;
    expect(decideReconcile(sent({ missedAt }), unreachable(missedAt + 50 * SECOND - 1))).toMatchObject({
      kind: 'wait',
    });
    expect(decideReconcile(sent({ missedAt }), unreachable(missedAt + 50 * SECOND))).toEqual({
      kind: 'end',
      status: 'UNKNOWN',
      reason: `it is not known whether a cluster was started (no reply came); check with: kubectl get deployment ${NAME} -n etl`,
    });
  });

  it('says what the gateway said, and is not called cancelled without proof', () => {
    const head = sent({ missedAt: INTENT + 21 * MINUTE, refusal: 'quota exceeded', cancelAskedAt: INTENT + MINUTE });
    expect(decideReconcile(head, noJob(INTENT + 30 * MINUTE))).toMatchObject({
      status: 'UNKNOWN',
      reason: expect.stringContaining('the gateway said: quota exceeded') as string,
    });
  });

  it('has failed at once when every send is known to have started nothing', () => {
    expect(decideReconcile(sent({ open: [], refusal: 'refused' }), unreachable(INTENT + MINUTE))).toEqual({
      kind: 'end',
      status: 'FAILED',
      reason: 'refused',
    });
  });

  it('has failed also when nobody knows why', () => {
    expect(decideReconcile(sent({ open: [] }), unreachable(INTENT + MINUTE))).toMatchObject({
      status: 'FAILED',
      reason: 'no submission was sent',
    });
  });

  it('is missed with what is known of who answers', () => {
    const at = INTENT + 21 * MINUTE;
    const miss = { kind: 'miss', by: '/tmp/web', highAvailability: false, doubted: false };
    expect(decideReconcile(sent(), noJob(at))).toEqual(miss);
    const ha = { ownJobId: JOB_ID, highAvailability: true };
    expect(decideReconcile(sent(), noJob(at, ha))).toEqual({ ...miss, highAvailability: true });
    expect(decideReconcile(sent(), unreachable(at))).toEqual({ ...miss, by: null });
  });

  it('is never sent again', () => {
    for (let minute = 1; minute < 60; minute += 1) {
      expect(decideReconcile(sent(), noJob(INTENT + minute * MINUTE)).kind).not.toBe('resend');
    }
  });
});

describe('a run whose cluster was made', () => {
  it('is noted as out of reach first', () => {
    expect(decideReconcile(made(), unreachable(INTENT + MINUTE))).toEqual({
      kind: 'reach',
      unreachableSince: INTENT + MINUTE,
    });
  });

  it('ends UNKNOWN after 20 minutes out of reach, not before', () => {
    const since = INTENT + 3 * 60 * MINUTE;
    const head = made({ status: 'RUNNING', unreachableSince: since, lastSeenAt: since - MINUTE });
    expect(decideReconcile(head, unreachable(since + 20 * MINUTE - 1))).toEqual({ kind: 'wait', why: 'unreachable' });
    expect(decideReconcile(head, unreachable(since + 20 * MINUTE))).toEqual({
      kind: 'end',
      status: 'UNKNOWN',
      reason: `the JobManager at ${address} is out of reach, which is normal after its job has ended; check with: kubectl get deployment ${NAME} -n etl`,
    });
  });

  it('says so when it was never reachable', () => {
    const end = (changes: Partial<RunHead>): unknown =>
      decideReconcile(made({ unreachableSince: INTENT, ...changes }), unreachable(INTENT + 20 * MINUTE));
    expect(end({})).toMatchObject({ reason: expect.stringContaining('was never reachable') as string });
  });

  it('may take its time to bring the job up, while its JobManager is there', () => {
    expect(decideReconcile(made(), noJob(INTENT + 20 * MINUTE))).toEqual({ kind: 'wait', why: 'landing' });
    expect(decideReconcile(made(), noJob(INTENT + 20 * MINUTE + 1))).toMatchObject({ kind: 'miss' });
  });

  it('is told apart from whatever else answers at its address: that 404 proves nothing', () => {
    const running = made({ status: 'RUNNING' });
    const at = INTENT + 60 * MINUTE;
    expect(decideReconcile(running, noJob(at))).toMatchObject({ kind: 'miss' });
    expect(decideReconcile(running, noJob(at, { kubernetesClusterId: NAME }))).toMatchObject({ kind: 'miss' });
    for (const foreign of [{}, { ownJobId: 'f'.repeat(32) }, { kubernetesClusterId: 'another' }]) {
      expect(decideReconcile(running, noJob(at, foreign))).toEqual({ kind: 'reach', unreachableSince: at });
    }
  });

  it('is out of reach while it shows no job for another reason than not to know it', () => {
    const at = INTENT + 60 * MINUTE;
    const says = { jmId: '/tmp/web', highAvailability: false, forgetsEnded: false, ownJobId: JOB_ID };
    const out = { kind: 'reach', unreachableSince: at };
    const running = made({ status: 'RUNNING' });
    expect(decideReconcile(running, { ...unreachable(at), jobManager: says })).toEqual(out);
    expect(decideReconcile(running, { ...noJob(at), jobManager: null })).toEqual(out);
  });

  it('on YARN is not known by the name of a Kubernetes cluster', () => {
    const head = made({ status: 'RUNNING', deployment: { ...deployment, type: 'yarn-application', clusterId: NAME } });
    const at = INTENT + 60 * MINUTE;
    expect(decideReconcile(head, noJob(at, { kubernetesClusterId: NAME }))).toEqual({
      kind: 'reach',
      unreachableSince: at,
    });
  });

  it('is missed at once when its job had been seen to run', () => {
    expect(decideReconcile(made({ status: 'RUNNING' }), noJob(INTENT + MINUTE))).toMatchObject({ kind: 'miss' });
  });

  it('is in reach again when its own JobManager answers, and the time counts anew', () => {
    const head = made({ unreachableSince: INTENT + MINUTE });
    expect(decideReconcile(head, noJob(INTENT + 5 * MINUTE))).toEqual({ kind: 'reach', unreachableSince: null });
  });

  it('ends UNKNOWN when its own JobManager has forgotten the job, at the second look', () => {
    const missedAt = INTENT + 60 * MINUTE;
    const head = made({ status: 'RUNNING', missedAt });
    expect(decideReconcile(head, noJob(missedAt + 50 * SECOND - 1))).toEqual({ kind: 'wait', why: 'missed' });
    expect(decideReconcile(head, noJob(missedAt + 50 * SECOND))).toMatchObject({
      kind: 'end',
      status: 'UNKNOWN',
      reason: expect.stringContaining('Flink no longer knows this job') as string,
    });
  });

  it('is followed like any other while its job is seen', () => {
    const job = { state: 'RUNNING', ranAt: INTENT, endedAt: null } as const;
    const look: Look = { ...noJob(INTENT + MINUTE, {}), seen: { kind: 'job', job } };
    expect(decideReconcile(made(), look)).toEqual({ kind: 'record', job });
    expect(decideReconcile(made({ cancelAskedAt: INTENT }), look)).toEqual({ kind: 'cancelJob', job });
  });
});

describe('a cluster without an address, out of reach for 20 minutes, tells what is missing', () => {
  it.each([
    [
      null,
      /the address of its JobManager is not known: the cluster configuration has no jobManager; check with: yarn application/,
    ],
    [
      'http://rm/proxy/{clusterId}',
      /is not known: the gateway did not return the cluster's id; check with: yarn application/,
    ],
  ])('jobManager: %s', (jobManager, reason) => {
    const onYarn = { ...deployment, type: 'yarn-per-job', namespace: null, jobManager };
    const unreachableSince = INTENT + MINUTE;
    const head = made({ deployment: onYarn, hosts: '', address: '', unreachableSince });
    expect(decideReconcile(head, unreachable(unreachableSince + 21 * MINUTE))).toEqual({
      kind: 'end',
      status: 'UNKNOWN',
      reason: expect.stringMatching(reason),
    });
  });
});

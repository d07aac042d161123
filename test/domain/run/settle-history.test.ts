/** What the history of a run says of each change, and what becomes of a run with a cluster of its own. */
import { describe, expect, it } from 'vitest';
import { type Deployment, newDeployment } from '../../../lib/domain/options/own-cluster.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { type Evidence, settle } from '../../../lib/domain/run/settle.ts';
import type { FlinkJob, FlinkJobState } from '../../../lib/domain/run/status.ts';
import { headAt, JOB_ID } from '../../builders/a-head.ts';

const AT = 1_000_000;
const NOW = AT + 5_000;
const aHead = (changes: Partial<RunHead> = {}): RunHead => headAt(AT, changes);

const aJob = (state: FlinkJobState): FlinkJob => ({
  ...{ state, ranAt: AT + 1_000 },
  endedAt: ['FINISHED', 'FAILED', 'CANCELED'].includes(state) ? AT + 2_000 : null,
});
const seen = (state: FlinkJobState, cause: string | null = null): Evidence => ({
  ...{ kind: 'seen', job: aJob(state), cause, byDriver: true },
});

describe('the history says', () => {
  it.each<[string, Partial<RunHead>, Evidence]>([
    ['Flink has accepted the job', {}, { kind: 'accepted', send: 1 }],
    ['send 1 started nothing', { sends: 2, open: [1, 2] }, refused(1)],
    ['bad SQL', {}, refused(1)],
    ['Flink says RUNNING', {}, seen('RUNNING')],
    ['Flink says FINISHED', {}, seen('FINISHED')],
    ['out of memory', {}, seen('FAILED', 'out of memory')],
    ['Flink gave no reason', {}, seen('FAILED')],
    ['Flink gave no reason', { kind: 'preview' }, seen('FAILED')],
    ['rows delivered', { kind: 'preview' }, { kind: 'done', jobEnded: true }],
    ['all statements ran', { kind: 'none', jobId: null }, { kind: 'done', jobEnded: true }],
  ])('%s', (cause, changes, evidence) => expect(settle(aHead(changes), evidence, NOW)?.cause).toBe(cause));
});

function refused(send: number): Evidence {
  return { kind: 'nothingStarted', send, refusal: 'bad SQL', bySql: true };
}

describe('a run with a cluster of its own', () => {
  const own = (type: string, changes: Partial<Deployment> = {}): Deployment => ({
    ...newDeployment({ type, properties: {}, jobManager: 'http://{clusterId}.flink:8081' }, 21, JOB_ID),
    ...changes,
  });
  const asked = own('kubernetes-application');
  const made: Evidence = { kind: 'deployed', send: 1, clusterId: 'my-cluster' };
  const found = {
    deployment: { ...asked, clusterId: 'my-cluster' },
    hosts: 'http://my-cluster.flink:8081',
    address: 'http://my-cluster.flink:8081',
    open: [],
  };

  it('is confirmed by the id of the cluster that was made', () => {
    const head = aHead({ deployment: asked, missedAt: 5 });
    const answered = { submitStatus: 'SUCCESS', answeredAt: NOW };
    expect(settle(head, made, NOW)).toEqual({
      change: { ...found, status: 'CREATED', missedAt: null, missedBy: null, active: 'LIVE#5', ...answered },
      cause: 'the cluster my-cluster was created',
    });
  });

  it('that was seen already is told the id alone', () => {
    const head = aHead({ deployment: asked, status: 'RUNNING', submitStatus: 'SUCCESS' });
    expect(settle(head, made, NOW)).toEqual({ change: found, cause: 'the cluster my-cluster was created' });
  });

  it('keeps the id that it has, and one without a cluster of its own gets none', () => {
    expect(settle(aHead({ deployment: { ...asked, clusterId: 'first' } }), made, NOW)).toBeNull();
    expect(settle(aHead(), made, NOW)).toBeNull();
  });

  it.each<[string, Deployment, string | undefined]>([
    ['on Kubernetes, under the name that was asked for', asked, asked.name],
    ['on Kubernetes, its id known', { ...asked, clusterId: 'known' }, undefined],
    ['on YARN, whose id nobody can know', own('yarn-application'), undefined],
  ])('whose job is seen first %s', (_where, deployment, clusterId) => {
    const change = settle(aHead({ deployment }), seen('RUNNING'), NOW)?.change;
    expect(change?.deployment?.clusterId).toBe(clusterId);
    expect(change).toMatchObject({ status: 'RUNNING' });
  });

  it.each<[string, Partial<RunHead>, boolean]>([
    ['confirmed, with its own cluster: nothing turns up late', { status: 'CREATED', deployment: asked }, false],
    ['unconfirmed, with its own cluster', { deployment: asked }, true],
    ['confirmed, on a cluster of others', { status: 'CREATED' }, true],
  ])('that ends %s', (_when, changes, watched) => {
    const active = settle(aHead(changes), { kind: 'over', status: 'UNKNOWN', reason: 'why' }, NOW)?.change.active;
    expect(active).toEqual(watched ? expect.stringMatching(/^WATCH/) : null);
  });
});

/** What the list of jobs may say of a run whose job can't be shown: never more than it proves, and an end only after a while. */
import { describe, expect, it } from 'vitest';
import { overviewEvidence } from '../../../lib/domain/run/overview-evidence.ts';
import type { FlinkJobState, InstanceStatus } from '../../../lib/domain/run/status.ts';
import { headAt } from '../../builders/a-head.ts';

const INTENT_AT = 1_000_000;
const AT = INTENT_AT + 600_000;
const FIVE_MINUTES = 300_000;
const STATES: readonly FlinkJobState[] = [
  ...(['INITIALIZING', 'CREATED', 'RUNNING', 'FAILING', 'FAILED', 'CANCELLING'] as const),
  ...(['CANCELED', 'FINISHED', 'RESTARTING', 'SUSPENDED', 'RECONCILING'] as const),
];
const ENDED: readonly FlinkJobState[] = ['FAILED', 'CANCELED', 'FINISHED'];

describe('the list of jobs', () => {
  it('says nothing of a job that it does not have', () => {
    for (const status of ['INITIALIZING', 'RUNNING'] as const) {
      expect(overviewEvidence(headAt(INTENT_AT, { status }), undefined, AT)).toEqual({ kind: 'nothing' });
    }
  });

  it.each(['CREATED', 'RUNNING', 'RESTARTING'] as InstanceStatus[])(
    'of a run that is %s: each live state',
    (status) => {
      for (const state of STATES.filter((one) => !ENDED.includes(one))) {
        expect(overviewEvidence(headAt(INTENT_AT, { status }), state, AT)).toMatchObject({
          kind: 'job',
          job: { state, endedAt: null },
        });
      }
    },
  );

  it('of a run that nobody has confirmed: only what ran for certain, or is coming up', () => {
    const said = STATES.filter((state) => overviewEvidence(headAt(INTENT_AT), state, AT).kind !== 'nothing');
    expect(said).toEqual(['INITIALIZING', 'CREATED', 'RUNNING', 'FINISHED', 'RESTARTING']);
  });

  it('of a run that nobody has confirmed: whether its job ever ran', () => {
    const ranAt = (state: FlinkJobState): unknown => overviewEvidence(headAt(INTENT_AT), state, AT);
    expect(ranAt('CREATED')).toMatchObject({ job: { ranAt: null } });
    expect(ranAt('RUNNING')).toMatchObject({ job: { ranAt: INTENT_AT } });
  });

  it.each(ENDED)('an end, %s, is noted first and counts when its details did not come for five minutes', (state) => {
    const head = headAt(INTENT_AT, { status: 'RUNNING' });
    expect(overviewEvidence(head, state, AT)).toEqual({ kind: 'endSeen' });
    const noted = { ...head, endSeenAt: AT };
    expect(overviewEvidence(noted, state, AT + FIVE_MINUTES - 1)).toEqual({ kind: 'nothing' });
    const job = { state, ranAt: head.sentAt, endedAt: AT };
    expect(overviewEvidence(noted, state, AT + FIVE_MINUTES)).toEqual({ kind: 'job', job });
  });
});

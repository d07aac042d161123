/** When the job of a run was last seen: by its head, or by a sweep that has seen all of its cluster. */
import { describe, expect, it } from 'vitest';
import { isSeenLongAgo, withSweep } from '../../../lib/domain/run/last-seen.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { headAt } from '../../builders/a-head.ts';

const AT = 1_000_000;
const MINUTE = 60_000;
const aRun = (changes: Partial<RunHead> = {}): RunHead =>
  headAt(AT, { status: 'RUNNING', lastSeenAt: AT, active: 'LIVE#1', ...changes });

const deployment = { type: 'yarn-application', name: 'a', namespace: null, clusterId: 'b', jobManager: null };
const UNSEEN: readonly [string, Partial<RunHead>][] = [
  ['is not confirmed', { status: 'INITIALIZING' }],
  ['is missed', { missedAt: AT + 5 }],
  ['is out of reach', { unreachableSince: AT + 5 }],
  ['has finished', { status: 'FINISHED' }],
  ['is lost', { status: 'UNKNOWN' }],
  ['is void', { status: 'VOID' }],
  ['has no job', { jobId: null, kind: 'none' }],
  ['has a cluster of its own', { deployment }],
];

describe('a sweep that has seen all of a cluster', () => {
  it.each(['CREATED', 'RUNNING', 'RESTARTING', 'SUSPENDED'] as const)('has seen a job that is %s', (status) => {
    expect(withSweep(aRun({ status }), AT + MINUTE)).toEqual(aRun({ status, lastSeenAt: AT + MINUTE }));
    expect(withSweep(aRun({ status, lastSeenAt: null }), 7).lastSeenAt).toBe(7);
  });

  it.each(UNSEEN)('has not seen the job of a run that %s', (_what, changes) => {
    const head = aRun(changes);
    expect(withSweep(head, AT + MINUTE)).toBe(head);
    expect(isSeenLongAgo(head, AT + 60 * MINUTE)).toBe(false);
  });

  it('says nothing where it was before the head, or where there was none', () => {
    const head = aRun();
    for (const sweptAt of [null, AT - 1, AT]) expect(withSweep(head, sweptAt)).toBe(head);
  });

  it('is asked for only where nobody has seen the job for two minutes', () => {
    expect(isSeenLongAgo(aRun(), AT + 2 * MINUTE)).toBe(false);
    expect(isSeenLongAgo(aRun(), AT + 2 * MINUTE + 1)).toBe(true);
    expect(isSeenLongAgo(aRun({ lastSeenAt: null }), AT)).toBe(true);
  });
});

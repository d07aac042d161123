/** Which runs are doubted, lost or revivable, and what is said of them (protocol.md section 6). */
import { describe, expect, it } from 'vitest';
import {
  doubtText,
  isConfirmed,
  isDoubted,
  isLost,
  isProof,
  isRevivable,
  lostAfterMs,
  whoAnswers,
} from '../../../lib/domain/run/lost-job.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { InstanceStatus } from '../../../lib/domain/run/status.ts';
import { headAt, JOB_ID } from '../../builders/a-head.ts';

const MIN = 60_000;
const SELF = { jmId: '/tmp/flink-web-1', address: 'jm:8081' };
const OTHER = { jmId: '/tmp/flink-web-2', address: 'jm:8081' };
const NAMELESS = { jmId: null, address: 'jm:8081' };
const deployment = { type: 'yarn-application', name: 'a', namespace: null, clusterId: 'b', jobManager: null };
const RUNNING = { status: 'RUNNING', submitStatus: 'SUCCESS', shownBy: SELF.jmId, active: 'LIVE#5' } as const;
const aHead = (changes: Partial<RunHead>): RunHead => headAt(0, changes);

it.each<[InstanceStatus, boolean]>([
  ['INITIALIZING', false],
  ['CREATED', true],
  ['RUNNING', true],
  ['RECONCILING', true],
  ['FINISHED', false],
  ['UNKNOWN', false],
])('a run that is %s is confirmed: %s', (status, is) => expect(isConfirmed(aHead({ status }))).toBe(is));

it.each<[Partial<RunHead>, number]>([
  [{}, 5 * MIN],
  [{ highAvailability: true }, 30 * MIN],
  [{ lostAfterMs: 7 }, 7],
  [{ lostAfterMs: 0, highAvailability: true }, 0],
])('%j is given up after %i ms', (changes, ms) => expect(lostAfterMs(aHead(changes))).toBe(ms));

it.each<[string, Partial<RunHead>, string | null, boolean]>([
  ['the process that showed the job', {}, SELF.jmId, true],
  ['another one', {}, OTHER.jmId, false],
  ['one without a name, though who showed it has none either', { shownBy: null }, null, false],
  ['the same with high availability', { highAvailability: true }, SELF.jmId, false],
])('the word of %s', (_who, changes, jmId, is) => {
  expect(isProof(aHead({ ...RUNNING, ...changes }), jmId)).toBe(is);
});

describe('a run is doubted', () => {
  it.each<[string, Partial<RunHead>, boolean]>([
    ['when another one misses it', {}, true],
    ['but not when the one does that showed it', { missedBy: SELF }, false],
    ['nor when nobody misses it', { missedAt: null }, false],
    ['nor when nobody has noted who', { missedBy: null }, false],
    ['nor before it is confirmed', { status: 'INITIALIZING' }, false],
    ['nor when it is over', { status: 'UNKNOWN' }, false],
    ['nor with a cluster of its own', { deployment }, false],
  ])('%s', (_when, changes, is) => {
    const head = aHead({ ...RUNNING, missedAt: 5, missedBy: OTHER, ...changes });
    expect(isDoubted(head)).toBe(is);
    expect(doubtText(head, 'UTC') === null).toBe(!is);
  });

  it('and says so: who answers since when, when it ends, and what can be done', () => {
    const head = aHead({ ...RUNNING, missedAt: 1_769_860_800_000, missedBy: OTHER });
    expect(doubtText(head, 'UTC')).toBe(
      `another JobManager answers at jm:8081 since 2026-01-31 12:00:00 and does not know job ${JOB_ID}. Unless the job reappears, run 21 ends as lost (UNKNOWN) at 2026-01-31 12:05:00 or later. If the job is gone, run "dinghy resolve 21 --lost" now and submit again`,
    );
    expect(doubtText({ ...head, jobId: null }, 'UTC')).toContain('does not know job . Unless');
  });
});

describe('a run that ended UNKNOWN is lost', () => {
  const LOST = { ...RUNNING, status: 'UNKNOWN', missedAt: 5, active: 'WATCH#5' } as const;

  it.each<[string, Partial<RunHead>, boolean]>([
    ['when its job was missed', {}, true],
    ['also before it was answered', { submitStatus: 'FAILED' }, true],
    ['also when earlier versions did not keep since when', { missedAt: null }, true],
    ['but not an intent of which nobody can tell', { missedAt: null, submitStatus: 'FAILED' }, false],
    ['nor a run with another end', { status: 'FAILED' }, false],
    ['nor a preview', { kind: 'preview' }, false],
    ['nor one with a cluster of its own', { deployment }, false],
  ])('%s', (_when, changes, is) => {
    expect(isLost(aHead({ ...LOST, ...changes }))).toBe(is);
    expect(isRevivable(aHead({ ...LOST, ...changes }))).toBe(is);
  });

  it('and is followed again only while it is watched and nobody has its place', () => {
    expect(isRevivable(aHead({ ...LOST, active: null }))).toBe(false);
    expect(isRevivable(aHead({ ...LOST, givenUpFor: 22 }))).toBe(false);
  });
});

describe('who answers', () => {
  it.each<[string, Partial<RunHead>, typeof OTHER | typeof NAMELESS, string]>([
    ['another one', RUNNING, OTHER, 'another JobManager answers at jm:8081'],
    ['one without a name', RUNNING, NAMELESS, 'another JobManager answers at jm:8081'],
    ['one without a name, as ever', { shownBy: null, jmId: null }, NAMELESS, 'another JobManager answers at jm:8081'],
    ['the same', RUNNING, SELF, 'the JobManager at jm:8081 answers'],
    ['the one of the intent', { shownBy: null }, SELF, 'the JobManager at jm:8081 answers'],
    [
      'another one than showed it, of the intent',
      { shownBy: OTHER.jmId },
      SELF,
      'another JobManager answers at jm:8081',
    ],
    [
      'the same, with high availability',
      { ...RUNNING, highAvailability: true },
      SELF,
      'the JobManager at jm:8081 answers (which proves nothing with high availability)',
    ],
  ])('%s', (_who, changes, by, text) => expect(whoAnswers(aHead(changes), by)).toBe(text));
});

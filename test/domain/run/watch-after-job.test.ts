/** A job has ended: whether another request for it may still be on its way, so that its id must be watched. */
import { describe, expect, it } from 'vitest';
import { watchIn } from '../../../lib/domain/run/active-partitions.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { settle } from '../../../lib/domain/run/settle.ts';
import { headAt } from '../../builders/a-head.ts';

const INTENT_AT = 1_000_000;
const LANDING = 20 * 60_000;

const FINISHED = {
  kind: 'seen',
  job: { state: 'FINISHED', ranAt: INTENT_AT + 2_000, endedAt: INTENT_AT + 9_000 },
  cause: null,
  byDriver: false,
} as const;

describe('a job that has ended', () => {
  it.each<[string, Partial<RunHead>, number, string | null]>([
    ['sent once, without high availability', {}, 10_000, null],
    [
      "sent once, with high availability: Flink's own client may repeat it",
      { highAvailability: true },
      10_000,
      watchIn(headAt(0).id),
    ],
    ['sent twice: the first may still come', { sends: 2, open: [1, 2] }, 10_000, watchIn(headAt(0).id)],
    [
      'with high availability, at the last moment of LANDING',
      { highAvailability: true },
      LANDING,
      watchIn(headAt(0).id),
    ],
    ['with high availability, after LANDING', { highAvailability: true }, LANDING + 1, null],
    [
      'sent twice, LANDING counted from the newest send',
      { sends: 2, sentAt: INTENT_AT + 60_000 },
      LANDING + 1,
      watchIn(headAt(0).id),
    ],
  ])('%s', (_when, changes, afterMs, active) => {
    const head = headAt(INTENT_AT, { status: 'RUNNING', submitStatus: 'SUCCESS', ...changes });
    expect(settle(head, FINISHED, INTENT_AT + afterMs)?.change).toMatchObject({ status: 'FINISHED', active });
  });
});

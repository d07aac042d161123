/** Laws over every sequence of looks: whatever a sweep sees, in whatever order, no status lies (protocol.md section 6). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClusterNotes,
  identifiedIn,
  NO_NOTES,
  noteLook,
  steadinessOf,
} from '../../../lib/domain/run/answering.ts';
import type { Look, ReconcileDecision } from '../../../lib/domain/run/observation.ts';
import { decideReconcile } from '../../../lib/domain/run/reconcile.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { settle } from '../../../lib/domain/run/settle.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { headAt } from '../../builders/a-head.ts';

const INTENT_AT = 1_000_000;
const MINUTE = 60_000;

interface Sight {
  readonly who: 'a' | 'b' | 'c' | null;
  readonly shows: boolean;
  readonly highAvailability: boolean;
  readonly minutes: number;
}

const sight: fc.Arbitrary<Sight> = fc.record({
  who: fc.constantFrom('a', 'b', 'c', null),
  shows: fc.boolean(),
  highAvailability: fc.boolean(),
  minutes: fc.constantFrom(1, 1, 1, 1, 2, 5),
});

interface Step {
  readonly before: RunHead;
  readonly after: RunHead;
  readonly decision: ReconcileDecision;
  readonly sight: Sight;
  readonly at: number;
}

/** What the sweep writes, in the order in which it looks. */
function live(first: RunHead, sights: readonly Sight[]): Step[] {
  let head = first;
  let notes: ClusterNotes = NO_NOTES;
  let at = INTENT_AT;
  return sights.map((seen) => {
    at += seen.minutes * MINUTE;
    notes = noteLook(notes, at, seen.who ?? undefined);
    const before = head;
    const look = toLook(seen, notes, { head, askedAt: at });
    const decision = decideReconcile(before, look);
    head = { ...before, ...written(before, decision, look) };
    return { before, after: head, decision, sight: seen, at };
  });
}

function toLook(
  { who, shows, highAvailability }: Sight,
  notes: ClusterNotes,
  { head, askedAt }: { readonly head: RunHead; readonly askedAt: number },
): Look {
  if (who === null) return { seen: { kind: 'unreachable' }, askedAt, jobManager: null };
  const steady = steadinessOf(notes, highAvailability, identifiedIn(head));
  const jobManager = { jmId: who, highAvailability, forgetsEnded: false, steady };
  const job = { state: 'RUNNING', ranAt: askedAt, endedAt: null } as const;
  return { seen: shows ? { kind: 'job', job } : { kind: 'noJob' }, askedAt, jobManager };
}

function written(head: RunHead, decision: ReconcileDecision, look: Look): Partial<RunHead> {
  const shownBy = look.jobManager?.jmId ?? null;
  switch (decision.kind) {
    case 'miss': {
      const missedBy = { jmId: decision.by, address: head.address };
      return { missedAt: look.askedAt, missedBy, highAvailability: decision.highAvailability };
    }
    case 'record':
      return (
        settle(head, { kind: 'seen', job: decision.job, cause: null, byDriver: false, shownBy }, look.askedAt)
          ?.change ?? {}
      );
    case 'follow':
      return settle(head, { kind: 'foundAgain', job: decision.job }, look.askedAt)?.change ?? {};
    case 'end':
      return settle(head, { ...decision, kind: 'over' }, look.askedAt)?.change ?? {};
    case 'twin':
      return { twinSince: decision.since };
    case 'stopWatching':
      return { active: null };
    default:
      return {};
  }
}

const confirmed = headAt(INTENT_AT, {
  ...{
    status: 'RUNNING',
    submitStatus: 'SUCCESS',
    open: [],
    active: 'LIVE#5',
    answeredAt: INTENT_AT,
    shownBy: 'a',
    jmId: 'a',
  },
});
const sequence = fc.array(sight, { minLength: 1, maxLength: 60 });
const each = (first: RunHead, check: (step: Step, all: readonly Step[], index: number) => void): void => {
  fc.assert(
    fc.property(sequence, (sights) => {
      const steps = live(first, sights);
      steps.forEach((step, index) => check(step, steps, index));
    }),
    { numRuns: 500 },
  );
};

describe('whatever is seen of a confirmed run', () => {
  it('its job is never cancelled, and the run never ends but as UNKNOWN', () => {
    each(confirmed, ({ decision, after }) => {
      expect(decision.kind).not.toBe('cancelJob');
      if (isFinal(after.status)) expect(after.status).toBe('UNKNOWN');
    });
  });

  it('a job that is shown makes it live, also a run that was given up', () => {
    each(confirmed, ({ sight: { who, shows }, after }) => {
      if (who !== null && shows) expect([after.status, after.missedAt]).toEqual(['RUNNING', null]);
    });
  });

  it('it is given up only by an answer that is no job, and only after looks that all were answered so', () => {
    each(confirmed, ({ before, after, sight: seen, at }, all, index) => {
      if (isFinal(before.status) || !isFinal(after.status)) return;
      expect([seen.who !== null, seen.shows]).toEqual([true, false]);
      const since = before.missedAt ?? 0;
      const looks = all.slice(0, index + 1).filter((step) => step.at >= since);
      expect(looks.some((step) => step.sight.who !== null && step.sight.shows)).toBe(false);
      const proof = seen.who === 'a' && !before.highAvailability && !seen.highAvailability;
      const highly = before.highAvailability || seen.highAvailability;
      if (!proof) expect(at - since).toBeGreaterThanOrEqual((highly ? 30 : 5) * MINUTE);
      const recent = looks.filter((step) => at - step.at < (highly ? 30 : 5) * MINUTE);
      if (!proof) expect(recent.every((step) => step.sight.who !== null)).toBe(true);
      if (!proof && !highly) expect(new Set(recent.map((step) => step.sight.who)).size).toBe(1);
    });
  });

  it('when another run has its place it stays UNKNOWN, and its job is told as a twin', () => {
    const taken = {
      ...confirmed,
      status: 'UNKNOWN',
      missedAt: INTENT_AT,
      finishedAt: INTENT_AT,
      active: 'WATCH#5',
      givenUpFor: 22,
    } as const;
    each(taken, ({ sight: { who, shows }, after }) => {
      expect(after.status).toBe('UNKNOWN');
      if (who !== null && shows) expect(after.twinSince).not.toBeNull();
    });
  });
});

describe('whatever is seen of an intent', () => {
  it('with high availability at any time it never ends FAILED', () => {
    const intent = headAt(INTENT_AT, { jmId: 'a', once: true, highAvailability: true });
    each(intent, ({ after }) => expect(after.status).not.toBe('FAILED'));
  });

  it('is called FAILED only when the process of the intent says so', () => {
    each(headAt(INTENT_AT, { jmId: 'a', once: true }), ({ before, after, sight: seen }) => {
      if (before.status === 'INITIALIZING' && after.status === 'FAILED')
        expect([seen.who, seen.highAvailability, before.highAvailability]).toEqual(['a', false, false]);
    });
  });

  it('is neither called FAILED nor sent again once another process has answered', () => {
    for (const isOnce of [true, false]) {
      each(headAt(INTENT_AT, { jmId: 'a', once: isOnce }), ({ before, after, decision, sight: seen }, all, index) => {
        if (before.status !== 'INITIALIZING' || seen.highAvailability || before.highAvailability) return;
        if (after.status !== 'FAILED' && decision.kind !== 'resend') return;
        const answered = all.slice(0, index + 1).map((step) => step.sight.who);
        expect(answered.filter((who) => who !== 'a' && who !== null)).toEqual([]);
      });
    }
  });
});

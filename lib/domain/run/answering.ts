/**
 * Who answers at the address of a cluster, and how steadily. A sweep notes it with each look; whether a 404 from there may
 * end a run rests on it (protocol.md section 6). Pure.
 */
import { BY_TURNS_MS, STEADY_GAP_MS } from '../limits.ts';
import type { RunHead } from './run.ts';

/** One JobManager process that has answered. Times are UTC ms. */
interface Answerer {
  /** Its `web.tmpdir`; empty when it does not say. */
  readonly jmId: string;
  readonly firstAt: number;
  /** Since when no other one has answered. */
  readonly aloneSince: number;
  readonly lastAt: number;
}

export interface ClusterNotes {
  readonly lastSeenAt: number | null;
  readonly unreachableSince: number | null;
  /** Since when every look was answered, with no long pause between two of them; null: the last one was not. */
  readonly answeringSince: number | null;
  /** The one that answered last comes first. */
  readonly answerers: readonly Answerer[];
}

export const NO_NOTES: ClusterNotes = { lastSeenAt: null, unreachableSince: null, answeringSince: null, answerers: [] };

const MAX_ANSWERERS = 8;

/** `answeredBy` undefined: nobody answered; null: somebody who does not say who. */
export function noteLook(notes: ClusterNotes, askedAt: number, answeredBy: string | null | undefined): ClusterNotes {
  if (answeredBy === undefined) {
    return { ...notes, unreachableSince: notes.unreachableSince ?? askedAt, answeringSince: null };
  }
  const at = Math.max(askedAt, notes.lastSeenAt ?? 0);
  const isBreak = notes.answeringSince === null || at - (notes.lastSeenAt ?? 0) > STEADY_GAP_MS;
  return {
    lastSeenAt: at,
    unreachableSince: null,
    answeringSince: isBreak ? at : notes.answeringSince,
    answerers: noteAnswerer(notes.answerers, at, answeredBy ?? ''),
  };
}

function noteAnswerer(answerers: readonly Answerer[], at: number, jmId: string): Answerer[] {
  const known = answerers.find((one) => one.jmId === jmId);
  const [last] = answerers;
  const aloneSince = last?.jmId === jmId ? last.aloneSince : at;
  const now = { jmId, firstAt: known?.firstAt ?? at, aloneSince, lastAt: at };
  const others = answerers.filter((one) => one.jmId !== jmId && at - one.lastAt <= BY_TURNS_MS);
  return [now, ...others].slice(0, MAX_ANSWERERS);
}

/** How far the one that answers can be relied on to be the only one. */
export interface Steadiness {
  /** Since when (UTC ms) it has answered steadily; null: that is not known. */
  readonly since: number | null;
  /** Others have answered at this address in between: it is shared, and a 404 of one says nothing about the others' jobs. */
  readonly byTurns: boolean;
}

export const NOT_STEADY: Steadiness = { since: null, byTurns: false };

/** A process that is known to have answered at a time (UTC ms), whether a sweep noted it or not. */
export interface Sight {
  readonly jmId: string | null;
  readonly at: number;
}

/** The JobManager that the run was sent to first. The new run of a restart has waited before that. */
export function identifiedIn({ jmId, intentAt, sentAt, follows }: RunHead): Sight {
  return { jmId, at: follows === null ? intentAt : sentAt };
}

/**
 * With high availability every process speaks for the leader, so they may answer by turns; but a new one means that the
 * leader may have changed.
 */
export function steadinessOf(notes: ClusterNotes, highAvailability: boolean, sight: Sight): Steadiness {
  const [current, ...others] = notes.answerers;
  if (current === undefined || notes.answeringSince === null) return NOT_STEADY;
  if (highAvailability) {
    const newest = Math.max(...notes.answerers.map(({ firstAt }) => firstAt));
    return { since: Math.max(notes.answeringSince, newest), byTurns: false };
  }
  // The first sweep may come after another process has taken its place.
  const firstAt = sight.jmId === current.jmId ? Math.min(current.firstAt, sight.at) : current.firstAt;
  const byTurns = others.some(({ lastAt }) => lastAt > firstAt);
  return { since: Math.max(notes.answeringSince, current.aloneSince), byTurns };
}

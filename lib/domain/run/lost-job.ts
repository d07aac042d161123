/**
 * Runs whose job Flink had shown and does not show any more: when that is doubted, when it is believed, and what is said
 * about it meanwhile (protocol.md section 6). Pure.
 */
import { LOST_AFTER_HA_MS, LOST_AFTER_MS } from '../limits.ts';
import { shownAddress } from '../secrets/shown-address.ts';
import { wireTime } from '../time.ts';
import type { RunHead } from './run.ts';
import { isFinal } from './status.ts';

export function isConfirmed({ status }: RunHead): boolean {
  return status !== 'INITIALIZING' && !isFinal(status);
}

/** How long another JobManager must answer before the run is given up. */
export function lostAfterMs({ lostAfterMs: own, highAvailability }: RunHead): number {
  return own ?? (highAvailability ? LOST_AFTER_HA_MS : LOST_AFTER_MS);
}

/** Whether this process would know the job if it still were there: without high availability the one that showed it. */
export function isProof({ shownBy, highAvailability }: RunHead, jmId: string | null): boolean {
  return !highAvailability && jmId !== null && jmId === shownBy;
}

/** Somebody answers at its address who does not know the job, and that proves nothing yet. */
export function isDoubted(head: RunHead): boolean {
  if (!isConfirmed(head) || head.deployment !== null || head.missedAt === null || head.missedBy === null) return false;
  return !isProof(head, head.missedBy.jmId);
}

/** It ended UNKNOWN although Flink had taken its job: the job may show itself again. */
export function isLost({ status, kind, deployment, missedAt, submitStatus }: RunHead): boolean {
  if (status !== 'UNKNOWN' || kind !== 'job' || deployment !== null) return false;
  // Earlier versions did not keep since when it was missed.
  return missedAt !== null || submitStatus === 'SUCCESS';
}

/** Nobody has its place yet, so that it can be followed again. */
export function isRevivable(head: RunHead): boolean {
  return isLost(head) && head.active !== null && head.givenUpFor === null;
}

/** "another JobManager answers at jm:8081"; or the same, of which it proves nothing. */
export function whoAnswers(head: Pick<RunHead, 'shownBy' | 'jmId' | 'highAvailability'>, by: MissedBy): string {
  const known = head.shownBy ?? head.jmId;
  if (by.jmId === null || by.jmId !== known) return `another JobManager answers at ${shownAddress(by.address)}`;
  return `the JobManager at ${shownAddress(by.address)} answers${head.highAvailability ? ' (which proves nothing with high availability)' : ''}`;
}

type MissedBy = NonNullable<RunHead['missedBy']>;

/** What the sweep saw of a doubted run, and advice; null for every other run. */
export function doubtText(head: RunHead, timeZone: string): string | null {
  // Stryker disable next-line ConditionalExpression,LogicalOperator: the compiler does not know that isDoubted asks for both
  if (!isDoubted(head) || head.missedBy === null || head.missedAt === null) return null;
  const since = wireTime(head.missedAt, timeZone);
  const end = wireTime(head.missedAt + lostAfterMs(head), timeZone);
  const seen = `${whoAnswers(head, head.missedBy)} since ${since} and does not know job ${head.jobId ?? ''}`;
  const then = `Unless the job reappears, run ${head.id} ends as lost (UNKNOWN) at ${end} or later`;
  return `${seen}. ${then}. If the job is gone, run "dinghy resolve ${head.id} --lost" now and submit again`;
}

/**
 * When the job of a run was last seen in Flink: as the run's head says, or later, by a sweep. A sweep that finds all runs of
 * a cluster as they are recorded writes none of them. It keeps its time with the cluster. Pure.
 */
import type { RunHead } from './run.ts';
import { isFinal } from './status.ts';

/**
 * Whether a sweep that has seen all of the cluster has seen this job: it would have noted in the head that it had not. Of
 * clusters that runs have for themselves nothing is kept.
 */
export function isSeenBySweeps({ status, jobId, deployment, missedAt, unreachableSince }: RunHead): boolean {
  if (status === 'INITIALIZING' || isFinal(status) || jobId === null || deployment !== null) return false;
  return missedAt === null && unreachableSince === null;
}

/** The head with the time of a sweep (UTC ms), where that has seen the job later than the head says. */
export function withSweep(head: RunHead, sweptAt: number | null): RunHead {
  if (sweptAt === null || sweptAt <= (head.lastSeenAt ?? 0) || !isSeenBySweeps(head)) return head;
  return { ...head, lastSeenAt: sweptAt };
}

/** Longer than the time between two notes of polls, or of sweeps, of a job that is seen by them. */
const LONG_AGO_MS = 2 * 60_000;

/** Whether it is worth a read to know when a sweep saw the job: nobody has polled the run for a while. */
export function isSeenLongAgo(head: RunHead, now: number): boolean {
  return isSeenBySweeps(head) && now - (head.lastSeenAt ?? 0) > LONG_AGO_MS;
}

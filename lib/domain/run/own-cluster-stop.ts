/**
 * A stop of a run that has a cluster of its own (protocol.md sections 11 and 12): the cluster goes away with its job, so that
 * the answer to the stop is the last that is heard of it. Pure.
 */
import type { HeadChange, RunHead } from './run.ts';
import type { SavepointWish } from './savepoint-trigger.ts';

/** After the end of the cluster, nobody can say what became of the savepoint. */
export function goesWithItsJob({ deployment }: RunHead, { type }: SavepointWish): boolean {
  return deployment !== null && type !== 'trigger';
}

/** Flink says that a stop is done when all tasks have ended. Of a cancel with a savepoint it says so before the end. */
export function endedByStop(head: RunHead, wish: SavepointWish, now: number): HeadChange {
  if (head.deployment === null || wish.type !== 'stop' || wish.state !== 'done') return {};
  const seen = { lastSeenAt: now, unreachableSince: null, missedAt: null, missedBy: null };
  return { status: 'FINISHED', finishedAt: now, active: null, open: [], ...seen };
}

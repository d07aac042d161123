/**
 * Numbers for runs, above all that are in use. The counter of a restored or copied table may lag behind its runs: then it
 * is raised, because numbers tried one by one could all be taken.
 */
import type { JobStore } from '../../domain/ports.ts';
import type { TaskClaims } from '../../domain/run/claims.ts';
import type { RunHead } from '../../domain/run/run.ts';

/** `claims` must have been read before: every number in it was drawn earlier, so that a sound counter is past it. */
export async function firstRunNumber(store: JobStore, claims: TaskClaims): Promise<number> {
  const number = await store.nextRunId();
  const newest = Math.max(0, claims.latestRunId ?? 0, ...Object.values(claims.claims));
  return number > newest ? number : await above(store, newest);
}

/** How far the first leap goes; each further one goes twice as far. */
const FIRST_LEAP = 8;

/** `takenBy`: the head at the number that was drawn; `leaps`: how many were taken like this before. */
export async function runNumberAfter(store: JobStore, takenBy: RunHead, leaps: number): Promise<number> {
  // Made void by a waiting repeat a moment ago: the counter is right.
  if (takenBy.status === 'VOID') return await store.nextRunId();
  return await above(store, takenBy.id + FIRST_LEAP * 2 ** leaps);
}

async function above(store: JobStore, number: number): Promise<number> {
  await store.raiseRunCounter(number);
  return await store.nextRunId();
}

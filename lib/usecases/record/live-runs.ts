/** The live runs of a task: by their records, and the latest one as Flink shows it. */
import type { JobStore } from '../../domain/ports.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { isFinal } from '../../domain/run/status.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';
import { readHeads, type UnreadableRun } from './read-heads.ts';
import { type RecordDeps, recordSeen } from './record.ts';
import { look, type Seen } from './refresh.ts';

const READ_AT_ONCE = 25;
/** For one run: without an answer within this time, Flink counts as out of reach. */
const ASK_WITHIN_MS = 3_000;

export interface LiveRuns {
  /** Live by their records, newest first. */
  readonly live: RunHead[];
  /** Runs that a claim names and whose record can't be read: they may be live. */
  readonly unreadable: UnreadableRun[];
}

export async function liveRuns(store: JobStore, taskId: number): Promise<LiveRuns> {
  const { claims, latestRunId } = await store.readTask(taskId);
  const ids = [...new Set([...Object.values(claims), ...(latestRunId === null ? [] : [latestRunId])])];
  ids.sort((a, b) => b - a);
  const [live, unreadable]: [RunHead[], UnreadableRun[]] = [[], []];
  while (ids.length > 0) {
    const read = await readHeads(store, ids.splice(0, READ_AT_ONCE));
    // In a restored or copied table a number may belong to a run of another task.
    live.push(...read.heads.filter((head) => head.taskId === taskId && !isFinal(head.status)));
    unreadable.push(...read.unreadable);
  }
  return { live, unreadable };
}

/**
 * A record may be older than the end of its job, so Flink is asked, from the newest run on: one that has ended is recorded
 * and skipped. Only what Flink shows counts: while it can't be asked, or shows no job, the run is not known to have ended.
 */
export async function latestLive(
  deps: RecordDeps,
  live: readonly RunHead[],
  budget: Budget,
): Promise<LatestLive | null> {
  for (const [at, head] of live.entries()) {
    const seen = await seenInFlink(deps, head, budget);
    if (!seen.hasEnded) return { latest: seen.head, seen: seen.as, older: live.slice(at + 1) };
  }
  return null;
}

export interface LatestLive {
  readonly latest: RunHead;
  /** The job as Flink showed it. */
  readonly seen: Seen['kind'];
  /** Live by their records. */
  readonly older: readonly RunHead[];
}

interface SeenRun {
  readonly head: RunHead;
  readonly as: Seen['kind'];
  readonly hasEnded: boolean;
}

async function seenInFlink(deps: RecordDeps, head: RunHead, budget: Budget): Promise<SeenRun> {
  // Without an address there is nobody to ask.
  if (head.address === '') return { head, as: 'notAsked', hasEnded: false };
  return await withinBudget(deps.clock, Math.min(ASK_WITHIN_MS, budget.remainingMs()), async (asking) => {
    const seen = await look(deps, head, asking);
    if (seen.kind !== 'job') return { head, as: seen.kind, hasEnded: false };
    const found = { ...head, address: seen.address };
    const recorded = await recordSeen(deps, found, seen.job, { observer: 'poll', signal: asking.signal });
    return { head: recorded, as: 'job', hasEnded: seen.job.endedAt !== null || isFinal(recorded.status) };
  });
}

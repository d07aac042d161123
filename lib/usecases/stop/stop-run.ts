/**
 * Stops one run, or takes a savepoint of it (protocol.md section 12). The wish is durable before Flink hears of it; what
 * outlasts the budget goes on, and is recorded by the reconciler or a poll.
 */
import type { Requester } from '../../domain/access/principal.ts';
import { AppError } from '../../domain/errors.ts';
import type { Ids } from '../../domain/ports.ts';
import { liveOf } from '../../domain/run/active-partitions.ts';
import { isSavedForRestart } from '../../domain/run/restart.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { failedWish, wantsSavepoint, wasStopped } from '../../domain/run/savepoint-wish.ts';
import { isFinal } from '../../domain/run/status.ts';
import { decideStop, type StopHow } from '../../domain/run/stop.ts';
import { pursueSavepoint } from '../record/pursue-savepoint.ts';
import { type RecordDeps, sendCancel } from '../record/record.ts';
import { seenNow } from '../record/refresh.ts';
import { writeHead } from '../record/write-head.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';
import { growingPauses } from '../waiting/growing-pauses.ts';
import { awaitTasks } from './await-tasks.ts';

export interface StopDeps extends RecordDeps {
  readonly ids: Ids;
}

export interface Stopping {
  readonly how: StopHow;
  readonly requester: Requester;
}

export interface Stopped {
  readonly run: RunHead;
  /** Why Flink could not be reached; the reconciler repeats the request. Null: Flink has it, or there is none. */
  readonly untold: string | null;
}

/** The wish is durable; a caller need not wait for a Flink that hangs. */
const SEND_WITHIN_MS = 3_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

export async function stopRun(deps: StopDeps, head: RunHead, stopping: Stopping, budget: Budget): Promise<Stopped> {
  const asked = await recordStopRequest(deps, head, stopping);
  const pursued = await awaitSavepoint(deps, asked, budget);
  const run = await dropUnsent(deps, asked, pursued);
  if (isFinal(run.status) || wantsSavepoint(run)) return { run, untold: null };
  if (stopping.how !== 'cancel' && wasStopped(run)) {
    return { run: await awaitEnd(deps, run, budget), untold: null };
  }
  return { run, untold: run.cancelAskedAt === null ? null : await sendStop(deps, run, budget) };
}

/** Writes the wish, on condition of the version that it was decided from. */
async function recordStopRequest(
  { store, clock, ids }: StopDeps,
  head: RunHead,
  { how, requester }: Stopping,
): Promise<RunHead> {
  let current = head;
  for (;;) {
    const decision = decideStop(current, { how, by: requester.caller, now: clock.now(), triggerId: ids.jobId() });
    if (decision.kind === 'refuse') throw unfit(current, decision.why);
    if (decision.kind !== 'write') return current;
    const asked = await store.updateHead(current, decision.change, decision.cause, requester);
    if (asked !== null) return asked;
    const there = await store.readHead(current.id);
    if (there === null) return current;
    current = there;
  }
}

export function unfit({ id, taskId }: RunHead, why: string): AppError {
  return new AppError('run.conflict', `Run ${id} of task ${taskId} ${why}. Nothing was changed.`);
}

/** Until Flink has said what became of it, or the time is up. */
async function awaitSavepoint(deps: StopDeps, asked: RunHead, budget: Budget): Promise<RunHead> {
  await awaitTasks(deps, asked, budget);
  const nextPauseMs = growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  let run = asked;
  while (budget.isOpen() && wantsSavepoint(run)) {
    run = await pursueSavepoint(deps, run, budget.signal);
    if (!wantsSavepoint(run) || run.savepoint.firstSentAt === null) break;
    await budget.sleep(nextPauseMs());
  }
  return run;
}

/**
 * Flink was out of reach, so that it has never heard of the savepoint. Where the job may go on, the caller is told; a run
 * that must end waits for Flink. A savepoint that somebody else has asked for meanwhile, or that a restart asks for, is theirs.
 */
async function dropUnsent({ store }: StopDeps, asked: RunHead, run: RunHead): Promise<RunHead> {
  if (run.savepoint?.triggerId !== asked.savepoint?.triggerId || isSavedForRestart(run)) return run;
  if (!wantsSavepoint(run) || run.savepoint.firstSentAt !== null || run.cancelAskedAt !== null) return run;
  const savepoint = failedWish(run.savepoint, "Flink can't be reached, so it was not asked");
  const change = { savepoint, active: liveOf({ ...run, savepoint }) };
  const cause = 'no savepoint, the job goes on: Flink could not be reached';
  return await writeHead(store, run, { change, cause });
}

/** The savepoint is complete, and Flink ends the job. */
async function awaitEnd(deps: StopDeps, stopped: RunHead, budget: Budget): Promise<RunHead> {
  const nextPauseMs = growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  return await withinBudget(deps.clock, Math.min(SEND_WITHIN_MS, budget.remainingMs()), async (waiting) => {
    let run = stopped;
    while (waiting.isOpen() && !isFinal(run.status)) {
      run = await seenNow(deps, run, waiting);
      if (!isFinal(run.status)) await waiting.sleep(nextPauseMs());
    }
    return run;
  });
}

/** Without a confirmed job there is none to cancel: whoever confirms it sees the wish. A preview is never confirmed. */
async function sendStop(deps: StopDeps, run: RunHead, budget: Budget): Promise<string | null> {
  if (run.status === 'INITIALIZING' && run.kind !== 'preview') return null;
  return await withinBudget(deps.clock, Math.min(SEND_WITHIN_MS, budget.remainingMs()), ({ signal }) =>
    sendCancel(deps, run, signal),
  );
}

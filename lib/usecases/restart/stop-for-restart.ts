/** Stops the old run of a restart, and waits until the new one may start (protocol.md section 13). */
import type { Requester } from '../../domain/access/principal.ts';
import { isSavedForRestart, isWaiting, wantsRestart } from '../../domain/run/restart.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { wantsSavepoint } from '../../domain/run/savepoint-wish.ts';
import { isFinal } from '../../domain/run/status.ts';
import { pursueForRestart } from '../record/pursue-savepoint.ts';
import { sendCancel } from '../record/record.ts';
import { seenNow } from '../record/refresh.ts';
import { writeHead } from '../record/write-head.ts';
import { awaitTasks } from '../stop/await-tasks.ts';
import { abortRestart, continueRestart } from '../stop/continue-restart.ts';
import type { SubmitDeps } from '../submit/submission.ts';
import type { Budget } from '../waiting/budget.ts';
import { growingPauses } from '../waiting/growing-pauses.ts';
import type { BegunRestart } from './begin-restart.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** Gives the new run: it may be sent, has ended, or still waits. */
export async function stopForRestart(
  deps: SubmitDeps,
  { old: named, waiting: first }: BegunRestart,
  requester: Requester,
  budget: Budget,
): Promise<RunHead> {
  await awaitTasks(deps, named, budget);
  const nextPauseMs = growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  let old = named;
  let waiting = first;
  while (budget.isOpen()) {
    const isGiven = first.savePointPath !== null;
    old = await stopFurther(deps, old, { requester, isGiven, newRunId: first.id }, budget);
    waiting = await continueRestart(deps, (await deps.store.readHead(waiting.id)) ?? waiting);
    if (!isWaiting(waiting)) return waiting;
    await budget.sleep(nextPauseMs());
  }
  return waiting;
}

interface HowToStop {
  readonly requester: Requester;
  /** The request names the path to start from: the old run needs no savepoint. */
  readonly isGiven: boolean;
  readonly newRunId: number;
}

async function stopFurther(
  deps: SubmitDeps,
  old: RunHead,
  { requester, isGiven, newRunId }: HowToStop,
  budget: Budget,
): Promise<RunHead> {
  const { signal } = budget;
  // Stryker disable next-line ConditionalExpression: what has ended names no restart to stop it for, or the wait is over
  if (isFinal(old.status)) return old;
  if (!isFor(old, newRunId)) return old;
  if (!wantsSavepoint(old) || !isSavedForRestart(old)) {
    const stopping = isGiven ? await endWithout(deps, old, requester) : old;
    const seen = await seenNow(deps, stopping, budget);
    if (!isFinal(seen.status) && seen.cancelAskedAt !== null) await sendCancel(deps, seen, signal);
    return seen;
  }
  const pursued = await pursueForRestart(deps, old, signal);
  // Flink was out of reach: it has never heard of the stop, so that the old run goes on.
  if (isFor(pursued, newRunId) && wantsSavepoint(pursued) && pursued.savepoint.firstSentAt === null) {
    await abortRestart(deps.store, pursued, "Flink can't be reached");
    return (await deps.store.readHead(old.id)) ?? pursued;
  }
  return pursued;
}

/** Another restart of it is somebody else's business. */
function isFor(old: RunHead, newRunId: number): boolean {
  return wantsRestart(old) && old.restart.runId === newRunId;
}

async function endWithout({ store, clock }: SubmitDeps, old: RunHead, requester: Requester): Promise<RunHead> {
  if (old.cancelAskedAt !== null) return old;
  const change = { cancelAskedAt: clock.now(), cancelAskedBy: requester.caller };
  return await writeHead(store, old, {
    change,
    cause: `cancel asked by ${requester.caller}, for a restart`,
    requester,
  });
}

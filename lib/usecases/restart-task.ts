/**
 * Restarts a task (protocol.md section 13): its live run is stopped with a savepoint, and another one starts from that, by the
 * current definition. All that can be refused is refused before anything is stopped.
 */
import type { Requester } from '../domain/access/principal.ts';
import type { SubmittedRun } from '../domain/answer.ts';
import { AppError } from '../domain/errors.ts';
import { SAME_CANCEL_MS } from '../domain/limits.ts';
import { isWaiting, mayBeSentFirst } from '../domain/run/restart.ts';
import type { RestartRequest } from '../domain/run/restart-request.ts';
import type { RunHead } from '../domain/run/run.ts';
import { refuseHidden } from './cancel-task.ts';
import { loadTask, readTask } from './load-task.ts';
import { resend } from './reconcile/resend.ts';
import { type LatestLive, latestLive, liveRuns } from './record/live-runs.ts';
import { beginRestart, type BegunRestart } from './restart/begin-restart.ts';
import { statementCheck } from './restart/check-statements.ts';
import { prepareRestart } from './restart/prepare-restart.ts';
import { refuseUnfit } from './restart/refuse-restart.ts';
import { restartUnderWay } from './restart/restart-under-way.ts';
import { stopForRestart } from './restart/stop-for-restart.ts';
import { unfit } from './stop/stop-run.ts';
import { awaitOutcome } from './submit/await-outcome.ts';
import { readDetails } from './submit/read-details.ts';
import type { SubmitDeps, SubmitScope } from './submit/submission.ts';
import { type Budget, withinBudget } from './waiting/budget.ts';
import { storesWithin } from './waiting/stores-within.ts';

export function restartTask(
  unbound: SubmitDeps,
): (request: RestartRequest, scope: SubmitScope) => Promise<SubmittedRun> {
  return (request, scope) =>
    withinBudget(unbound.clock, scope.budgetMs, async (budget) => {
      const deps = storesWithin(unbound, budget.signal);
      const { caller } = scope;
      const checkStatements = statementCheck(deps);
      for (;;) {
        const found = await runToRestart(deps, request, budget);
        const old = found.latest;
        const waiting = await restartUnderWay(deps.store, old, budget);
        const newest = waiting ?? old;
        if (isRepeat(newest, request, { caller, now: deps.clock.now() }))
          return await answer(deps, newest, true, budget);
        if (waiting !== null) throw unfit(old, `is being restarted already, as run ${waiting.id}`);
        refuseUnfit(deps, found, caller);
        const loaded = await loadTask(deps.definitions, deps.settings, request.taskId);
        const prepared = await prepareRestart(deps, old, { request, loaded }, budget);
        await checkStatements(prepared, budget);
        const begun = await beginRestart(deps, old, { ...prepared, requester: scope }, budget);
        if (begun !== null) return await answer(deps, await finish(deps, begun, scope, budget), false, budget);
        if (!budget.isOpen()) throw changing(old);
      }
    });
}

async function runToRestart(deps: SubmitDeps, { taskId }: RestartRequest, budget: Budget): Promise<LatestLive> {
  const { live, unreadable } = await liveRuns(deps.store, taskId);
  const found = await latestLive(deps, live, budget);
  refuseHidden(taskId, found?.latest ?? null, unreadable);
  if (found !== null) return found;
  await readTask(deps.definitions, taskId);
  const hint = 'Start it with submitTask.';
  throw new AppError('run.notFound', `Job Instance Not Exist: task ${taskId} has no live run to restart. ${hint}`);
}

/** A client whose connection was dropped sends a GET again, although it was delivered. */
function isRepeat(
  run: RunHead,
  { savePointPath }: RestartRequest,
  { caller, now }: { readonly caller: string; readonly now: number },
): boolean {
  if (run.follows === null) return false;
  if (run.follows.isGiven ? savePointPath !== run.savePointPath : savePointPath !== null) return false;
  return isWaiting(run) || (run.createdBy === caller && now - run.intentAt < SAME_CANCEL_MS);
}

/** Stops the old run, and starts the new one; what outlasts the budget is left to the reconciler. */
async function finish(deps: SubmitDeps, begun: BegunRestart, requester: Requester, budget: Budget): Promise<RunHead> {
  const ready = await stopForRestart(deps, begun, requester, budget);
  if (!mayBeSentFirst(ready) || !budget.isOpen()) return ready;
  await resend(deps, ready, begun.body, budget);
  return (await deps.store.readHead(ready.id)) ?? ready;
}

async function answer(deps: SubmitDeps, given: RunHead, duplicate: boolean, budget: Budget): Promise<SubmittedRun> {
  const head = await awaitOutcome(deps, given, budget);
  const { body, result } = await readDetails(deps.store, head, budget);
  if (body === null)
    throw new AppError('store.unavailable', `Run ${head.id} of task ${head.taskId} can't be read now.`);
  // A path that the task names is not where this run starts from.
  const shown = { ...body, jobConfig: { ...body.jobConfig, savePointPath: head.savePointPath } };
  return { head, body: shown, result, duplicate, dedupeSeconds: 0, keyed: false };
}

function changing({ id, taskId }: RunHead): AppError {
  return new AppError('run.conflict', `Run ${id} of task ${taskId} kept changing. Nothing was stopped. Try again.`);
}

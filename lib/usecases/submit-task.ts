/**
 * One submit, from the request to the answer (how-a-submit-travels.md). Nothing is left running when this
 * returns: each scope ends what it has begun.
 *
 *   withinBudget     the time that the request has; every wait ends with it
 *     withFlink      session, JobManager and jar, reached side by side; closed and released at the end
 * withSteps    the statements before the job; begun early, and ended if they are not needed
 *         claim, intent, send, record: submission.ts, then send/drive-run.ts
 */
import type { SubmittedRun } from '../domain/answer.ts';
import { prepareRun, type TaskParts } from '../domain/plan/prepare-run.ts';
import type { SubmitRequest } from '../domain/run/submit-request.ts';
import { withFlink } from './connect/reach-flink.ts';
import { loadParts, loadTask, loadUnstored } from './load-task.ts';
import { Submission, type SubmitDeps, type SubmitScope } from './submit/submission.ts';
import { type Budget, withinBudget } from './waiting/budget.ts';
import { sideBySide } from './waiting/side-by-side.ts';
import { storesWithin } from './waiting/stores-within.ts';

export function submitTask(deps: SubmitDeps): (request: SubmitRequest, scope: SubmitScope) => Promise<SubmittedRun> {
  return (request, scope) =>
    withinBudget(deps.clock, scope.budgetMs, (budget) =>
      submit(storesWithin(deps, budget.signal), request, scope, budget),
    );
}

async function submit(
  deps: SubmitDeps,
  request: SubmitRequest,
  scope: SubmitScope,
  budget: Budget,
): Promise<SubmittedRun> {
  const [loaded, claims] = await sideBySide(load(deps, request), deps.store.readTask(request.taskId));
  const prepared = prepareRun({ ...deps.settings, ...loaded, request });
  const { target, plan } = prepared;
  const submission = new Submission(deps, request, scope, prepared, budget);
  const view = await withFlink(deps, { target, plan }, budget, (flink) => submission.run(claims, flink));
  return { ...view, dedupeSeconds: prepared.task.dedupeSeconds, keyed: request.key !== null };
}

function load({ definitions, settings }: SubmitDeps, { taskId, unstored, task }: SubmitRequest): Promise<TaskParts> {
  if (task !== undefined) return loadParts(definitions, settings, task);
  if (unstored === undefined) return loadTask(definitions, settings, taskId);
  return loadUnstored(definitions, settings, unstored.fields, taskId);
}

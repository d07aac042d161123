/**
 * One submit, from the request to the answer (design.md, "The way of one submit"). Nothing is left running when this
 * returns.
 */
import { type RunView, isAccepted } from '../domain/answer.ts';
import { AppError } from '../domain/errors.ts';
import { prepareRun } from '../domain/prepare-run.ts';
import { type Budget, withinBudget } from './budget.ts';
import { loadTask } from './load-task.ts';
import { withFlink } from './open-flink.ts';
import { sideBySide } from './side-by-side.ts';
import { type SubmitDeps, type SubmitRequest, type SubmitScope, Submission } from './submission.ts';

export type { SubmitDeps, SubmitRequest, SubmitScope };

export interface SubmittedRun extends RunView {
  readonly dedupeSeconds: number;
  /** The request brought a key: under it no other run is possible for a day. */
  readonly keyed: boolean;
}

export function submitTask(deps: SubmitDeps): (request: SubmitRequest, scope: SubmitScope) => Promise<SubmittedRun> {
  return (request, scope) =>
    withinBudget(deps.clock, scope.budgetMs, async (budget) => {
      try {
        const run = await submit(deps, request, scope, budget);
        if (!isAccepted(run.head)) await markRefusal(deps, request, scope);
        return run;
      } catch (error) {
        await markRefusal(deps, request, scope);
        throw error;
      }
    });
}

async function submit(
  deps: SubmitDeps,
  request: SubmitRequest,
  scope: SubmitScope,
  budget: Budget,
): Promise<SubmittedRun> {
  const [loaded, claims] = await sideBySide(
    loadTask(deps.definitions, deps.settings, request.taskId),
    deps.store.readTask(request.taskId),
  );
  const prepared = prepareRun({ ...loaded, request, flinkConfig: deps.settings.flinkConfig });
  const { target, plan } = prepared;
  const submission = new Submission(deps, request, scope, prepared, budget);
  const view = await withFlink(deps, target, plan, budget, (flink) => submission.run(claims, flink));
  return { ...view, dedupeSeconds: prepared.task.dedupeSeconds, keyed: request.key !== null };
}

/**
 * A client that was told of a failure cancels the task (DolphinScheduler does): the mark keeps that cancel from another,
 * healthy run (protocol.md section 7).
 */
async function markRefusal(
  { keys, log }: SubmitDeps,
  { taskId }: SubmitRequest,
  { caller }: SubmitScope,
): Promise<void> {
  try {
    await keys.markRefusal(caller, taskId);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn('refusal not marked', { taskId, error: error.message });
  }
}

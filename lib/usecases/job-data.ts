/** The rows of a preview, by the id of its job. */
import type { RunView } from '../domain/answer.ts';
import { AppError } from '../domain/errors.ts';
import type { Clock, JobStore } from '../domain/ports.ts';
import type { ReadScope } from './read-scope.ts';
import { withinBudget } from './waiting/budget.ts';

interface JobDataDeps {
  readonly store: JobStore;
  readonly clock: Clock;
}

/** @throws AppError run.notFound: no preview has this job */
export function jobData({ store: unbound, clock }: JobDataDeps) {
  return ({ jobId }: { readonly jobId: string }, { budgetMs, maySee }: ReadScope): Promise<RunView> =>
    withinBudget(clock, budgetMs, async ({ signal }) => {
      const store = unbound.within(signal);
      const runId = await store.runOfPreview(jobId);
      const head = runId === null ? null : await store.readHead(runId);
      const body = head === null ? null : await store.readBody(head);
      if (head === null || body === null || !maySee(head.taskId)) throw notFound(jobId);
      return { head, body, result: await store.readResult(head.id), duplicate: false };
    });
}

function notFound(jobId: string): AppError {
  const hint =
    'Give the jobId of a SELECT, as submitTask returned it. Rows are there once the submit has been answered.';
  return new AppError('run.notFound', `Job Instance Not Exist: no preview has the job ${jobId}. ${hint}`);
}

/**
 * A poll (protocol.md section 7): one read of HEAD. In each interval (1 s for a young run, at most 5 s) one caller asks
 * Flink, within 500 ms. No answer ever fails because Flink does.
 */
import type { RunDetails } from '../domain/answer.ts';
import { AppError } from '../domain/errors.ts';
import { BUDGET_MS } from '../domain/limits.ts';
import type { DefinitionReader } from '../domain/ports.ts';
import type { RunHead } from '../domain/run/run.ts';
import { readTask } from './load-task.ts';
import type { ReadScope } from './read-scope.ts';
import { type RecordDeps } from './record/record.ts';
import { lastSeen, refreshed } from './record/refresh.ts';
import { type Budget, withinBudget } from './waiting/budget.ts';
import { storesWithin } from './waiting/stores-within.ts';

const ALONE: ReadScope = { budgetMs: BUDGET_MS, maySee: () => true };

type Poll<Answer> = (input: { readonly id: number }, scope?: ReadScope) => Promise<Answer>;

export function getJobInstance(unbound: RecordDeps): Poll<RunHead> {
  return ({ id }, { budgetMs, maySee } = ALONE) =>
    withinBudget(unbound.clock, budgetMs, async (budget) => {
      const deps = storesWithin(unbound, budget.signal);
      return await shownNow(deps, await readRun(deps, id, maySee), budget);
    });
}

/** The same with the statement that was sent. */
export function getRun(unbound: RecordDeps): Poll<RunDetails> {
  return ({ id }, { budgetMs, maySee } = ALONE) =>
    withinBudget(unbound.clock, budgetMs, async (budget) => {
      const deps = storesWithin(unbound, budget.signal);
      const head = await readRun(deps, id, maySee);
      const [shown, body] = await Promise.all([shownNow(deps, head, budget), deps.store.readBody(head)]);
      return { head: shown, body };
    });
}

/** The state in Flink now, if no poll of the last minutes has seen the job, although a sweep may have. */
async function shownNow(deps: RecordDeps, head: RunHead, budget: Budget): Promise<RunHead> {
  return await lastSeen(deps, await refreshed(deps, head, budget));
}

/** For a task that the caller may use. @throws AppError run.notFound */
export async function readRun({ store }: RecordDeps, id: number, maySee: ReadScope['maySee']): Promise<RunHead> {
  const head = await store.readHead(id);
  if (head === null || head.status === 'VOID' || !maySee(head.taskId)) {
    throw new AppError(
      'run.notFound',
      `Job Instance Not Exist: there is no run ${id}. Check the id that submitTask returned.`,
    );
  }
  return head;
}

/** Null: the task exists and was never run. */
export function getJobInstanceByTaskId(
  unbound: RecordDeps & { readonly definitions: DefinitionReader },
): Poll<RunHead | null> {
  return ({ id }, { budgetMs } = ALONE) =>
    withinBudget(unbound.clock, budgetMs, async (budget) => {
      const deps = storesWithin(unbound, budget.signal);
      const head = await latestRun(deps, id);
      if (head !== null) return await shownNow(deps, head, budget);
      // Runs outlive their task, so it is read only where there is none.
      await readTask(deps.definitions, id);
      return null;
    });
}

/** The newest number may have been claimed a moment ago, or never have become a run; then the one before it counts. */
async function latestRun({ store }: RecordDeps, taskId: number): Promise<RunHead | null> {
  const { latestRunId } = await store.readTask(taskId);
  if (latestRunId === null) return null;
  const head = await store.readHead(latestRunId);
  if (isShown(head, taskId)) return head;
  for (const runId of await store.runsOfTask(taskId)) {
    const earlier = await store.readHead(runId);
    if (isShown(earlier, taskId)) return earlier;
  }
  return null;
}

/** In a restored or copied table the number may have become a run of another task. */
function isShown(head: RunHead | null, taskId: number): head is RunHead {
  return head !== null && head.status !== 'VOID' && head.taskId === taskId;
}

/** The first step of every call that explains a task: reads the task, stored or not, and all that it refers to. */
import { type DescribedTask, withoutTaskNumber } from '../domain/definition/described-task.ts';
import { AppError } from '../domain/errors.ts';
import type { DeploymentSettings } from '../domain/options/deployment-settings.ts';
import type { PrepareInput, TaskParts } from '../domain/plan/prepare-run.ts';
import type { Clock, DefinitionReader } from '../domain/ports.ts';
import { loadParts, loadTask, loadUnstored, storedTask } from './load-task.ts';
import { type Budget, withinBudget } from './waiting/budget.ts';
import { storesWithin } from './waiting/stores-within.ts';

export interface InspectDeps {
  readonly definitions: DefinitionReader;
  readonly settings: DeploymentSettings;
  readonly clock: Clock;
}

export interface TaskToInspect {
  /** A stored task's id, or a task described by the request. */
  readonly task: number | DescribedTask;
  readonly variables: Readonly<Record<string, string>>;
}

export async function inspectTask<Deps extends InspectDeps, T>(
  unbound: Deps,
  { task, variables }: TaskToInspect,
  { budgetMs }: { readonly budgetMs: number },
  work: (deps: Deps, input: PrepareInput, budget: Budget) => Promise<T>,
): Promise<T> {
  try {
    return await withinBudget(unbound.clock, budgetMs, async (budget) => {
      const deps = storesWithin(unbound, budget.signal);
      const parts = await (typeof task === 'number'
        ? loadTask(deps.definitions, deps.settings, task)
        : load(deps, task));
      const { flinkConfig } = deps.settings;
      return await work(deps, { ...parts, flinkConfig, request: { variables, savePointPath: null } }, budget);
    });
  } catch (error) {
    if (!(error instanceof AppError) || typeof task === 'number' || task.id !== null) throw error;
    throw new AppError(error.code, withoutTaskNumber(error.message), { cause: error });
  }
}

async function load({ definitions, settings }: InspectDeps, { id, fields }: DescribedTask): Promise<TaskParts> {
  if (id !== null) return await loadParts(definitions, settings, { ...(await storedTask(definitions, id)), ...fields });
  return await loadUnstored(definitions, settings, fields);
}

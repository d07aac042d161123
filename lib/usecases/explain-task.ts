/**
 * Lets Flink check a task without starting anything: the same reading and planning as a submit, then statement by
 * statement in one session. Nothing is written to the Jobs table, and no JobManager is asked.
 */
import type { TaskDefinition, TaskParameter } from '../domain/definition/definitions.ts';
import { AppError } from '../domain/errors.ts';
import { type ExplainPlan, type ExplainStatement, planExplain } from '../domain/explain/explain-plan.ts';
import type { DeploymentSettings } from '../domain/options/deployment-settings.ts';
import type { MergedOptions } from '../domain/options/layers.ts';
import {
  type PrepareInput,
  prepareRun,
  readScripts,
  sessionOptions,
  type TaskParts,
} from '../domain/plan/prepare-run.ts';
import { gatewayOf } from '../domain/plan/run-target.ts';
import type { DefinitionReader } from '../domain/ports.ts';
import { shownParameter } from '../domain/variables/parameters.ts';
import type { SessionDeps } from './connect/session.ts';
import { withSession } from './connect/with-session.ts';
import { explainSteps, type Outcome, type StepOutcomes } from './explain/explain-steps.ts';
import { keepsCatalogs } from './explain/keeps-catalogs.ts';
import { loadParts, loadTask } from './load-task.ts';
import { type Budget, withinBudget } from './waiting/budget.ts';
import { storesWithin } from './waiting/stores-within.ts';

export interface ExplainDeps extends SessionDeps {
  readonly definitions: DefinitionReader;
  readonly settings: DeploymentSettings;
}

export interface ExplainRequest {
  /** A stored task's id, or a definition that is not stored. */
  readonly task: number | TaskDefinition;
  readonly variables: Readonly<Record<string, string>>;
}

export interface ExplainedStatement extends Omit<ExplainStatement, 'withheld'> {
  /** From 1, in the order in which they stand, the environment task's first. */
  readonly index: number;
  readonly ok: boolean;
  /** Flink was asked about it. */
  readonly checked: boolean;
  /** Flink's text; null where there is no plan to be had. */
  readonly plan: string | null;
  /** UTC ms, and how long Flink took. */
  readonly explainedAt: number;
  readonly explainTimeMs: number;
}

export interface ExplainedTask {
  readonly taskId: number;
  readonly name: string;
  /** No statement has an error, and the task as a whole none. */
  readonly ok: boolean;
  /** What a request may choose; null: any variable, as data. */
  readonly parameters: readonly TaskParameter[] | null;
  readonly statements: readonly ExplainedStatement[];
  /** What is wrong with the task as a whole, and belongs to no statement. */
  readonly problems: readonly string[];
}

export function explainTask(
  unbound: ExplainDeps,
): (request: ExplainRequest, scope: { readonly budgetMs: number }) => Promise<ExplainedTask> {
  return (request, { budgetMs }) =>
    withinBudget(unbound.clock, budgetMs, async (budget) => {
      const deps = storesWithin(unbound, budget.signal);
      const loaded = await load(deps, request.task);
      const { variables } = request;
      const { flinkConfig } = deps.settings;
      return await explain(deps, { ...loaded, flinkConfig, request: { variables, savePointPath: null } }, budget);
    });
}

async function load({ definitions, settings }: ExplainDeps, task: number | TaskDefinition): Promise<TaskParts> {
  return typeof task === 'number' ? loadTask(definitions, settings, task) : loadParts(definitions, settings, task);
}

async function explain(deps: ExplainDeps, input: PrepareInput, budget: Budget): Promise<ExplainedTask> {
  const plan = planExplain(readScripts(input), input.task);
  const options = sessionOptions(input);
  const refusal = refusalOf(input);
  const asked = plan.steps.length === 0 ? withoutFlink(plan) : await askFlink(deps, input, { plan, options }, budget);
  return answer(input.task, asked, refusal, deps.clock.now());
}

interface Asked extends StepOutcomes {
  readonly plan: ExplainPlan;
}

function withoutFlink(plan: ExplainPlan): Asked {
  return { plan, byStatement: new Map(), problems: [] };
}

async function askFlink(
  deps: ExplainDeps,
  input: PrepareInput,
  { plan: first, options }: { readonly plan: ExplainPlan; readonly options: MergedOptions },
  budget: Budget,
): Promise<Asked> {
  const { gateway, clock } = deps;
  const gatewayUrl = gatewayOf(input.target);
  const { options: properties, origins } = options;
  return await withSession(deps, { gatewayUrl, properties, origins }, budget, async (session) => {
    const flinkVersion = await gateway.version(gatewayUrl, budget.signal);
    const kept = first.changesCatalogs && (await keepsCatalogs(clock, session, budget));
    const plan = kept ? planExplain(readScripts(input), input.task, true) : first;
    return { plan, ...(await explainSteps({ clock, plan, options, session, flinkVersion, budget })) };
  });
}

function answer(task: TaskDefinition, asked: Asked, refusal: string | null, now: number): ExplainedTask {
  const statements = asked.plan.statements.map((one, at) => explained(one, at, asked.byStatement.get(at), now));
  const known = refusal === null || statements.some(({ error }) => error === refusal);
  const problems = known ? asked.problems : [refusal, ...asked.problems];
  const ok = problems.length === 0 && statements.every((statement) => statement.ok);
  return {
    taskId: task.id,
    name: task.name,
    ok,
    parameters: task.parameters?.map(shownParameter) ?? null,
    statements,
    problems,
  };
}

function explained(
  { withheld: _withheld, ...statement }: ExplainStatement,
  at: number,
  outcome: Outcome | undefined,
  now: number,
): ExplainedStatement {
  const error = statement.error ?? outcome?.error ?? null;
  const note = [statement.note, outcome?.note].filter((one) => typeof one === 'string').join('; ');
  return {
    index: at + 1,
    ...statement,
    ok: error === null,
    checked: outcome?.checked ?? false,
    plan: outcome?.plan ?? null,
    error,
    note: note === '' ? null : note,
    explainedAt: outcome?.explainedAt ?? now,
    explainTimeMs: outcome?.timeMs ?? 0,
  };
}

/** Whatever a submit would refuse, explain must not call good. */
function refusalOf(input: PrepareInput): string | null {
  try {
    prepareRun(input);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

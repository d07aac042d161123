/**
 * Lets Flink check a task without starting anything: the same reading and planning as a submit, then statement by
 * statement in one session. Nothing is written to the Jobs table, and no JobManager is asked.
 */
import type { TaskDefinition, TaskParameter } from '../domain/definition/definitions.ts';
import { withoutTaskNumber } from '../domain/definition/described-task.ts';
import { AppError } from '../domain/errors.ts';
import type { ExplainStatement } from '../domain/explain/explain-plan.ts';
import { type PrepareInput, prepareRun } from '../domain/plan/prepare-run.ts';
import { shownParameter } from '../domain/variables/parameters.ts';
import type { SessionDeps } from './connect/session.ts';
import { type Explained, explainInSession } from './explain/explain-in-session.ts';
import type { Outcome } from './explain/explain-steps.ts';
import { type InspectDeps, inspectTask, type TaskToInspect } from './inspect-task.ts';
import type { Budget } from './waiting/budget.ts';

export interface ExplainDeps extends SessionDeps, InspectDeps {}

export interface ExplainedStatement extends Omit<ExplainStatement, 'withheld' | 'makes'> {
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
  /** The variables that a request may set; null: any variable, as data. */
  readonly parameters: readonly TaskParameter[] | null;
  readonly statements: readonly ExplainedStatement[];
  /** Errors of the whole task, not of a statement. */
  readonly problems: readonly string[];
}

export function explainTask(
  unbound: ExplainDeps,
): (request: TaskToInspect, scope: { readonly budgetMs: number }) => Promise<ExplainedTask> {
  return (request, scope) => inspectTask(unbound, request, scope, explain);
}

async function explain(deps: ExplainDeps, input: PrepareInput, budget: Budget): Promise<ExplainedTask> {
  const question = { asks: null, inspect: () => Promise.resolve(null), nothing: null };
  // The checks of a submit come first: they need no Flink.
  const refusal = refusalOf(input);
  const { asked } = await explainInSession(deps, input, question, budget);
  return answer(input.task, asked, refusal, deps.clock.now());
}

function answer(task: TaskDefinition, asked: Explained, refusal: string | null, now: number): ExplainedTask {
  const statements = asked.plan.statements.map((one, at) => explained(one, at, asked.byStatement.get(at), now));
  const known = refusal === null || statements.some(({ error }) => error === refusal);
  const problems = (known ? asked.problems : [refusal, ...asked.problems]).map(withoutTaskNumber);
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
  { withheld: _withheld, makes: _makes, ...statement }: ExplainStatement,
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

/** Explain must report all that a submit would refuse. */
function refusalOf(input: PrepareInput): string | null {
  try {
    prepareRun(input);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

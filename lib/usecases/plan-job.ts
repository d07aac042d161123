/** The job that a task would start, as Flink plans it, without starting it. */
import { AppError } from '../domain/errors.ts';
import { type PlannedJob, readStreamGraph, type StreamNode } from '../domain/explain/stream-graph.ts';
import { placeOf } from '../domain/plan/placed-statement.ts';
import { type PrepareInput, prepareRun } from '../domain/plan/prepare-run.ts';
import { maskPlan } from '../domain/secrets/mask-plan.ts';
import { redactionFor } from '../domain/secrets/redaction.ts';
import { type Explained, explainInSession } from './explain/explain-in-session.ts';
import { refuseErrors } from './explain/refuse-errors.ts';
import { sessionSettings } from './explain/session-settings.ts';
import type { ExplainDeps } from './explain-task.ts';
import { inspectTask, type TaskToInspect } from './inspect-task.ts';
import type { Budget } from './waiting/budget.ts';

export function planJob(
  unbound: ExplainDeps,
): (question: TaskToInspect, scope: { readonly budgetMs: number }) => Promise<PlannedJob> {
  return (question, scope) => inspectTask(unbound, question, scope, plan);
}

async function plan(deps: ExplainDeps, input: PrepareInput, budget: Budget): Promise<PlannedJob> {
  prepareRun(input);
  const { asked, seen: settings } = await explainInSession(
    deps,
    input,
    {
      asks: 'JSON_EXECUTION_PLAN',
      inspect: (session) => sessionSettings(deps.clock, session, budget),
      nothing: new Map<string, string>(),
    },
    budget,
  );
  refuseErrors(asked);
  const { maskWhole } = redactionFor({ statement: asked.plan.text, plan: asked.plan }, {});
  const isBatch = settings.get('execution.runtime-mode')?.toLowerCase() === 'batch';
  return {
    name: maskWhole(settings.get('pipeline.name') ?? input.task.name),
    type: isBatch ? 'BATCH' : 'STREAMING',
    nodes: nodesIn(asked, (text) => maskPlan(maskWhole(text))),
  };
}

function nodesIn({ plan: { statements }, byStatement }: Explained, mask: (text: string) => string): StreamNode[] {
  for (const [at, { type }] of statements.entries()) {
    const text = type === 'DDL' ? null : (byStatement.get(at)?.unmasked ?? null);
    const nodes = text === null ? null : readStreamGraph(text, mask);
    if (nodes !== null) return nodes;
  }
  throw noPlan(statements.filter((_, at) => !byStatement.has(at)));
}

/** `unasked`: the statements that Flink was not asked about. */
function noPlan(unasked: Explained['plan']['statements']): AppError {
  const why = unasked.map((one) => `${one.kind} (${placeOf(one)}): ${one.note ?? ''}.`).join(' ');
  const said = why === '' ? 'No statement of it starts a job.' : why;
  return new AppError('task.invalid', `There is no plan. ${said} Ask about a task with an INSERT or a query.`);
}

/** Which columns of which tables a task puts into which others, read from Flink's plans; nothing is started. */
import { type Lineage, lineageOf } from '../domain/lineage/lineage.ts';
import { type ReadPlan, readPlan } from '../domain/lineage/read-plan.ts';
import { quotedName, type TableName, uniqueTables } from '../domain/lineage/table-name.ts';
import { placeOf } from '../domain/plan/placed-statement.ts';
import { type PrepareInput, prepareRun } from '../domain/plan/prepare-run.ts';
import type { GatewaySession } from '../domain/ports.ts';
import { redactionFor } from '../domain/secrets/redaction.ts';
import { currentPlace } from './explain/current-place.ts';
import { describeTables } from './explain/describe-tables.ts';
import { type Explained, explainInSession } from './explain/explain-in-session.ts';
import { refuseErrors } from './explain/refuse-errors.ts';
import type { ExplainDeps } from './explain-task.ts';
import { inspectTask, type TaskToInspect } from './inspect-task.ts';
import type { Budget } from './waiting/budget.ts';

export function taskLineage(
  unbound: ExplainDeps,
): (question: TaskToInspect, scope: { readonly budgetMs: number }) => Promise<Lineage> {
  return (question, scope) => inspectTask(unbound, question, scope, lineage);
}

async function lineage(deps: ExplainDeps, input: PrepareInput, budget: Budget): Promise<Lineage> {
  prepareRun(input);
  const inspect = (session: GatewaySession, asked: Explained): Promise<Seen> => see(deps, session, asked, budget);
  const { asked, seen } = await explainInSession(deps, input, { asks: null, inspect, nothing: NOTHING }, budget);
  refuseErrors(asked);
  const { maskValues } = redactionFor({ statement: asked.plan.text, plan: asked.plan }, {});
  const found = lineageOf(seen.plans, (table) => seen.columns.get(quotedName(table)) ?? null, maskValues);
  return { ...found, untold: [...unasked(asked), ...found.untold] };
}

interface Seen {
  readonly plans: readonly ReadPlan[];
  readonly columns: Awaited<ReturnType<typeof describeTables>>;
}

const NOTHING: Seen = { plans: [], columns: new Map() };

async function see(deps: ExplainDeps, session: GatewaySession, asked: Explained, budget: Budget): Promise<Seen> {
  const { statements } = asked.plan;
  const made: TableName[] = [];
  const plans: ReadPlan[] = [];
  for (const [at, { type, makes }] of statements.entries()) {
    const text = type === 'DDL' ? null : (asked.byStatement.get(at)?.unmasked ?? null);
    if (text === null) continue;
    const plan = readPlan(text);
    const target = makes === null ? null : await currentPlace(deps.clock, session, makes, budget);
    if (target !== null) made.push(target);
    plans.push(target === null ? plan : { ...plan, writes: plan.writes.map((write) => ({ ...write, target })) });
  }
  const used = plans.flatMap(({ writes }) => writes.flatMap(({ sources, target }) => [...sources, target ?? []]));
  const tables = uniqueTables(used.filter((name) => name.length > 0 && !isAmong(made, name)));
  return { plans, columns: await describeTables(deps.clock, session, tables, budget) };
}

/** Before the statement has run, such a table is not there, or is another one. */
const isAmong = (made: readonly TableName[], name: TableName): boolean =>
  made.some((one) => quotedName(one) === quotedName(name));

/** Statements that start a job without a plan of Flink. */
function unasked({ plan: { statements }, byStatement }: Explained): string[] {
  const jobs = statements.filter(
    ({ type, kind }, at) => !byStatement.has(at) && (type !== 'DDL' || kind === 'EXECUTE JAR'),
  );
  return jobs.map((one) => `${one.kind} (${placeOf(one)}): ${one.note ?? ''}.`);
}

/** One session in which Flink is asked about every step of an explain, and then about what else there is to learn. */
import { type ExplainAsks, type ExplainPlan, planExplain } from '../../domain/explain/explain-plan.ts';
import { type PrepareInput, readScripts, sessionOptions } from '../../domain/plan/prepare-run.ts';
import { gatewayOf } from '../../domain/plan/run-target.ts';
import type { GatewaySession } from '../../domain/ports.ts';
import type { SessionDeps } from '../connect/session.ts';
import { withSession } from '../connect/with-session.ts';
import type { Budget } from '../waiting/budget.ts';
import { explainSteps, type StepOutcomes } from './explain-steps.ts';
import { keepsCatalogs } from './keeps-catalogs.ts';

export interface Explained extends StepOutcomes {
  readonly plan: ExplainPlan;
}

/** More work in the session: `inspect` gets it before it is closed; without steps there is no session. */
export interface ExplainWork<T> {
  readonly asks: ExplainAsks;
  readonly inspect: (session: GatewaySession, asked: Explained) => Promise<T>;
  readonly nothing: T;
}

export interface Answered<T> {
  readonly asked: Explained;
  readonly seen: T;
}

export async function explainInSession<T>(
  deps: SessionDeps,
  input: PrepareInput,
  work: ExplainWork<T>,
  budget: Budget,
): Promise<Answered<T>> {
  const { asks } = work;
  const scripts = readScripts(input);
  const first = planExplain(scripts, input.task, { asks });
  const options = sessionOptions(input);
  if (first.steps.length === 0) return { asked: withoutFlink(first), seen: work.nothing };
  const { gateway, clock } = deps;
  const gatewayUrl = gatewayOf(input.target);
  const { options: properties, origins } = options;
  return await withSession(deps, { gatewayUrl, properties, origins }, budget, async (session) => {
    const flinkVersion = await gateway.version(gatewayUrl, budget.signal);
    const kept = first.changesCatalogs && (await keepsCatalogs(clock, session, budget));
    const plan = kept ? planExplain(scripts, input.task, { asks, catalogsLast: true }) : first;
    const asked = { plan, ...(await explainSteps({ clock, plan, options, session, flinkVersion, budget })) };
    return { asked, seen: await work.inspect(session, asked) };
  });
}

function withoutFlink(plan: ExplainPlan): Explained {
  return { plan, byStatement: new Map(), problems: [] };
}

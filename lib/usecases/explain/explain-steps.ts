/** Asks Flink about the steps of an explain, one after the other in one session, and assigns its answers to statements. */
import { cutText } from '../../domain/cut-text.ts';
import { AppError } from '../../domain/errors.ts';
import { withWithheld } from '../../domain/explain/explain-missing.ts';
import { type ExplainPlan, type ExplainStep, plannedFor } from '../../domain/explain/explain-plan.ts';
import { MAX_ERROR_LENGTH } from '../../domain/limits.ts';
import type { MergedOptions } from '../../domain/options/layers.ts';
import { placeOf } from '../../domain/plan/placed-statement.ts';
import type { PlannedStatement } from '../../domain/plan/plan.ts';
import { locate, type SentStatement, sentStatement } from '../../domain/plan/sent-statement.ts';
import type { Clock, GatewaySession } from '../../domain/ports.ts';
import { maskPlan } from '../../domain/secrets/mask-plan.ts';
import { redactionFor } from '../../domain/secrets/redaction.ts';
import { nth } from '../../domain/sql/nth.ts';
import { readRows } from '../connect/read-rows.ts';
import type { Budget } from '../waiting/budget.ts';

export interface Outcome {
  /** Flink was asked. */
  readonly checked: boolean;
  readonly plan: string | null;
  /** Flink's own text: never for an answer. */
  readonly unmasked: string | null;
  readonly error: string | null;
  readonly note: string | null;
  readonly explainedAt: number;
  readonly timeMs: number;
}

export interface StepOutcomes {
  /** By the statement's place in the plan, without statements about which Flink was not asked. */
  readonly byStatement: ReadonlyMap<number, Outcome>;
  /** Errors that belong to no statement. */
  readonly problems: readonly string[];
}

export interface ExplainVisit {
  readonly clock: Clock;
  readonly plan: ExplainPlan;
  /** The options of the session. */
  readonly options: MergedOptions;
  readonly session: GatewaySession;
  readonly flinkVersion: string;
  readonly budget: Budget;
}

export async function explainSteps(visit: ExplainVisit): Promise<StepOutcomes> {
  const byStatement = new Map<number, Outcome>();
  const problems: string[] = [];
  let astray: number | null = null;
  for (const step of visit.plan.steps) {
    if (step.at !== null && step.catalog === 'follows' && astray !== null) {
      byStatement.set(step.at, notRun(visit, astray));
      continue;
    }
    const outcome = await explainStep(visit, step.via, plannedFor(step, visit.flinkVersion), step.at);
    if (outcome.error !== null && step.catalog === 'turns') astray ??= step.at;
    if (step.at === null) problems.push(...(outcome.error === null ? [] : [outcome.error]));
    else for (const [at, one] of await shareOut(visit, step, step.at, outcome)) byStatement.set(at, one);
  }
  return { byStatement, problems };
}

/** After a statement that should have turned to another catalog: what follows it would change one that lasts. */
function notRun({ clock, plan }: ExplainVisit, astray: number): Outcome {
  const note = `not run by explain, because it depends on ${placeOf(nth(plan.statements, astray))}, which failed`;
  return { checked: false, plan: null, unmasked: null, error: null, note, explainedAt: clock.now(), timeMs: 0 };
}

/** For a statement set Flink names only the first mistake, mostly without its place: so ask about each INSERT alone. */
async function shareOut(
  visit: ExplainVisit,
  step: ExplainStep,
  at: number,
  whole: Outcome,
): Promise<ReadonlyMap<number, Outcome>> {
  const shares = new Map<number, Outcome>();
  if (whole.error === null) {
    const note = `planned together with ${placeOf(nth(visit.plan.statements, at))}, as one statement set`;
    for (const part of step.parts) shares.set(part.at, { ...whole, plan: null, unmasked: null, note, timeMs: 0 });
    return shares.set(at, whole);
  }
  for (const part of step.parts) {
    const outcome = await explainStep(visit, 'explain', part.planned, part.at);
    if ((shares.get(part.at)?.error ?? null) === null) shares.set(part.at, outcome);
  }
  const blamed = [...shares.values()].some(({ error }) => error !== null);
  return blamed ? shares : shares.set(at, whole);
}

async function explainStep(
  visit: ExplainVisit,
  via: ExplainStep['via'],
  planned: PlannedStatement,
  at: number | null,
): Promise<Outcome> {
  const { clock, plan } = visit;
  const { options: properties, origins } = visit.options;
  const sent = sentStatement({ statement: plan.text, plan: { sources: plan.sources, properties, origins } }, planned);
  const explainedAt = clock.now();
  const startedAt = clock.monotonic();
  const outcome = (found: string | null, error: string | null): Outcome => ({
    checked: true,
    plan: found === null ? null : shownPlan(found, plan),
    unmasked: found,
    error,
    note: null,
    explainedAt,
    timeMs: Math.round(clock.monotonic() - startedAt),
  });
  try {
    return outcome(await send(visit, via, sent), null);
  } catch (error) {
    return outcome(null, errorOf(error, sent, visit, at));
  }
}

function shownPlan(found: string, plan: ExplainPlan): string {
  const { maskWhole } = redactionFor({ statement: plan.text, plan }, {});
  return maskPlan(maskWhole(found));
}

/** The plan, if the statement gives one. */
async function send(
  { clock, session, budget }: ExplainVisit,
  via: ExplainStep['via'],
  sent: SentStatement,
): Promise<string | null> {
  if (!budget.isOpen()) throw outOfTime();
  if (via === 'configure') {
    await session.configure(sent.sql, budget.signal);
    return null;
  }
  const rows = await readRows(clock, session, sent.sql, budget);
  return via === 'explain' ? rows.map(({ fields }) => fields[0] ?? '').join('\n') : null;
}

/** An error that is Flink's answer to the statement; any other ends the whole explain. */
function errorOf(error: unknown, sent: SentStatement, { plan, options }: ExplainVisit, at: number | null): string {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'budget.exceeded') return locate(outOfTime().message, sent);
  if (error.code !== 'flink.rejected' && error.code !== 'flink.failed') throw error;
  const hides = { sensitive: plan.sensitive, properties: options.options };
  const { messageOf } = redactionFor({ statement: plan.text, plan: hides }, {});
  const message = cutText(locate(messageOf(error), sent), MAX_ERROR_LENGTH);
  return at === null ? message : withWithheld(message, plan, at);
}

function outOfTime(): AppError {
  return new AppError('budget.exceeded', 'Not checked: Flink did not answer within the time limit of explain.');
}

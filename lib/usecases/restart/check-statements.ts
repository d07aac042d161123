/**
 * What a restart asks Flink before it stops anything: whether it takes the statements of the new run, by its EXPLAIN. Where
 * they are those of the old run nothing is asked, nor of jars and application modes, which no session can plan.
 */
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import { firstRefusal } from '../../domain/explain/first-refusal.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import { isSameWork } from '../../domain/plan/same-work.ts';
import type { SqlGateway } from '../../domain/ports.ts';
import { type Redaction, redactionFor } from '../../domain/secrets/redaction.ts';
import { redactingSession } from '../connect/redacting-session.ts';
import type { SessionDeps } from '../connect/session.ts';
import { type Explained, explainInSession } from '../explain/explain-in-session.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';
import type { PreparedRestart } from './prepare-restart.ts';

/** The part of the budget that is left for the stop. The reconciler finishes a stop that takes longer. */
const FOR_THE_STOP_MS = 8_000;

export type StatementCheck = (restart: PreparedRestart, budget: Budget) => Promise<void>;

/** For one call, which may have to start again: a statement that Flink has accepted is not checked again. */
export function statementCheck(deps: SessionDeps): StatementCheck {
  let taken: RunBody | null = null;
  return async (restart, budget) => {
    const { oldBody, body } = restart;
    if (body.plan.job?.kind !== 'job') return;
    if (isSameWork(oldBody, body) || (taken !== null && isSameWork(taken, body))) return;
    await check(deps, restart, budget);
    taken = body;
  };
}

async function check(deps: SessionDeps, restart: PreparedRestart, budget: Budget): Promise<void> {
  const { task } = restart.prepared;
  const leftMs = budget.remainingMs();
  const withinMs = Math.max(leftMs - FOR_THE_STOP_MS, leftMs / 2);
  const refusal = await withinBudget(deps.clock, withinMs, async (asking) => {
    const asked = await askedOf(deps, restart, asking);
    if (!asking.isOpen() || asked === null) throw notInTime(task.id, withinMs);
    return refusalOf(asked);
  });
  if (refusal === null) return;
  throw refused(task.id, 'flink.rejected', `Flink refuses the new statements: ${refusal}`);
}

/** Null: the time was up. */
async function askedOf(deps: SessionDeps, restart: PreparedRestart, asking: Budget): Promise<Explained | null> {
  const hidden = redactionFor(restart.body, restart.secrets);
  const question = { asks: null, inspect: () => Promise.resolve(null), nothing: null };
  try {
    const gateway = placingSecrets(deps.gateway, hidden);
    return (await explainInSession({ ...deps, gateway }, restart.input, question, asking)).asked;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'budget.exceeded' || !asking.isOpen()) return null;
    const why = `Flink could not check the new statements. ${error.message}`;
    throw refused(restart.prepared.task.id, error.code, why);
  }
}

function placingSecrets(gateway: SqlGateway, hidden: Redaction): SqlGateway {
  return {
    version: (url, signal) => gateway.version(url, signal),
    open: async (url, properties, signal) => redactingSession(await gateway.open(url, properties, signal), hidden),
  };
}

function refusalOf({ plan, byStatement, problems }: Explained): string | null {
  const statements = plan.statements.map(({ type, error }, at) => {
    const outcome = byStatement.get(at);
    return { type, checked: outcome?.checked ?? false, error: error ?? outcome?.error ?? null };
  });
  return firstRefusal(problems, statements);
}

function notInTime(taskId: number, withinMs: number): AppError {
  const seconds = Math.round(withinMs / 1000);
  const why = `Flink did not say within ${seconds} s whether it accepts the new statements.`;
  const hint = 'Try again. Or stop the task with a savepoint (savepointTask, type "stop"), then submit it.';
  return refused(taskId, 'budget.exceeded', `${why} ${hint}`);
}

function refused(taskId: number, code: ErrorCode, why: string): AppError {
  return new AppError(code, `Task ${taskId} can't be restarted, and nothing was stopped: ${why}`);
}

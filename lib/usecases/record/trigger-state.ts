/** The state of a requested savepoint in Flink, in a text without secret values. */
import { AppError } from '../../domain/errors.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { JobManager, JobStore, Log, SecretReader } from '../../domain/ports.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { TriggerState } from '../../domain/run/savepoint-trigger.ts';
import type { WantedRun } from '../../domain/run/savepoint-wish.ts';
import { redactionFor } from '../../domain/secrets/redaction.ts';
import { hiddenValues } from './hidden-values.ts';

export interface TriggerDeps {
  readonly store: JobStore;
  readonly jobManager: JobManager;
  readonly log: Log;
  /** Null: this function may read none. */
  readonly secrets: SecretReader | null;
}

/** Null: Flink could not be asked. */
export async function triggerState(
  deps: TriggerDeps,
  head: WantedRun,
  signal: AbortSignal,
): Promise<TriggerState | null> {
  const state = await askFlink(deps, head, signal);
  if (state?.kind !== 'failed') return state;
  return { ...state, reason: await shownReason(deps, head, state.reason, signal) };
}

const NOT_SHOWN =
  "Flink could not take the savepoint. Its reason may quote a secret of the run and is not shown here. The JobManager's log has it";

/** An operator that could not write its state may quote an option of its table. */
async function shownReason(deps: TriggerDeps, head: RunHead, reason: string, signal: AbortSignal): Promise<string> {
  const body = await readBody(deps, head);
  if (body === null) return NOT_SHOWN;
  const hidden = await hiddenValues(deps.secrets, body, signal);
  if (!(hidden instanceof AppError)) return hidden.mask(reason);
  // The failure is still reported at once.
  deps.log.info('the secrets of a run could not be read for its savepoint', { error: hidden.message });
  return NOT_SHOWN;
}

async function askFlink(
  { jobManager, log }: TriggerDeps,
  { id, address, jobId, savepoint }: WantedRun,
  signal: AbortSignal,
): Promise<TriggerState | null> {
  // Stryker disable next-line ConditionalExpression: only a run with a job has a savepoint; the compiler asks
  if (jobId === null) return null;
  // Stryker disable next-line ObjectLiteral,StringLiteral: whatever is neither done, failed nor in progress is unknown
  if (savepoint.firstSentAt === null) return { kind: 'unknown' };
  try {
    return await jobManager.savepointState(address, jobId, savepoint.triggerId, signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.info('Flink could not be asked for a savepoint', { runId: id, error: error.message });
    return null;
  }
}

/** Flink's refusal may quote the request, but a request for a savepoint has no secret of a store. */
export function withoutValues(body: RunBody | null, reason: string): string {
  return body === null ? reason : redactionFor(body, {}).mask(reason);
}

/** Null: there is none, or it can't be read. */
export async function readBody(
  { store, log }: Pick<TriggerDeps, 'store' | 'log'>,
  head: RunHead,
): Promise<RunBody | null> {
  try {
    return await store.readBody(head);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store.invalid') throw error;
    log.warn('the options of a run could not be read for its savepoint', { runId: head.id, error: error.message });
    return null;
  }
}

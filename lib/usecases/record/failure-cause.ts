/**
 * Why a job failed, as Flink's JobManager tells it. Whoever asks later than the submit does not know the values that the
 * text may quote, so those of secrets are read again. A function that may not read them leaves the record to the
 * reconciler, which may.
 */
import { AppError } from '../../domain/errors.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import { locateFailure } from '../../domain/plan/sent-statement.ts';
import type { JobManager, JobStore, SecretReader } from '../../domain/ports.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { Redaction } from '../../domain/secrets/redaction.ts';
import { isSecretGone } from '../connect/read-secrets.ts';
import { hiddenValues } from './hidden-values.ts';

export interface CauseDeps {
  readonly store: JobStore;
  readonly jobManager: JobManager;
  /** Null: this function may read none. */
  readonly secrets: SecretReader | null;
}

export type FailureCause =
  | { readonly kind: 'told'; readonly cause: string | null }
  /** Flink did not answer; it may the next time. */
  | { readonly kind: 'notAnswered' }
  | { readonly kind: 'notMine' };

export async function failureCause(deps: CauseDeps, head: RunHead, signal: AbortSignal): Promise<FailureCause> {
  const body = await readBody(deps, head);
  if (typeof body === 'string') return { kind: 'told', cause: body };
  if (body === null) return { kind: 'told', cause: null };
  if (deps.secrets === null && Object.keys(body.plan.secrets).length > 0) return { kind: 'notMine' };
  // First, since Flink's reason is masked as it comes.
  const hidden = await hiddenValues(deps.secrets, body, signal);
  const told = await askFlink(deps, head, hidden, signal);
  return told.kind === 'told' && told.cause !== null ? shown(locateFailure(told.cause, body), hidden) : told;
}

/** Which values Flink's reason may quote is in the body. Text: it can't be read, which must not keep the run from ending. */
async function readBody({ store }: CauseDeps, head: RunHead): Promise<RunBody | null | string> {
  try {
    return await store.readBody(head);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store.invalid') throw error;
    return notShown(error);
  }
}

function notShown({ message }: AppError): string {
  return `the job failed. Flink's reason may quote a secret and is not shown, because: ${message}`;
}

async function askFlink(
  { jobManager }: CauseDeps,
  head: RunHead,
  hidden: Redaction | AppError,
  signal: AbortSignal,
): Promise<FailureCause> {
  const mask = hidden instanceof AppError ? undefined : hidden.maskTold;
  if (head.jobId === null) return { kind: 'told', cause: null };
  try {
    return { kind: 'told', cause: await jobManager.failureCause(head.address, head.jobId, signal, mask) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: 'notAnswered' };
  }
}

function shown(cause: string, hidden: Redaction | AppError): FailureCause {
  if (!(hidden instanceof AppError)) return { kind: 'told', cause: hidden.mask(cause) };
  return isSecretGone(hidden) ? { kind: 'told', cause: notShown(hidden) } : { kind: 'notMine' };
}

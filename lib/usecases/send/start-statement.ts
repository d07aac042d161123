/**
 * Sends the one SQL statement that starts a job, under the job id chosen for the run, and says what is known afterwards
 * (protocol.md sections 3.7 and 5). It never concludes more than the reply proves.
 */
import { AppError } from '../../domain/errors.ts';
import { JOB_ID_OPTION } from '../../domain/options/by-version.ts';
import { locate, type SentStatement } from '../../domain/plan/sent-statement.ts';
import type { Clock } from '../../domain/ports.ts';
import { type Operation, readOperation } from '../connect/operation.ts';
import type { SqlVisit } from '../connect/reach-flink.ts';
import type { Budget } from '../waiting/budget.ts';
import { maySend, type SendPermission } from './send-permission.ts';

export interface Send {
  readonly sent: SentStatement;
  readonly executionConfig: Readonly<Record<string, string>>;
  readonly permission: SendPermission;
}

export type StartOutcome =
  /** The gate was closed or the permission had run out: nothing left this process. */
  | { readonly kind: 'notSent' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'nothingStarted'; readonly reason: string; readonly bySql: boolean }
  | Unknown;

/** Ask the JobManager. */
type Unknown = Answered | NotAnswered;

/** Flink did answer, and is done with the statement. */
interface Answered {
  readonly kind: 'unknown';
  readonly answered: true;
  readonly reason: string;
  /** Flink ran the statement as this job, which is not the run's: sent again it would start one more. */
  readonly otherJobId?: string;
  /** The JobManager has refused the job itself: if it knows no job of this id, there is none. */
  readonly planRefused?: true;
}

interface NotAnswered {
  readonly kind: 'unknown';
  readonly answered: false;
  /** Why nothing was answered, where that is known. */
  readonly reason: string | null;
  readonly planRefused?: undefined;
}

export async function startJob(clock: Clock, flink: SqlVisit, send: Send, budget: Budget): Promise<StartOutcome> {
  const handed = await handOver(clock, flink, send, budget);
  if (handed.kind !== 'handed') return handed;
  return await follow(clock, { session: flink.session, handle: handed.operation }, send, budget);
}

export type HandOver =
  { readonly kind: 'handed'; readonly operation: string } | Exclude<StartOutcome, { kind: 'accepted' }>;

/** The gate and the permission are checked in the same tick as the send. */
export async function handOver(clock: Clock, flink: SqlVisit, send: Send, budget: Budget): Promise<HandOver> {
  if (!maySend(clock, send.permission, budget)) return { kind: 'notSent' };
  try {
    const operation = await flink.session.start(send.sent.sql, send.executionConfig, budget.signal);
    return { kind: 'handed', operation };
  } catch (error) {
    if (error instanceof AppError && error.code === 'flink.unreachable') {
      return { kind: 'nothingStarted', reason: error.message, bySql: false };
    }
    return failed(error, send.sent);
  }
}

async function follow(clock: Clock, operation: Operation, send: Send, budget: Budget): Promise<StartOutcome> {
  try {
    let started: string | null = null;
    const end = await readOperation(clock, operation, budget, (page) => {
      started = page.jobId;
      return started !== null;
    });
    if (end === 'outOfTime') return { kind: 'unknown', reason: null, answered: false };
    return notOurJob(send, started) ?? { kind: 'accepted' };
  } catch (error) {
    return failed(error, send.sent);
  }
}

/**
 * Null: Flink has started the job under the id of the run. Another job, or none, is not this run's: whether there is one
 * under its own id, the JobManager is asked.
 */
export function notOurJob({ executionConfig }: Send, started: string | null): Answered | null {
  const asked = executionConfig[JOB_ID_OPTION] ?? 'none';
  if (started === asked) return null;
  if (started === null) {
    const reason = `the statement ended, but Flink returned no job id for it; this run's job id is ${asked}`;
    return { kind: 'unknown', reason, answered: true };
  }
  const reason = `Flink started job ${started} for this statement, not job ${asked} of this run`;
  return { kind: 'unknown', reason, answered: true, otherJobId: started };
}

/** The conclusion from a failure after the hand-over: nothing was started only if Flink failed before its submission. */
export function failed(error: unknown, sent: SentStatement): Exclude<StartOutcome, { kind: 'accepted' | 'notSent' }> {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'flink.rejected')
    return { kind: 'nothingStarted', reason: locate(error.message, sent), bySql: true };
  if (error.code === 'flink.planRefused')
    return { kind: 'unknown', reason: locate(error.message, sent), answered: true, planRefused: true };
  return error.code === 'flink.failed'
    ? { kind: 'unknown', reason: locate(error.message, sent), answered: true }
    : { kind: 'unknown', reason: silence(error), answered: false };
}

/** Why there is no answer. That a job has this id already, or that the time is over, is no reason for anything. */
export function silence({ code, message }: AppError): string | null {
  return code === 'flink.noReply' || code === 'flink.protocol' ? message : null;
}

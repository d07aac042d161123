/**
 * Runs a query whose rows the caller gets. Its job ends with its session, so a preview is always ended; when its rows
 * were delivered it is FINISHED although Dinghy ended the job itself (protocol.md section 6).
 */
import { AppError } from '../../domain/errors.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { Clock, JobManager, Log } from '../../domain/ports.ts';
import type { ResultPage } from '../../domain/results/result-page.ts';
import { RowCollector } from '../../domain/results/row-collector.ts';
import type { StatementResult } from '../../domain/results/statement-result.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { readOperation } from '../connect/operation.ts';
import type { SqlVisit } from '../connect/reach-flink.ts';
import type { Budget } from '../waiting/budget.ts';
import { toResult } from './run-steps.ts';
import { failed, handOver, notOurJob, type Send, type StartOutcome } from './start-statement.ts';

interface PreviewDeps {
  readonly clock: Clock;
  readonly jobManager: JobManager;
  readonly log: Log;
}

export type PreviewOutcome =
  | { readonly kind: 'rows'; readonly rows: StatementResult; readonly jobEnded: boolean }
  | Exclude<StartOutcome, { kind: 'accepted' }>;

export interface PreviewLimits {
  readonly rowsUntil: Budget;
  readonly maxBytes: number;
}

export interface PreviewSend {
  readonly deps: PreviewDeps;
  readonly run: { readonly head: RunHead; readonly body: RunBody };
  readonly flink: SqlVisit;
  readonly budget: Budget;
}

export async function runPreview(
  { deps, run, flink, budget }: PreviewSend,
  send: Send,
  limits: PreviewLimits,
): Promise<PreviewOutcome> {
  const startedAt = deps.clock.now();
  const handed = await handOver(deps.clock, flink, send, budget);
  if (handed.kind !== 'handed') return handed;
  const { maxRowNum, useChangeLog } = run.body.plan;
  const collector = new RowCollector({ maxRowNum, useChangeLog, maxBytes: limits.maxBytes });
  const operation = { session: flink.session, handle: handed.operation };
  const reader = rowReader(deps.clock, collector);
  let end;
  try {
    end = await readOperation(deps.clock, operation, limits.rowsUntil, reader.isEnough);
  } catch (error) {
    return failed(error, send.sent);
  }
  // Flink has not come so far as to run the query: there are no rows to deliver, and a job may still turn up.
  if (!reader.hasStarted()) return { kind: 'unknown', reason: null, answered: false };
  const notOurs = notOurJob(send, reader.jobId());
  if (notOurs !== null) return notOurs;
  const how = { startedAt, endedAt: deps.clock.now(), stopped: REASONS[end] };
  const rows = { ...toResult(collector, how), limit: maxRowNum };
  await flink.close();
  return { kind: 'rows', rows, jobEnded: end === 'ended' || (await endJob(deps, run.head, budget)) };
}

/** Why rows are missing if reading ended like this. */
const REASONS = { ended: null, stopped: 'rows', outOfTime: 'time' } as const;

/** How long a query that has brought as many rows as it may is given to end, or to bring one more. */
const QUIET_MS = 1_000;

interface RowReader {
  readonly isEnough: (page: ResultPage) => boolean;
  /** Flink has run the query. */
  hasStarted(): boolean;
  /** The address of the job that returns the rows. */
  jobId(): string | null;
}

/**
 * Reads on when the rows are just as many as may be given: only the end tells that there are no more, and until then
 * changes may still come to the ones that are there. Stops at a row too many, or when nothing comes any more.
 */
function rowReader(clock: Clock, collector: RowCollector): RowReader {
  let started = false;
  let jobId: string | null = null;
  let lastRowAt = clock.monotonic();
  const isEnough = (page: ResultPage): boolean => {
    started = true;
    jobId = page.jobId ?? jobId;
    collector.add(page.columns, page.rows);
    if (page.rows.length > 0) lastRowAt = clock.monotonic();
    const isQuiet = collector.isFull && clock.monotonic() - lastRowAt >= QUIET_MS;
    return collector.isOver || isQuiet;
  };
  return { isEnough, hasStarted: () => started, jobId: () => jobId };
}

/** Closing the session has asked the gateway to end the job; this makes sure of it. */
async function endJob(deps: PreviewDeps, head: RunHead, budget: Budget): Promise<boolean> {
  // Stryker disable next-line ConditionalExpression,BooleanLiteral: a preview has a job; the compiler does not know that
  if (head.jobId === null) return true;
  try {
    await deps.jobManager.cancel(head.address, head.jobId, budget.signal);
    const job = await deps.jobManager.job(head.address, head.jobId, budget.signal);
    // A JobManager that does not know the job proves nothing: it may still arrive.
    return job !== null && (job.endedAt !== null || job.state === 'CANCELLING');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message } = error;
    deps.log.warn('the job of a preview may still run: the reconciler checks it', { runId: head.id, error: message });
    return false;
  }
}

/**
 * Runs a query whose rows the caller gets. Its job ends with its session, so a preview is always ended; when its rows
 * were delivered it is FINISHED although Dinghy ended the job itself (protocol.md section 6).
 */
import type { Clock, JobManager, Log } from '../domain/ports.ts';
import { RowCollector } from '../domain/result-rows.ts';
import type { RunBody, RunHead, StatementResult } from '../domain/run.ts';
import type { Budget } from './budget.ts';
import type { SqlVisit } from './open-flink.ts';
import { readOperation } from './read-operation.ts';
import { toResult } from './run-steps.ts';
import { type Send, type StartOutcome, failed, handOver } from './start-job.ts';

export interface PreviewDeps {
  readonly clock: Clock;
  readonly jobManager: JobManager;
  readonly log: Log;
}

export type PreviewOutcome =
  | { readonly kind: 'rows'; readonly rows: StatementResult; readonly jobEnded: boolean }
  | Exclude<StartOutcome, { kind: 'accepted' }>;

export interface PreviewLimits {
  readonly rowsUntil: Budget;
  readonly mostBytes: number;
}

export async function runPreview(
  deps: PreviewDeps,
  run: { readonly head: RunHead; readonly body: RunBody },
  flink: SqlVisit,
  send: Send,
  budget: Budget,
  limits: PreviewLimits,
): Promise<PreviewOutcome> {
  const startedAt = deps.clock.now();
  const handed = await handOver(deps.clock, flink, send, budget);
  if (handed.kind !== 'handed') return handed;
  const { maxRowNum, useChangeLog } = run.body.plan;
  const collector = new RowCollector({ maxRowNum, useChangeLog, mostBytes: limits.mostBytes });
  const operation = { session: flink.session, handle: handed.operation };
  const pages: string[] = [];
  let end;
  try {
    end = await readOperation(deps.clock, operation, limits.rowsUntil, (page) => {
      pages.push(page.kind);
      return collector.add(page.columns, page.rows) ? 'more' : 'stop';
    });
  } catch (error) {
    return failed(error, send.sent);
  }
  // Flink has not come so far as to run the query: there are no rows to deliver, and a job may still turn up.
  if (pages.length === 0) return { kind: 'unknown', reason: null };
  const rows = { ...toResult(collector, startedAt, deps.clock.now(), end !== 'ended'), limit: maxRowNum };
  await flink.close();
  return { kind: 'rows', rows, jobEnded: end === 'ended' || (await endJob(deps, run.head, budget)) };
}

/** Closing the session has asked the gateway to end the job; this makes sure of it. */
async function endJob(deps: PreviewDeps, head: RunHead, budget: Budget): Promise<boolean> {
  if (head.jobId === null) return true;
  try {
    await deps.jobManager.cancel(head.address, head.jobId, budget.signal);
    const job = await deps.jobManager.job(head.address, head.jobId, budget.signal);
    // A JobManager that does not know the job proves nothing: it may still arrive.
    return job !== null && (job.endedAt !== null || job.state === 'CANCELLING');
  } catch (error) {
    deps.log.warn('the job of a preview may live on, the reconciler will look', {
      runId: head.id,
      error: String(error),
    });
    return false;
  }
}

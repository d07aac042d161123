/** Writes what a piece of evidence changes, on condition of what was read, and decides again when that has moved on. */
import type { FlinkJob } from '../domain/job-status.ts';
import type { Clock, Log } from '../domain/ports.ts';
import type { RunHead } from '../domain/run.ts';
import { type Evidence, settle } from '../domain/settle.ts';
import { type CauseDeps, type FailureCause, failureCause } from './failure-cause.ts';

export interface RecordDeps extends CauseDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** Gives the head as it is stored afterwards. */
export async function record(
  deps: RecordDeps,
  head: RunHead,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<RunHead> {
  let current = head;
  for (;;) {
    const settlement = settle(current, evidence, deps.clock.now());
    if (settlement === null) return current;
    const stored = await deps.store.updateHead(current, settlement.change, settlement.cause);
    if (stored !== null) {
      await cancelIfAsked(deps, current, stored, signal);
      return stored;
    }
    const there = await deps.store.readHead(current.id);
    if (there === null) return current;
    current = there;
  }
}

/**
 * The JobManager showed the job: record its state, and why it failed when it did. The head stays as it is when that is
 * another's to tell (failure-cause.ts).
 */
export async function recordSeen(
  deps: RecordDeps,
  head: RunHead,
  job: FlinkJob,
  signal: AbortSignal,
  byDriver = false,
): Promise<RunHead> {
  const failedNow = job.state === 'FAILED' && head.status !== 'FAILED';
  const told = failedNow ? await failureCause(deps, head, signal) : NOTHING_TO_TELL;
  if (told.kind === 'notMine') return head;
  return await record(deps, head, { kind: 'seen', job, cause: told.cause, byDriver }, signal);
}

const NOTHING_TO_TELL: FailureCause = { kind: 'told', cause: null };

/** A cancel that was asked for while nobody knew of a job is due now (protocol.md section 7). */
async function cancelIfAsked(deps: RecordDeps, before: RunHead, after: RunHead, signal: AbortSignal): Promise<void> {
  const confirmed = before.status === 'INITIALIZING' && after.finishedAt === null && after.jobId !== null;
  if (!confirmed || after.cancelAskedAt === null) return;
  await deps.jobManager.cancel(after.address, after.jobId, signal).catch((error: unknown) => {
    deps.log.warn('cancel not delivered, the reconciler will repeat it', { runId: after.id, error: String(error) });
  });
}

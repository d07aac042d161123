/** Writes the change from a piece of evidence, on condition of the version read; decides again if that has changed. */
import { cutText } from '../../domain/cut-text.ts';
import { AppError } from '../../domain/errors.ts';
import { MAX_ERROR_LENGTH, MISSED_MS } from '../../domain/limits.ts';
import type { Clock, Log, SavepointStore } from '../../domain/ports.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { SavepointWish } from '../../domain/run/savepoint-trigger.ts';
import { doneWish, failedWish, wantsSavepoint } from '../../domain/run/savepoint-wish.ts';
import { type Evidence, settle } from '../../domain/run/settle.ts';
import { type FlinkJob, instanceStatusOf, isFinal } from '../../domain/run/status.ts';
import { sideBySide } from '../waiting/side-by-side.ts';
import { type CauseDeps, type FailureCause, failureCause } from './failure-cause.ts';
import { keepSavepoints } from './keep-savepoints.ts';
import { logFullText } from './log-full-text.ts';
import { pursueSavepoint } from './pursue-savepoint.ts';
import { triggerState } from './trigger-state.ts';
import { troubleOf } from './trouble.ts';

export interface RecordDeps extends CauseDeps {
  readonly savepoints: SavepointStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Returns the head as it is stored afterwards. */
export async function record(
  deps: RecordDeps,
  head: RunHead,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<RunHead> {
  let current = head;
  let told = evidence;
  for (;;) {
    const settlement = settle(current, told, deps.clock.now());
    if (settlement === null) return current;
    const stored = await deps.store.updateHead(current, settlement.change, settlement.cause);
    if (stored !== null) {
      logFullText(deps.log, current.id, textOf(told));
      await cancelIfAsked(deps, current, stored, signal);
      return stored;
    }
    const there = await deps.store.readHead(current.id);
    if (there === null) return current;
    current = there;
    const renewed = await renewedFor(deps, there, told, signal);
    if (renewed === null) return there;
    told = renewed;
  }
}

/** Asks again for the outcome of a savepoint that was sent meanwhile; null: it is not known yet. */
async function renewedFor(
  deps: RecordDeps,
  there: RunHead,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<Evidence | null> {
  const isEnd = evidence.kind === 'seen' && isFinal(instanceStatusOf(evidence.job.state));
  if (!isEnd || !wantsSavepoint(there)) return evidence;
  const wish = await savepointAtEnd(deps, there, signal);
  return wish === 'notKnown' ? null : { ...evidence, wish };
}

function textOf(evidence: Evidence): string {
  if (evidence.kind === 'nothingStarted') return evidence.refusal;
  // Stryker disable next-line StringLiteral: only a long text is told again
  if (evidence.kind === 'seen') return evidence.cause ?? '';
  // Stryker disable next-line StringLiteral: as above
  return 'reason' in evidence ? evidence.reason : '';
}

/** Flink's text is kept although it proves nothing: should the run end without a job, it is the reason. */
export async function noteReason(
  { store, log }: Pick<RecordDeps, 'store' | 'log'>,
  head: RunHead,
  reason: string,
  otherJobId: string | null = null,
): Promise<RunHead> {
  const refusal = cutText(reason, MAX_ERROR_LENGTH);
  const change = otherJobId === null ? { refusal } : { refusal, otherJobId };
  const noted = await store.updateHead(head, change, refusal);
  if (noted === null) return (await store.readHead(head.id)) ?? head;
  logFullText(log, head.id, reason);
  return noted;
}

/** Who saw the job: each of them may conclude something else. */
type Observer = 'driver' | 'poll' | 'sweep';

export interface Sighting {
  readonly observer: Observer;
  /** The JobManager process that showed it, where that was asked. */
  readonly shownBy?: string | null | undefined;
  readonly signal: AbortSignal;
}

/**
 * The JobManager showed the job: record its state, and why it failed when it did. Before its end, what it leaves behind: a
 * run that is over is looked at by nobody any more. The head stays as it is when the reason is another's to tell (failure-cause.ts).
 */
export async function recordSeen(
  deps: RecordDeps,
  head: RunHead,
  job: FlinkJob,
  { observer, shownBy = null, signal }: Sighting,
): Promise<RunHead> {
  const askedAt = deps.clock.now();
  const failed = job.state === 'FAILED' && head.status !== 'FAILED';
  const [told, kept, wish, trouble] = await sideBySide(
    failed ? failureCause(deps, head, signal) : Promise.resolve(NO_CAUSE),
    leavesSomething(head, job) ? keepSavepoints(deps, head, { status: job.state }, signal) : Promise.resolve(true),
    isFinal(instanceStatusOf(job.state)) ? savepointAtEnd(deps, head, signal) : Promise.resolve(null),
    troubleOf(deps, head, { job, now: askedAt, isPoll: observer === 'poll' }, signal),
  );
  // A poll has little time; the reconciler may get the answer.
  const isAnothers = told.kind === 'notMine' || (told.kind === 'notAnswered' && observer === 'poll');
  if (isAnothers && !goesWithItsJob(head)) return head;
  const waiting = kept && wish !== 'notKnown' ? null : await waitWithTheEnd(deps, head, askedAt, observer);
  if (waiting !== null) return waiting;
  const facts = { cause: causeOf(told), byDriver: observer === 'driver', wish: wish === 'notKnown' ? null : wish };
  const evidence: Evidence = { kind: 'seen', job, shownBy, trouble, ...facts };
  return await record(deps, head, evidence, signal);
}

/** The outcome of the savepoint that was requested of an ended job; null: there was none, or nobody will know. */
async function savepointAtEnd(
  deps: RecordDeps,
  head: RunHead,
  signal: AbortSignal,
): Promise<SavepointWish | null | 'notKnown'> {
  if (!wantsSavepoint(head)) return null;
  const seen = await triggerState(deps, head, signal);
  if (seen === null || seen.kind === 'inProgress') return 'notKnown';
  if (seen.kind === 'done') return doneWish(head.savepoint, seen.path, deps.clock.now());
  return seen.kind === 'failed' ? failedWish(head.savepoint, seen.reason) : null;
}

function causeOf(told: FailureCause): string | null {
  if (told.kind === 'told') return told.cause;
  return told.kind === 'notMine' ? NOT_TOLD : null;
}

/** The JobManager of a run's own cluster ends with the job: a later question may find nobody there. */
function goesWithItsJob({ deployment }: RunHead): boolean {
  return deployment !== null;
}

const NOT_TOLD = "the job failed. Flink's reason may quote a secret, which could not be read to take it out";

/** A job that never ran has completed nothing. */
function leavesSomething(head: RunHead, job: FlinkJob): boolean {
  return !isFinal(head.status) && isFinal(instanceStatusOf(job.state)) && job.ranAt !== null;
}

/**
 * What is left of the job could not be recorded now. That must not keep its run from ending for ever: two looks of the
 * sweep are enough. Null: it ends as it is.
 */
async function waitWithTheEnd(
  { store, log }: RecordDeps,
  head: RunHead,
  askedAt: number,
  observer: Observer,
): Promise<RunHead | null> {
  if (!goesWithItsJob(head)) {
    if (observer !== 'sweep') return head;
    if (head.endSeenAt === null) return (await store.updateHead(head, { endSeenAt: askedAt }, null)) ?? head;
    if (askedAt - head.endSeenAt < MISSED_MS) return head;
  }
  log.warn('a run ends without a record of its savepoints', { runId: head.id, taskId: head.taskId });
  return null;
}

// Stryker disable next-line ObjectLiteral,StringLiteral: without a cause, only notMine is told in another way
const NO_CAUSE: FailureCause = { kind: 'told', cause: null };

/** A cancel that was asked for while nobody knew of a job is due now (protocol.md section 7). */
async function cancelIfAsked(deps: RecordDeps, before: RunHead, after: RunHead, signal: AbortSignal): Promise<void> {
  const confirmed = before.status === 'INITIALIZING' && after.finishedAt === null;
  if (!confirmed || after.cancelAskedAt === null) return;
  await sendCancel(deps, after, signal);
}

/**
 * Tells Flink once; whoever looks at the run next repeats what did not arrive. A run whose savepoint is still wanted is not
 * cancelled yet. Gives why Flink could not be told; null: it was told, or there is nothing to tell yet.
 */
export async function sendCancel(deps: RecordDeps, head: RunHead, signal: AbortSignal): Promise<string | null> {
  const {
    jobId,
    address,
    id: runId,
  } = await pursueSavepoint(deps, head, signal).then((now) =>
    wantsSavepoint(now) || isFinal(now.status) ? { ...now, jobId: null } : now,
  );
  if (jobId === null) return null;
  try {
    await deps.jobManager.cancel(address, jobId, signal);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.warn('cancel not delivered: the reconciler repeats it', { runId, error: error.message });
    return error.message;
  }
}

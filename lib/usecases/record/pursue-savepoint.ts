/**
 * Brings a savepoint that was asked of a run one step further: asks Flink what became of it, sends it where Flink does not
 * have it, and records how it ended (protocol.md section 12). Its trigger id is durable before it is sent.
 */
import { AppError } from '../../domain/errors.ts';
import { SEND_WITHIN_MS } from '../../domain/limits.ts';
import { savepointDirectory } from '../../domain/plan/savepoint-directory.ts';
import type { Clock, JobStore, SecretReader } from '../../domain/ports.ts';
import { liveOf } from '../../domain/run/active-partitions.ts';
import { endedByStop, goesWithItsJob } from '../../domain/run/own-cluster-stop.ts';
import { failedRestart, isSavedForRestart, wantsRestart } from '../../domain/run/restart.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { SavepointWish } from '../../domain/run/savepoint-trigger.ts';
import {
  decideWish,
  doneWish,
  failedWish,
  type WantedRun,
  wantsSavepoint,
  type WishDecision,
} from '../../domain/run/savepoint-wish.ts';
import { keepSavepoints, type KeepSavepointsDeps } from './keep-savepoints.ts';
import { readBody, triggerState, withoutValues } from './trigger-state.ts';
import { writeHead } from './write-head.ts';

export interface PursueDeps extends KeepSavepointsDeps {
  readonly store: JobStore;
  readonly clock: Clock;
  /** Null: this function may read none. */
  readonly secrets: SecretReader | null;
}

/** Returns the head as it is stored afterwards. After an error the next poll or sweep tries again. */
export async function pursueSavepoint(deps: PursueDeps, head: RunHead, signal: AbortSignal): Promise<RunHead> {
  return await goOn(deps, head, signal, isNotOfRestart);
}

/** The same for the caller of a restart, who alone sends the stop for the first time: until then nothing is lost. */
export async function pursueForRestart(deps: PursueDeps, head: RunHead, signal: AbortSignal): Promise<RunHead> {
  const mine = head.restart?.runId;
  return await goOn(deps, head, signal, (now) => wantsRestart(now) && now.restart.runId === mine);
}

function isNotOfRestart(head: WantedRun): boolean {
  return head.savepoint.firstSentAt !== null || !isSavedForRestart(head);
}

/** The same for a poll, which sends nothing and concludes nothing from silence. */
export async function observeSavepoint(deps: PursueDeps, head: RunHead, signal: AbortSignal): Promise<RunHead> {
  // Stryker disable next-line ArrowFunction: undefined means no as well
  return await goOn(deps, head, signal, () => false);
}

type May = (head: WantedRun) => boolean;

async function goOn(deps: PursueDeps, given: RunHead, signal: AbortSignal, may: May): Promise<RunHead> {
  let head = given;
  for (;;) {
    const after = wantsSavepoint(head) ? await goOnFrom(deps, head, signal, may) : head;
    if (after !== 'overtaken') return after;
    const there = await deps.store.readHead(head.id);
    if (there === null) return head;
    head = there;
  }
}

async function goOnFrom(deps: PursueDeps, head: WantedRun, signal: AbortSignal, may: May): Promise<Gone> {
  const askedAt = deps.clock.now();
  const seen = await triggerState(deps, head, signal);
  if (seen === null) return head;
  const decision = decideWish(head.savepoint, seen, askedAt);
  const acts = decision.kind === 'send' || decision.kind === 'miss';
  return acts && !may(head) ? head : await carryOut(deps, head, { decision, askedAt }, signal);
}

/** overtaken: the record has changed before the send was permitted, by a poll perhaps. Nothing was sent; decide again. */
type Gone = RunHead | 'overtaken';

interface Decided {
  readonly decision: WishDecision;
  readonly askedAt: number;
}

async function carryOut(
  deps: PursueDeps,
  head: WantedRun,
  { decision, askedAt }: Decided,
  signal: AbortSignal,
): Promise<Gone> {
  const wish = head.savepoint;
  switch (decision.kind) {
    case 'wait':
      return head;
    case 'send':
      return await send(deps, head, signal);
    case 'miss':
      return await writeHead(deps.store, head, { change: { savepoint: { ...wish, missedAt: askedAt } }, cause: null });
    case 'done':
      return (await keep(deps, head, decision.path, signal))
        ? await end(deps, head, doneWish(wish, decision.path, deps.clock.now()))
        : head;
    case 'failed':
      return await end(deps, head, failedWish(wish, decision.reason));
  }
}

/** Flink lists a savepoint some seconds after it is done, with the time at which it was. */
const LISTED_WITHIN_MS = 30_000;

/** False: the next poll or sweep makes the record. Flink keeps the outcome for a while. */
async function keep(deps: PursueDeps, head: WantedRun, path: string, signal: AbortSignal): Promise<boolean> {
  // Stryker disable next-line StringLiteral: any status that is not final will do
  if (await keepSavepoints(deps, head, { status: 'RUNNING', path }, signal)) return true;
  const { id: runId, taskId, jobId, savepoint } = head;
  const completedAt = deps.clock.now();
  // Stryker disable next-line LogicalOperator: of a trigger that Flink knows both times are there; the compiler asks
  const sentAt = savepoint.sentAt ?? completedAt;
  // Stryker disable next-line ConditionalExpression,BooleanLiteral: only a run with a job has a savepoint; the compiler asks
  if (jobId === null) return false;
  if (completedAt < sentAt + LISTED_WITHIN_MS && !goesWithItsJob(head, savepoint)) return false;
  const fp = head.usedFp ?? head.fp;
  await deps.savepoints.record({ taskId, fp, path, kind: 'savepoint', completedAt, jobId, runId });
  return true;
}

/** The permission is written first, on condition of the version that was decided on, and is valid for a short time. */
async function send(deps: PursueDeps, head: WantedRun, signal: AbortSignal): Promise<Gone> {
  const { store, clock, jobManager, log } = deps;
  const body = await readBody(deps, head);
  // What can't be read is left to the cluster's configuration.
  const directory = body === null ? null : savepointDirectory(body);
  const untilMs = clock.monotonic() + SEND_WITHIN_MS;
  const now = clock.now();
  const before = head.savepoint;
  const permitted = { ...before, firstSentAt: before.firstSentAt ?? now, sentAt: now, missedAt: null };
  const next = await store.updateHead(head, { savepoint: permitted }, null);
  if (next === null) return 'overtaken';
  // Stryker disable next-line ConditionalExpression: only a run with a job has a savepoint; the compiler asks
  if (head.jobId === null) return next;
  if (clock.monotonic() > untilMs || clock.now() > now + SEND_WITHIN_MS) return next;
  const { type, triggerId } = permitted;
  try {
    await jobManager.triggerSavepoint(head.address, head.jobId, { type, triggerId, directory }, signal);
    return next;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const reason = withoutValues(body, error.message);
    log.info('a savepoint was not taken by Flink', { runId: head.id, error: reason });
    if (error.code === 'flink.rejected')
      return await end(deps, { ...next, savepoint: permitted }, failedWish(permitted, reason));
    // Not a byte of it has left.
    if (error.code === 'flink.unreachable')
      return await writeHead(store, next, { change: { savepoint: before }, cause: null });
    return next;
  }
}

/** The savepoint is no longer wanted: the run goes back to the part of the index where only changes matter. */
async function end(deps: PursueDeps, head: WantedRun, savepoint: SavepointWish): Promise<RunHead> {
  // Without its savepoint the run goes on, and no other one takes its place.
  const failed = savepoint.state === 'failed' && wantsRestart(head) && isSavedForRestart(head);
  // Stryker disable next-line StringLiteral: what has failed has a reason; the compiler asks
  const given = failed ? { restart: failedRestart(head.restart, savepoint.reason ?? 'no savepoint') } : {};
  const active = liveOf({ ...head, savepoint, ...given });
  const over = endedByStop(head, savepoint, deps.clock.now());
  const change = { savepoint, active, ...given, ...over };
  return await writeHead(deps.store, head, { change, cause: endCause(head, savepoint) });
}

function endCause({ cancelAskedAt }: RunHead, { state, path, reason }: SavepointWish): string {
  if (state === 'done') return `savepoint ${path}`;
  const then = cancelAskedAt === null ? 'the job goes on' : 'the job is cancelled without one';
  return `no savepoint, ${then}: ${reason}`;
}

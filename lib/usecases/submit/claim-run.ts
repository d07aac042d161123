/**
 * Makes this run the only live one for its task and variables, or finds the one that is (protocol.md sections 3.4, 3.5).
 */
import { shownTaskId } from '../../domain/definition/described-task.ts';
import { AppError } from '../../domain/errors.ts';
import {
  CLAIM_FIRST_LOOK_MS,
  CLAIM_SLOWEST_LOOK_MS,
  CLAIM_WITHOUT_RUN_MS,
  CLAIMS_READ,
  MANY_CLAIMS,
  MAX_LIVE_RUNS,
} from '../../domain/limits.ts';
import type { Clock, JobStore } from '../../domain/ports.ts';
import {
  type ClaimQuestion,
  decideClaim,
  type Fingerprints,
  fingerprintsOf,
  isRunOf,
  type TaskClaims,
} from '../../domain/run/claims.ts';
import { isRevivable } from '../../domain/run/lost-job.ts';
import { voidHead } from '../../domain/run/new-run.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { isStopping } from '../../domain/run/savepoint-wish.ts';
import { isFinal } from '../../domain/run/status.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import { readHeads } from '../record/read-heads.ts';
import type { Budget } from '../waiting/budget.ts';
import { growingPauses } from '../waiting/growing-pauses.ts';
import { sideBySide } from '../waiting/side-by-side.ts';

export interface ClaimDeps {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly writer: string;
  /** Asks Flink about a live run, unless it was asked a moment ago: a run that has ended does not block the next one. */
  readonly refresh: (head: RunHead) => Promise<RunHead>;
  /** Waits for the end of a run that was asked to end; false: the time ran out before. */
  readonly awaitCancel: (head: RunHead, budget: Budget) => Promise<boolean>;
  /** Work that can be done beside the claim, whether it is won or not. */
  readonly beside: () => Promise<void>;
}

export interface ClaimIntent extends Fingerprints {
  readonly taskId: number;
  readonly runId: number;
  readonly question: Omit<ClaimQuestion, 'now' | 'taskId' | 'fp'>;
  /** True: no other run of the task may be live beside this one, with any variables. */
  readonly isOnline: boolean;
  /** Runs that the claims name, read a moment ago, that have ended: they need not be read again. */
  readonly known: readonly RunHead[];
}

interface ClaimAttempt extends ClaimIntent {
  /** Runs that were met and have ended. */
  readonly ended: RunHead[];
}

export type ClaimOutcome = { readonly kind: 'claimed' } | { readonly kind: 'duplicate'; readonly head: RunHead };

/** `first`: the TASK item as it was read beside everything else. */
export async function claimRun(
  deps: ClaimDeps,
  intent: ClaimIntent,
  first: TaskClaims,
  budget: Budget,
): Promise<ClaimOutcome> {
  let task = first;
  for (let known = intent.known; ; known = []) {
    checkTime(budget, intent.taskId);
    // Stryker disable next-line ArrayDeclaration: what is no run is never given up
    const attempt: ClaimAttempt = { ...intent, known, ended: [] };
    const outcome = await checkNamedRuns(deps, attempt, task, budget);
    const met = outcome ?? (intent.isOnline ? await checkOtherRuns(deps, attempt, task, budget) : null);
    if (met !== null) return met;
    await checkRoom(deps, intent, task);
    if ((await giveUpAll(deps, attempt)) && (await claims(deps, intent, task))) return { kind: 'claimed' };
    task = await deps.store.readTask(intent.taskId);
  }
}

async function claims(
  { store, beside }: ClaimDeps,
  { taskId, runId, isOnline, ...intent }: ClaimIntent,
  { claims: named, claimSeq }: TaskClaims,
): Promise<boolean> {
  const alone = isOnline ? { seenClaimSeq: claimSeq } : {};
  const [first, also] = fingerprintsOf(intent).map((fp) => ({ fp, seen: named[fp] ?? null }));
  if (first === undefined) return false;
  const [won] = await sideBySide(store.claim({ taskId, runId, ...first, also, ...alone }), beside());
  return won;
}

/**
 * Before a claim is taken, the lost runs whose place it takes are marked: a sweep that finds the job of one again follows it
 * on condition of the same version, so that only one of the two comes through.
 */
async function giveUpAll(deps: ClaimDeps, meeting: ClaimAttempt): Promise<boolean> {
  for (const head of meeting.ended) if (!(await giveUp(deps, head, meeting))) return false;
  return true;
}

/** False: it has changed, and may be live again. */
async function giveUp({ store }: ClaimDeps, head: RunHead, { runId }: ClaimIntent): Promise<boolean> {
  if (!isRevivable(head)) return true;
  return (await store.updateHead(head, { givenUpFor: runId }, `given up: run ${runId} takes its place`)) !== null;
}

/** Null: no run that a claim names blocks this request. */
async function checkNamedRuns(
  deps: ClaimDeps,
  intent: ClaimAttempt,
  { claims: named }: TaskClaims,
  budget: Budget,
): Promise<ClaimOutcome | null> {
  for (const fp of fingerprintsOf(intent)) {
    const seen = named[fp];
    if (seen === undefined || intent.ended.some(({ id }) => id === seen)) continue;
    const outcome = await checkNamedRun(deps, intent, { fp, runId: seen }, budget);
    if (outcome !== null) return outcome;
  }
  return null;
}

interface NamedRun {
  readonly fp: string;
  readonly runId: number;
}

/** Null: the run that the claim names does not block this request. */
async function checkNamedRun(
  deps: ClaimDeps,
  intent: ClaimAttempt,
  { fp, runId: seen }: NamedRun,
  budget: Budget,
): Promise<ClaimOutcome | null> {
  const known = intent.known.find(({ id }) => id === seen);
  const stored = known ?? (await deps.store.readHead(seen)) ?? (await awaitHead(deps, seen, intent.taskId, budget));
  if (stored === null || !isRunOf(stored, { taskId: intent.taskId, fp })) return null;
  const head = await deps.refresh(stored);
  switch (decideClaim(head, questionOf(deps, intent, fp))) {
    // Stryker disable next-line StringLiteral: to fall through to nothing is the same as null
    case 'claim':
      intent.ended.push(head);
      return null;
    case 'duplicate':
      return { kind: 'duplicate', head };
    case 'otherState':
      throw otherState(head, intent);
    case 'cancelling':
      await awaitEnd(deps, head, intent, budget);
      // A run that was to be stopped with a savepoint goes on if that fails: decide again.
      return await checkNamedRun(deps, intent, { fp, runId: seen }, budget);
  }
}

/** For a task that runs alone: any live run of it answers the request. */
async function checkOtherRuns(
  deps: ClaimDeps,
  intent: ClaimAttempt,
  task: TaskClaims,
  budget: Budget,
): Promise<ClaimOutcome | null> {
  for (const runId of othersOf(intent, task)) {
    const outcome = await checkOtherRun(deps, intent, runId, budget);
    if (outcome !== null) return outcome;
  }
  return null;
}

async function checkOtherRun(
  deps: ClaimDeps,
  intent: ClaimAttempt,
  runId: number,
  budget: Budget,
): Promise<ClaimOutcome | null> {
  const stored = (await deps.store.readHead(runId)) ?? (await awaitHead(deps, runId, intent.taskId, budget));
  if (stored?.taskId !== intent.taskId) return null;
  const head = isFinal(stored.status) ? stored : await deps.refresh(stored);
  if (isFinal(head.status)) {
    intent.ended.push(head);
    return null;
  }
  if (head.cancelAskedAt === null && !isStopping(head)) return { kind: 'duplicate', head };
  await awaitEnd(deps, head, intent, budget);
  return await checkOtherRun(deps, intent, runId, budget);
}

/**
 * A claim whose run is not there: its claimer is about to write it, or is gone. Nobody takes it over; after a while the
 * number is made void, which the claimer's own write then meets. Null: it is void now.
 */
export async function awaitHead(
  deps: Pick<ClaimDeps, 'store' | 'clock' | 'writer'>,
  runId: number,
  taskId: number,
  budget: Budget,
): Promise<RunHead | null> {
  const until = deps.clock.monotonic() + CLAIM_WITHOUT_RUN_MS;
  const nextPauseMs = growingPauses(CLAIM_FIRST_LOOK_MS, CLAIM_SLOWEST_LOOK_MS);
  for (let leftMs = CLAIM_WITHOUT_RUN_MS; leftMs > 0; leftMs = until - deps.clock.monotonic()) {
    checkTime(budget, taskId);
    await budget.sleep(Math.min(nextPauseMs(), leftMs));
    const head = await deps.store.readHead(runId);
    if (head !== null) return head;
  }
  checkTime(budget, taskId);
  return await deps.store.putHead(voidHead(runId, taskId, deps.writer, deps.clock.now()));
}

/** The run is being cancelled: its end frees the way, within the budget. */
async function awaitEnd(deps: ClaimDeps, cancelling: RunHead, intent: ClaimIntent, budget: Budget): Promise<void> {
  if (await deps.awaitCancel(cancelling, budget)) return;
  throw new AppError(
    'run.conflict',
    `Run ${cancelling.id} of task ${intent.taskId} is being cancelled. Try again when it has ended.`,
  );
}

/**
 * Claims pile up where every request brings other variables: some of those whose run is long over are taken away by every
 * claimer. Where hundreds are left, the runs are live, and one more is refused.
 */
async function checkRoom(deps: ClaimDeps, intent: ClaimIntent, task: TaskClaims): Promise<void> {
  const others = othersOf(intent, task);
  if (others.length <= MANY_CLAIMS) return;
  // Not always the same ones: the last ones read may all be live.
  const from = intent.runId % others.length;
  const turned = [...others.slice(from), ...others.slice(0, from)];
  let left = others.length;
  // Stryker disable next-line EqualityOperator: a batch of nothing clears nothing
  for (let at = 0; at < turned.length; at += CLAIMS_READ) {
    left -= await clearOldClaims(deps, intent, task, turned.slice(at, at + CLAIMS_READ));
    if (left < MAX_LIVE_RUNS) return;
  }
  const hint = 'Wait until some have ended, or cancel them.';
  throw new AppError(
    'run.tooMany',
    `Task ${intent.taskId} has ${left} live runs; the maximum is ${MAX_LIVE_RUNS}. ${hint}`,
  );
}

/** How many were taken away. */
async function clearOldClaims(
  deps: ClaimDeps,
  intent: ClaimIntent,
  task: TaskClaims,
  runIds: readonly number[],
): Promise<number> {
  const cleared = await Promise.all(
    runIds.map(async (runId) => {
      const fps = Object.keys(task.claims).filter((name) => task.claims[name] === runId);
      // One that can't be read counts as live: nobody knows that it has ended.
      const [head] = (await readHeads(deps.store, [runId])).heads;
      if (head === undefined) return false;
      const fp = fps.find((name) => isRunOf(head, { taskId: intent.taskId, fp: name }));
      const isAnothers = fp === undefined;
      const over = isAnothers || (isFinal(head.status) && decideClaim(head, questionOf(deps, intent, fp)) === 'claim');
      // Without its claim nobody would meet it any more.
      if (!over || !(isAnothers || (await giveUp(deps, head, intent)))) return false;
      for (const each of fps) await deps.store.dropClaim(intent.taskId, each, runId);
      return true;
    }),
  );
  return cleared.filter(Boolean).length;
}

function questionOf({ clock }: ClaimDeps, { question, taskId }: ClaimIntent, fp: string): ClaimQuestion {
  return { ...question, taskId, fp, now: clock.now() };
}

/** A run may be named by two claims. */
function othersOf(intent: ClaimIntent, task: TaskClaims): number[] {
  const own = fingerprintsOf(intent);
  const others = Object.entries(task.claims).flatMap(([fp, runId]) => (own.includes(fp) ? [] : [runId]));
  return [...new Set(others)];
}

function otherState(head: RunHead, intent: ClaimIntent): AppError {
  const from = head.savePointPath === null ? 'without a savepoint' : `from ${shownAddress(head.savePointPath)}`;
  // Stryker disable next-line StringLiteral: without a path there is no other state
  const asked = shownAddress(intent.question.savePointPath ?? 'none');
  const both = shownTaskId(intent.taskId) === null ? '' : ', or call restartTask, which does both';
  const hint = `Cancel that run first and submit again${both}.`;
  return new AppError(
    'run.conflict',
    `Run ${head.id} of task ${intent.taskId} is live and started ${from}; this request asks for ${asked}. ${hint}`,
  );
}

function checkTime(budget: Budget, taskId: number): void {
  if (budget.isOpen()) return;
  throw new AppError('budget.exceeded', `Task ${taskId} could not be claimed in time; nothing was started. Try again.`);
}

/**
 * Makes this run the only live one for its task and variables, or finds the one that is (protocol.md sections 3.4, 3.5).
 */
import { type ClaimQuestion, decideClaim } from '../domain/claims.ts';
import { CLAIMS_READ, CLAIM_LOOK_EVERY_MS, CLAIM_WITHOUT_RUN_MS, MANY_CLAIMS } from '../domain/constants.ts';
import type { TaskClaims } from '../domain/claims.ts';
import { AppError } from '../domain/errors.ts';
import { isFinal } from '../domain/job-status.ts';
import type { Clock, JobStore } from '../domain/ports.ts';
import type { RunHead } from '../domain/run.ts';
import { voidHead } from '../domain/new-run.ts';
import type { Budget } from './budget.ts';

export interface ClaimDeps {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly writer: string;
}

export interface ClaimIntent {
  readonly taskId: number;
  readonly fp: string;
  readonly runId: number;
  readonly question: Omit<ClaimQuestion, 'now'>;
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
  for (;;) {
    checkTime(budget, intent);
    const seen = task.claims[intent.fp] ?? null;
    const outcome = seen === null ? null : await meet(deps, intent, seen, budget);
    if (outcome !== null) return outcome;
    if (await deps.store.claim({ ...intent, seen })) {
      await clearOldClaims(deps, intent, task);
      return { kind: 'claimed' };
    }
    task = await deps.store.readTask(intent.taskId);
  }
}

/** Null: the run that the claim names stands in nobody's way. */
async function meet(deps: ClaimDeps, intent: ClaimIntent, seen: number, budget: Budget): Promise<ClaimOutcome | null> {
  const head = (await deps.store.readHead(seen)) ?? (await awaitHead(deps, seen, intent, budget));
  if (head === null) return null;
  switch (decideClaim(head, { ...intent.question, now: deps.clock.now() })) {
    case 'claim':
      return null;
    case 'duplicate':
      return { kind: 'duplicate', head };
    case 'otherState':
      throw otherState(head, intent);
    case 'cancelling':
      return await awaitCancel(deps, head, intent, budget);
  }
}

/**
 * A claim whose run is not there: its claimer is about to write it, or is gone. Nobody takes it over; after a while the
 * number is made void, which the claimer's own write then meets. Null: it is void now.
 */
async function awaitHead(deps: ClaimDeps, runId: number, intent: ClaimIntent, budget: Budget): Promise<RunHead | null> {
  const until = deps.clock.monotonic() + CLAIM_WITHOUT_RUN_MS;
  while (deps.clock.monotonic() < until) {
    checkTime(budget, intent);
    await budget.sleep(CLAIM_LOOK_EVERY_MS);
    const head = await deps.store.readHead(runId);
    if (head !== null) return head;
  }
  checkTime(budget, intent);
  return await deps.store.putHead(voidHead(runId, intent.taskId, deps.writer, deps.clock.now()));
}

/** The run is being cancelled: its end frees the way, within the budget. */
async function awaitCancel(deps: ClaimDeps, cancelling: RunHead, intent: ClaimIntent, budget: Budget): Promise<null> {
  while (budget.isOpen()) {
    const head = await deps.store.readHead(cancelling.id);
    if (head === null || isFinal(head.status)) return null;
    await budget.sleep(CLAIM_LOOK_EVERY_MS);
  }
  throw new AppError(
    'run.conflict',
    `Run ${cancelling.id} of task ${intent.taskId} is being cancelled. Try again when it has ended.`,
  );
}

/** Claims pile up where every request brings other variables; those whose run is long over are taken away, some at a time. */
async function clearOldClaims(deps: ClaimDeps, intent: ClaimIntent, task: TaskClaims): Promise<void> {
  const others = Object.entries(task.claims).filter(([fp]) => fp !== intent.fp);
  if (others.length <= MANY_CLAIMS) return;
  await Promise.all(
    others.slice(0, CLAIMS_READ).map(async ([fp, runId]) => {
      const head = await deps.store.readHead(runId);
      if (head === null || !isFinal(head.status)) return;
      const question = { ...intent.question, now: deps.clock.now() };
      if (decideClaim(head, question) === 'claim') await deps.store.dropClaim(intent.taskId, fp, runId);
    }),
  );
}

function otherState(head: RunHead, intent: ClaimIntent): AppError {
  const from = head.savePointPath === null ? 'without a savepoint' : `from ${head.savePointPath}`;
  const asked = intent.question.savePointPath ?? 'none';
  const hint = `Use restartTask to start it again from another savepoint.`;
  return new AppError(
    'run.conflict',
    `Run ${head.id} of task ${intent.taskId} is live and started ${from}; this request asks for ${asked}. ${hint}`,
  );
}

function checkTime(budget: Budget, intent: ClaimIntent): void {
  if (budget.isOpen()) return;
  throw new AppError(
    'budget.exceeded',
    `Task ${intent.taskId} could not be claimed in time; nothing was started. Try again.`,
  );
}

/**
 * A slot of a schedule: at most one run, however often it is delivered, and none while a run of the task is live (protocol.md
 * section 14). What became of it is recorded beside the runs, so that a night that was skipped shows.
 */
import { isAccepted, type SubmittedRun } from '../domain/answer.ts';
import { AppError } from '../domain/errors.ts';
import { SLOT_AHEAD_MS, SLOT_TAKEN_MS } from '../domain/limits.ts';
import type { Clock, DefinitionReader, Log, SlotStore } from '../domain/ports.ts';
import type { SubmitRequest } from '../domain/run/submit-request.ts';
import { type AskedSlot, planSlot } from '../domain/schedule/plan-slot.ts';
import type { SlotRecord } from '../domain/schedule/slot-record.ts';
import type { SlotOutcome } from '../domain/slot-outcome.ts';
import { readTask } from './load-task.ts';
import type { SubmitScope } from './submit/submission.ts';
import { withinBudget } from './waiting/budget.ts';

interface SlotDeps<Scope extends SubmitScope> {
  readonly definitions: DefinitionReader;
  readonly slots: SlotStore;
  readonly submit: (request: SubmitRequest, scope: Scope) => Promise<SubmittedRun>;
  readonly clock: Clock;
  readonly log: Log;
}

const RECORD_MS = 2_000;

export function startSlot<Scope extends SubmitScope>(
  deps: SlotDeps<Scope>,
): (slot: AskedSlot, scope: Scope) => Promise<SlotOutcome> {
  return async (slot, scope) => {
    try {
      const outcome = await start(deps, slot, scope);
      await record(deps, { ...slot, ...recordOf(outcome) });
      return outcome;
    } catch (error) {
      const reason = error instanceof AppError ? error.message : 'an error of Dinghy';
      await record(deps, { ...slot, outcome: 'failed', runId: null, reason });
      throw error;
    }
  };
}

async function start<Scope extends SubmitScope>(
  { definitions, submit, clock }: SlotDeps<Scope>,
  slot: AskedSlot,
  scope: Scope,
): Promise<SlotOutcome> {
  checkAge(slot, clock.now());
  return await withinBudget(clock, scope.budgetMs, async (budget) => {
    const task = await readTask(definitions.within(budget.signal), slot.taskId);
    const plan = planSlot(task, slot);
    if ('skippedBecause' in plan) return { kind: 'skipped', run: null, because: plan.skippedBecause };
    const run = await submit(
      { ...requestOf(slot, plan.variables), task },
      { ...scope, budgetMs: budget.remainingMs() },
    );
    if (isOfSlot(run, slot)) return { kind: 'started', run };
    return { kind: 'skipped', run, because: `run ${run.head.id} of the task is live` };
  });
}

/** Only the slot names the request: its variables and the task may change between two deliveries. */
function requestOf({ taskId, schedule, at }: AskedSlot, variables: SubmitRequest['variables']): SubmitRequest {
  const key = `slot ${taskId} ${schedule} ${new Date(at).toISOString()}`;
  return { taskId, variables, savePointPath: null, isOnline: true, key, slot: { schedule, at } };
}

function isOfSlot({ head }: SubmittedRun, { schedule, at }: AskedSlot): boolean {
  return head.slot?.schedule === schedule && head.slot.at === at;
}

/** The key of a slot prevents a second run only while it is known to exist. */
function checkAge({ taskId, schedule, at }: AskedSlot, now: number): void {
  const what = `The slot ${new Date(at).toISOString()} of the schedule "${schedule}" of task ${taskId}`;
  if (at > now + SLOT_AHEAD_MS) throw new AppError('request.invalid', `${what} is not due yet; nothing was started.`);
  if (now - at < SLOT_TAKEN_MS) return;
  const hint = 'If it has no run, submit the task by hand.';
  throw new AppError(
    'request.invalid',
    `${what} is too old: whether it was started is no longer known. Nothing was started. ${hint}`,
  );
}

function recordOf(outcome: SlotOutcome): Pick<SlotRecord, 'outcome' | 'runId' | 'reason'> {
  if (outcome.kind === 'skipped')
    return { outcome: 'skipped', runId: outcome.run?.head.id ?? null, reason: outcome.because };
  const { head } = outcome.run;
  if (isAccepted(head)) return { outcome: 'started', runId: head.id, reason: null };
  return { outcome: 'failed', runId: head.id, reason: head.error };
}

/** The outcome stands, even if it can't be recorded. */
async function record<Scope extends SubmitScope>(
  { slots, clock, log }: SlotDeps<Scope>,
  slot: Omit<SlotRecord, 'recordedAt'>,
): Promise<void> {
  try {
    await withinBudget(clock, RECORD_MS, (budget) =>
      slots.within(budget.signal).record({ ...slot, recordedAt: clock.now() }),
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn('the outcome of a slot could not be recorded', { ...slot, error: error.message });
  }
}

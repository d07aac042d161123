/**
 * A driver that comes too late for its permission, but knows that it has not sent, writes a new one first (protocol.md
 * section 3.7).
 */
import { SEND_WITHIN_MS } from '../domain/constants.ts';
import type { Clock, JobStore } from '../domain/ports.ts';
import type { RunBody, RunHead } from '../domain/run.ts';
import type { Budget } from './budget.ts';

/** A run together with the permission to send it. */
export interface DrivenRun {
  readonly head: RunHead;
  readonly body: RunBody;
  /** Monotonic time until which the newest permission to send may be used. */
  readonly sendUntilMs: number;
}

export interface PermitDeps {
  readonly store: JobStore;
  readonly clock: Clock;
}

/** Time that must be left of a permission for the send to be worth trying. */
const MARGIN_MS = 500;

/** Null: somebody else has decided about this run meanwhile; nothing may be sent. */
export async function permitAnotherSend(deps: PermitDeps, run: DrivenRun, budget: Budget): Promise<DrivenRun | null> {
  const needsNone = run.body.plan.job === null || !budget.isOpen();
  if (needsNone || deps.clock.monotonic() + MARGIN_MS <= run.sendUntilMs) return run;
  const { head } = run;
  const send = head.sends + 1;
  const open = [...head.open.filter((n) => n !== head.sends), send];
  const sendUntilMs = sendUntil(deps.clock);
  const change = { sends: send, open, sentAt: deps.clock.now() };
  const next = await deps.store.updateHead(
    head,
    change,
    `permission for send ${send}: the statements before took long`,
  );
  return next === null ? null : { ...run, head: next, sendUntilMs };
}

/** The gate, and the permission: to be asked in the same tick as the send (protocol.md sections 3.7 and 3.9). */
export function maySend(clock: Clock, sendUntilMs: number, budget: Budget): boolean {
  return budget.isOpen() && clock.monotonic() <= sendUntilMs;
}

/** To be taken before the write that permits: the permission counts from no later than that write. */
export function sendUntil(clock: Clock): number {
  return clock.monotonic() + SEND_WITHIN_MS;
}

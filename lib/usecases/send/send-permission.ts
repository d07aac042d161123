/**
 * A driver that comes too late for its permission, but knows that it has not sent, writes a new one first (protocol.md
 * section 3.7).
 */
import { CLOCK_SET_BACK_MS, SEND_WITHIN_MS } from '../../domain/limits.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { Clock, JobStore } from '../../domain/ports.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { Budget } from '../waiting/budget.ts';

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
  const { head } = run;
  const needsNone = run.body.plan.job === null || !budget.isOpen();
  if (needsNone || holds(deps.clock, permissionOf(run), MARGIN_MS)) return run;
  // Others would take a permission of that time for an old one, and send beside it: it is left to them.
  if (wasSetBack(deps.clock, permissionOf(run))) return run;
  const send = head.sends + 1;
  const open = [...head.open.filter((n) => n !== head.sends), send];
  const sendUntilMs = sendUntil(deps.clock);
  const change = { sends: send, open, sentAt: deps.clock.now() };
  const next = await deps.store.updateHead(
    head,
    change,
    `permission for send ${send}: the statements before it took long`,
  );
  return next === null ? null : { ...run, head: next, sendUntilMs };
}

/** How long one send is permitted, by both clocks of this machine. */
export interface SendPermission {
  /** Monotonic time until which it may be used. */
  readonly sendUntilMs: number;
  /** UTC ms: when it was written. */
  readonly sentAt: number;
}

export function permissionOf({ head, sendUntilMs }: DrivenRun): SendPermission {
  return { sendUntilMs, sentAt: head.sentAt };
}

/** The gate, and the permission: to be asked in the same tick as the send (protocol.md sections 3.7 and 3.9). */
export function maySend(clock: Clock, permission: SendPermission, budget: Budget): boolean {
  return budget.isOpen() && holds(clock, permission, 0);
}

/** A monotonic clock may stop while the machine sleeps, and a wall clock may be set: the first one ends the permission. */
function holds(clock: Clock, permission: SendPermission, marginMs: number): boolean {
  const { sendUntilMs, sentAt } = permission;
  const byWallMs = sentAt + SEND_WITHIN_MS;
  const inTime = clock.monotonic() + marginMs <= sendUntilMs && clock.now() + marginMs <= byWallMs;
  return inTime && !wasSetBack(clock, permission);
}

/** Less time has passed by the wall clock than by the other one: it no longer tells how old a permission is. */
function wasSetBack(clock: Clock, { sendUntilMs, sentAt }: SendPermission): boolean {
  const passedMs = clock.monotonic() - (sendUntilMs - SEND_WITHIN_MS);
  return clock.now() - sentAt < passedMs - CLOCK_SET_BACK_MS;
}

/** Read the clocks before the write that permits: the permission must not count from a later time. */
export function sendUntil(clock: Clock): number {
  return clock.monotonic() + SEND_WITHIN_MS;
}

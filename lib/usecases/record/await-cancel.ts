/**
 * A run that was asked to end is waited for: its end frees the way (protocol.md section 3.4). Flink is asked each time,
 * and told again if it does not know of the cancel yet: the call that asked for it may not have reached Flink.
 */
import type { RunHead } from '../../domain/run/run.ts';
import { isStopping } from '../../domain/run/savepoint-wish.ts';
import { isFinal } from '../../domain/run/status.ts';
import type { Budget } from '../waiting/budget.ts';
import { growingPauses } from '../waiting/growing-pauses.ts';
import { type RecordDeps, sendCancel } from './record.ts';
import { seenNow } from './refresh.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/** False: the time ran out before it ended. Also of a run that is being stopped with a savepoint, and goes on if that fails. */
export async function awaitCancel(deps: RecordDeps, cancelling: RunHead, budget: Budget): Promise<boolean> {
  const nextPauseMs = growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  let head = cancelling;
  while (budget.isOpen()) {
    head = (await deps.store.readHead(head.id)) ?? head;
    if (!isFinal(head.status)) head = await pressOn(deps, head, budget);
    if (isFinal(head.status) || !isBeingEnded(head)) return true;
    await budget.sleep(nextPauseMs());
  }
  return false;
}

function isBeingEnded(head: RunHead): boolean {
  return head.cancelAskedAt !== null || isStopping(head);
}

async function pressOn(deps: RecordDeps, stored: RunHead, budget: Budget): Promise<RunHead> {
  const head = await seenNow(deps, stored, budget);
  const isTold = isFinal(head.status) || head.status === 'INITIALIZING' || head.status === 'CANCELLING';
  if (!isTold && head.cancelAskedAt !== null && head.unreachableSince === null)
    await sendCancel(deps, head, budget.signal);
  return head;
}

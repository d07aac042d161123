/**
 * A run that was asked to end is waited for: its end frees the way (protocol.md section 3.4). Flink is asked each time,
 * and told again if it does not know of the cancel yet: the call that asked for it may not have reached Flink.
 */
import type { RunHead } from '../../domain/run/run.ts';
import { isFinal } from '../../domain/run/status.ts';
import type { Budget } from '../waiting/budget.ts';
import { growingPauses } from '../waiting/growing-pauses.ts';
import { type RecordDeps, tellCancel } from './record.ts';
import { seenNow } from './refresh.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/** False: the time ran out before it ended. */
export async function awaitCancel(deps: RecordDeps, cancelling: RunHead, budget: Budget): Promise<boolean> {
  const nextPauseMs = growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  let head = cancelling;
  while (budget.isOpen()) {
    head = (await deps.store.readHead(head.id)) ?? head;
    if (!isFinal(head.status)) head = await pressOn(deps, head, budget);
    if (isFinal(head.status)) return true;
    await budget.sleep(nextPauseMs());
  }
  return false;
}

async function pressOn(deps: RecordDeps, stored: RunHead, budget: Budget): Promise<RunHead> {
  const head = await seenNow(deps, stored, budget);
  const isTold = isFinal(head.status) || head.status === 'INITIALIZING' || head.status === 'CANCELLING';
  if (!isTold && head.unreachableSince === null) await tellCancel(deps, head, budget.signal);
  return head;
}

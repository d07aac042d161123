/**
 * A repeat waits within its own budget for the outcome of the run it was given (protocol.md section 4). Its submitter may be
 * gone: then Flink is asked, by one of all who wait and poll, at most once in 5 s.
 */
import type { RunHead } from '../domain/run.ts';
import type { Budget } from './budget.ts';
import { growingPauses } from './growing-pauses.ts';
import { refreshed } from './job-instance.ts';
import type { RecordDeps } from './record.ts';

const FIRST_LOOK_MS = 100;
const SLOWEST_LOOK_MS = 2_000;

export async function awaitOutcome(deps: RecordDeps, given: RunHead, budget: Budget): Promise<RunHead> {
  const nextPauseMs = growingPauses(FIRST_LOOK_MS, SLOWEST_LOOK_MS);
  let head = given;
  while (head.submitStatus === 'INITIALIZE' && budget.isOpen()) {
    await budget.sleep(nextPauseMs());
    head = (await deps.store.readHead(head.id)) ?? head;
    if (head.submitStatus === 'INITIALIZE' && budget.isOpen()) head = await refreshed(deps, head);
  }
  return head;
}

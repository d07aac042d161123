/** A repeat waits within its own budget for the outcome of the run it was given (protocol.md section 4). */
import type { JobStore } from '../domain/ports.ts';
import type { RunHead } from '../domain/run.ts';
import type { Budget } from './budget.ts';

const LOOK_EVERY_MS = 200;

export async function awaitOutcome(store: JobStore, given: RunHead, budget: Budget): Promise<RunHead> {
  let head = given;
  while (head.submitStatus === 'INITIALIZE' && budget.isOpen()) {
    await budget.sleep(LOOK_EVERY_MS);
    head = (await store.readHead(head.id)) ?? head;
  }
  return head;
}

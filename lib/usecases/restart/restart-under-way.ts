/** Two callers may ask for a restart at once: until the new run has its claims, only the old one names it. */
import type { JobStore } from '../../domain/ports.ts';
import { isWaiting, wantsRestart } from '../../domain/run/restart.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { Budget } from '../waiting/budget.ts';

/** The record of the new run follows in a moment, or its caller has died. */
const LOOKS = 5;
const PAUSE_MS = 100;

/** The run that waits for the end of this one; null: there is none, or it has gone its way. */
export async function restartUnderWay(store: JobStore, old: RunHead, budget: Budget): Promise<RunHead | null> {
  if (!wantsRestart(old)) return null;
  for (let look = 0; look < LOOKS && budget.isOpen(); look += 1) {
    const next = await store.readHead(old.restart.runId);
    if (next !== null) return isWaiting(next) ? next : null;
    await budget.sleep(PAUSE_MS);
  }
  return null;
}

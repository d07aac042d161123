/**
 * A repeat waits within its own budget for the outcome of the run it was given (protocol.md section 4). Its submitter may be
 * gone: then Flink is asked, by one of all who wait and poll, at most once in an interval (refresh-interval.ts).
 */
import { AppError } from '../../domain/errors.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { RecordDeps } from '../record/record.ts';
import { refreshed } from '../record/refresh.ts';
import type { Budget } from '../waiting/budget.ts';
import { growingPauses } from '../waiting/growing-pauses.ts';

const FIRST_LOOK_MS = 100;
const SLOWEST_LOOK_MS = 2_000;

export async function awaitOutcome(deps: RecordDeps, given: RunHead, budget: Budget): Promise<RunHead> {
  const nextPauseMs = growingPauses(FIRST_LOOK_MS, SLOWEST_LOOK_MS);
  let head = given;
  while (head.submitStatus === 'INITIALIZE' && budget.isOpen()) {
    await budget.sleep(nextPauseMs());
    if (budget.isOpen()) head = await look(deps, head, budget);
  }
  return head;
}

/** A table that does not answer in time is no reason to refuse: the run is known. */
async function look(deps: RecordDeps, known: RunHead, budget: Budget): Promise<RunHead> {
  try {
    const head = (await deps.store.readHead(known.id)) ?? known;
    return head.submitStatus === 'INITIALIZE' ? await refreshed(deps, head, budget) : head;
  } catch (error) {
    if (!(error instanceof AppError) || budget.isOpen()) throw error;
    return known;
  }
}

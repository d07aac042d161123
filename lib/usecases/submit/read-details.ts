/** The parts of a repeat's answer that are not in the head of its run. */
import { AppError } from '../../domain/errors.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { JobStore } from '../../domain/ports.ts';
import type { RunResult } from '../../domain/results/statement-result.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { Budget } from '../waiting/budget.ts';
import { sideBySide } from '../waiting/side-by-side.ts';

export interface RunDetails {
  readonly body: RunBody | null;
  readonly result: RunResult | null;
}

/** When the time is over, an answer without them is an answer all the same: the run is known. */
export async function readDetails(store: JobStore, head: RunHead, budget: Budget): Promise<RunDetails> {
  const within = store.within(budget.graceSignal());
  try {
    const [body, result] = await sideBySide(within.readBody(head), within.readResult(head.id));
    return { body, result };
  } catch (error) {
    if (!(error instanceof AppError) || budget.isOpen()) throw error;
    return { body: null, result: null };
  }
}

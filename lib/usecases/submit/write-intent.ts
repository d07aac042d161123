/** The intent: from here on the run exists, and nothing that can start its job is sent before (protocol.md section 3.6). */
import { AppError } from '../../domain/errors.ts';
import type { Clock, Ids, JobStore } from '../../domain/ports.ts';
import { voidHead } from '../../domain/run/new-run.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { Budget } from '../waiting/budget.ts';

export interface IntentDeps {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * The head that has the number: this one, or whose it is. A put whose reply is lost may have succeeded, or may still.
 * Making the number void decides it: either the run exists, and goes on, or it never will, and the refusal is true.
 */
export async function writeIntent({ store, clock, ids }: IntentDeps, head: RunHead, budget: Budget): Promise<RunHead> {
  try {
    return (await store.putHead(head)) ?? head;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const there = await store
      .within(budget.graceSignal())
      .putHead(voidHead(head.id, head.taskId, ids.writer, clock.now()))
      .catch((second: unknown) => {
        throw second instanceof AppError ? undecided(head, error) : second;
      });
    if (there === null) throw error;
    // A cancel or a sweep may have changed it meanwhile: the run continues from the stored head.
    return there;
  }
}

function undecided(head: RunHead, cause: AppError): AppError {
  const look = `Ask getJobInstance?id=${head.id} before you submit again.`;
  const message = `${cause.message} Run ${head.id} of task ${head.taskId} may have been recorded anyway. ${look}`;
  return new AppError('store.unavailable', message, { cause });
}

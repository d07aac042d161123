/** Asks Flink why a live job does not run. If Flink can't answer now, the known reason stays: a poll has little time. */
import type { RunHead } from '../../domain/run/run.ts';
import {
  isRestartTold,
  type LiveLook,
  restartsNow,
  restartsSince,
  restartText,
  slotsText,
  type Trouble,
  troubleQuestion,
} from '../../domain/run/trouble.ts';
import { nullOnError } from '../waiting/null-on-error.ts';
import { type CauseDeps, failureCause } from './failure-cause.ts';

/** Null: there is nothing to ask. */
export async function troubleOf(
  deps: CauseDeps,
  head: RunHead,
  look: LiveLook,
  signal: AbortSignal,
): Promise<Trouble | null> {
  switch (troubleQuestion(head, look)) {
    case 'nothing':
      return null;
    case 'restart':
      return await restart(deps, head, signal);
    case 'afterRestart':
      return { error: null, restarts: restartsSince(head, await counted(deps, head, signal)) };
    case 'over':
      return { error: null, restarts: head.restarts };
    case 'slots':
      return { error: await waitsForSlots(deps, head, signal), restarts: head.restarts };
  }
}

async function restart(deps: CauseDeps, head: RunHead, signal: AbortSignal): Promise<Trouble> {
  const restarts = restartsNow(head, await counted(deps, head, signal));
  if (isRestartTold(head, restarts)) return { error: head.error, restarts };
  const told = await nullOnError(() => failureCause(deps, head, signal));
  // Null: the next one asks again, such as the reconciler, which may read the secrets that the reason may quote.
  const error = told?.kind === 'told' && told.cause !== null ? restartText(restarts, told.cause) : null;
  return { error, restarts };
}

async function counted({ jobManager }: CauseDeps, { address, jobId }: RunHead, signal: AbortSignal) {
  return jobId === null ? null : await nullOnError(() => jobManager.restarts(address, jobId, signal));
}

async function waitsForSlots({ jobManager }: CauseDeps, { address, error }: RunHead, signal: AbortSignal) {
  const slots = await nullOnError(() => jobManager.slots(address, signal));
  return slots === null ? error : slotsText(slots);
}

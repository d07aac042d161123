/**
 * Statements before the job that live in the session alone may begin with the claim (protocol.md section 3.7): they start
 * nothing, and end with the session if the run is not started.
 */
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { Clock } from '../../domain/ports.ts';
import type { FlinkVisit } from '../connect/reach-flink.ts';
import { runSteps, type StepsOutcome } from '../send/run-steps.ts';
import type { Budget } from '../waiting/budget.ts';
import { throwBugs } from '../waiting/throw-bugs.ts';

/** Runs the statements once; all callers get the same outcome. */
export type Steps = () => Promise<StepsOutcome>;

/** The statements of `body` before its job, and what runs them. */
export interface StepsBefore {
  readonly clock: Clock;
  readonly body: RunBody;
  readonly flink: FlinkVisit;
  readonly budget: Budget;
}

/** `early`: begin at once. Nothing of them goes on when `work` is over. */
export async function withSteps<T>(
  { clock, body, flink, budget }: StepsBefore,
  early: boolean,
  work: (steps: Steps) => Promise<T>,
): Promise<T> {
  const unwanted = new AbortController();
  const wanted = untilAborted(clock, budget, unwanted.signal);
  const begun: { outcome?: Promise<StepsOutcome> } = {};
  const steps: Steps = () => (begun.outcome ??= runSteps(clock, body, flink, wanted));
  if (early) {
    // Any error: callers that wait get it; otherwise it is thrown below.
    steps().catch(() => undefined);
  }
  try {
    return await work(steps);
  } finally {
    unwanted.abort();
    throwBugs(await Promise.allSettled([begun.outcome]));
  }
}

function untilAborted(clock: Clock, budget: Budget, unwanted: AbortSignal): Budget {
  const signal = AbortSignal.any([budget.signal, unwanted]);
  return {
    ...budget,
    signal,
    isOpen: () => budget.isOpen() && !unwanted.aborted,
    sleep: (ms) => clock.sleep(ms, signal),
  };
}

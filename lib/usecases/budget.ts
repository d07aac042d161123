/**
 * How long a request may go on, and the gate that closes when it is over (protocol.md section 3.9). Everything a use
 * case waits for takes the budget's signal, so that nothing is left running when the handler answers.
 */
import type { Clock } from '../domain/ports.ts';

export interface Budget {
  readonly signal: AbortSignal;
  /** False once the time is up: nothing that starts a job may be sent any more. */
  isOpen(): boolean;
  remainingMs(): number;
  /** Sleeps, but not past the end of the budget. */
  sleep(ms: number): Promise<void>;
}

/** Runs `work` within `ms` milliseconds from now. */
export async function withinBudget<T>(clock: Clock, ms: number, work: (budget: Budget) => Promise<T>): Promise<T> {
  const endsAt = clock.monotonic() + ms;
  const over = new AbortController();
  const answered = new AbortController();
  const timer = clock.sleep(ms, answered.signal).then(() => over.abort());
  const budget: Budget = {
    signal: over.signal,
    isOpen: () => !over.signal.aborted && clock.monotonic() < endsAt,
    remainingMs: () => Math.max(0, endsAt - clock.monotonic()),
    sleep: (pauseMs) => clock.sleep(pauseMs, over.signal),
  };
  try {
    return await work(budget);
  } finally {
    answered.abort();
    await timer;
  }
}

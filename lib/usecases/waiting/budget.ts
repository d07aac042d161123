/**
 * How long a request may go on, and the gate that closes when it is over (protocol.md section 3.9). Everything a use
 * case waits for takes the budget's signal, so that nothing is left running when the handler answers.
 */
import type { Clock } from '../../domain/ports.ts';

export interface Budget {
  readonly signal: AbortSignal;
  /** False once the time is up: nothing that starts a job may be sent any more. */
  isOpen(): boolean;
  remainingMs(): number;
  /** Sleeps, but not past the end of the budget. */
  sleep(ms: number): Promise<void>;
  /** For what must be done although the time is up: until GRACE_MS after it. */
  graceMs(): number;
  graceSignal(): AbortSignal;
}

/** An answer comes at most 500 ms after its budget; the rest is for the machine. */
const GRACE_MS = 300;

/** Runs `work` within `ms` milliseconds from now. */
export async function withinBudget<T>(clock: Clock, ms: number, work: (budget: Budget) => Promise<T>): Promise<T> {
  const endsAt = clock.monotonic() + ms;
  const over = new AbortController();
  const answered = new AbortController();
  const timers = [clock.sleep(ms, answered.signal).then(() => over.abort())];
  const budget: Budget = {
    signal: over.signal,
    isOpen: () => !over.signal.aborted && clock.monotonic() < endsAt,
    remainingMs: () => Math.max(0, endsAt - clock.monotonic()),
    sleep: (pauseMs) => clock.sleep(pauseMs, over.signal),
    graceMs: () => Math.max(0, endsAt + GRACE_MS - clock.monotonic()),
    graceSignal: () => {
      const graceOver = new AbortController();
      timers.push(clock.sleep(budget.graceMs(), answered.signal).then(() => graceOver.abort()));
      return graceOver.signal;
    },
  };
  try {
    return await work(budget);
  } finally {
    answered.abort();
    await Promise.all(timers);
  }
}

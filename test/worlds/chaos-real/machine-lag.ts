/**
 * How long this process got no computing time: everything real runs on one machine, and what the machine is late with is
 * no fault of the code. A timer says so: it comes later than it was set for.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 20;

export class MachineLag {
  #totalMs = 0;
  readonly #over = new AbortController();

  constructor() {
    this.#watch().catch(() => undefined);
  }

  /** All of it since the beginning: the difference of two readings belongs to the time between them. */
  get totalMs(): number {
    return this.#totalMs;
  }

  stop(): void {
    this.#over.abort();
  }

  async #watch(): Promise<void> {
    for (;;) {
      const at = performance.now();
      await sleep(EVERY_MS, undefined, { signal: this.#over.signal, ref: false });
      this.#totalMs += Math.max(0, performance.now() - at - EVERY_MS);
    }
  }
}

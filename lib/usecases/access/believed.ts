/** A cache of recent reads, each valid for KEY_BELIEVED. Its size is limited, so that many false keys can't fill it. */
import { KEY_BELIEVED_MS } from '../../domain/limits.ts';
import type { Clock } from '../../domain/ports.ts';

const MOST = 1_000;

interface Entry<T> {
  readonly value: T;
  readonly readAt: number;
  readonly readAtMonotonic: number;
}

export class Believed<T> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined: it must be read. */
  get(name: string): T | undefined {
    const entry = this.#entries.get(name);
    return entry !== undefined && this.#isFresh(entry) ? entry.value : undefined;
  }

  set(name: string, value: T): void {
    this.#entries.delete(name);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < MOST) break;
      this.#entries.delete(oldest);
    }
    const [readAt, readAtMonotonic] = [this.#clock.now(), this.#clock.monotonic()];
    this.#entries.set(name, { value, readAt, readAtMonotonic });
  }

  /** By both clocks: one stops while Lambda has frozen the process, the other may be set back. */
  #isFresh({ readAt, readAtMonotonic }: Entry<T>): boolean {
    const age = this.#clock.now() - readAt;
    return age >= 0 && age < KEY_BELIEVED_MS && this.#clock.monotonic() - readAtMonotonic < KEY_BELIEVED_MS;
  }
}

/** Notes that a key was used: beside the call, at most once an hour, and never in its way. */
import { AppError } from '../../domain/errors.ts';
import { KEY_USE_EVERY_MS } from '../../domain/limits.ts';
import type { AccessKeyReader, Clock, Log } from '../../domain/ports.ts';
import { withinBudget } from '../waiting/budget.ts';

/** Longer than a write takes; an answer that is ready waits no longer for it. */
const NOTE_WITHIN_MS = 100;
const MOST = 1_000;

export interface KeyUseDeps {
  readonly keys: AccessKeyReader;
  readonly clock: Clock;
  readonly log: Log;
}

export function keyUse({ keys, clock, log }: KeyUseDeps): (keyId: string) => Promise<void> {
  /** When this process last tried to: every process tries, and the table takes one write an hour. */
  const triedAt = new Map<string, number>();
  return async (keyId) => {
    const now = clock.now();
    if (now - (triedAt.get(keyId) ?? -Infinity) < KEY_USE_EVERY_MS) return;
    if (triedAt.size >= MOST) triedAt.clear();
    triedAt.set(keyId, now);
    try {
      await withinBudget(clock, NOTE_WITHIN_MS, ({ signal }) => keys.within(signal).noteUse(keyId, now));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn('use of a key not recorded', { keyId, error: error.message });
    }
  };
}

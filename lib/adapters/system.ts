/** The machine's own clock and randomness. */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Ids } from '../domain/ports.ts';

export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: async (ms, signal) => {
      // Any error: it is the signal's, which ends the sleep.
      await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    },
  };
}

export function systemIds(): Ids {
  return {
    jobId: () => randomBytes(16).toString('hex'),
    writer: randomBytes(8).toString('hex'),
    sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  };
}

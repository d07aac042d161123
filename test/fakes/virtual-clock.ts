/**
 * A clock for tests: time passes only when everybody waits. `run` drives a piece of work to its end, jumping to the next
 * timer whenever nothing else is left to do.
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../lib/domain/ports.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

export interface VirtualClock extends Clock {
  run<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass, with everything that happens in it. */
  advance(ms: number): Promise<void>;
}

export const START_OF_TIME = Date.UTC(2026, 0, 31, 12, 0, 0);

export function virtualClock(startAt: number = START_OF_TIME): VirtualClock {
  let now = startAt;
  let order = 0;
  let timers: Timer[] = [];

  const sleep: Clock['sleep'] = (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        timers = timers.filter((other) => other !== timer);
        resolve();
      };
      const timer: Timer = { at: now + Math.max(0, ms), order: order++, wake };
      timers.push(timer);
      signal?.addEventListener('abort', wake);
    });

  const wakeNext = (until: number): boolean => {
    const next = timers.reduce<Timer | null>(
      (a, b) => (a === null || b.at < a.at || (b.at === a.at && b.order < a.order) ? b : a),
      null,
    );
    if (next === null || next.at > until) return false;
    timers = timers.filter((timer) => timer !== next);
    now = Math.max(now, next.at);
    next.wake();
    return true;
  };

  const idle = async (): Promise<void> => {
    for (let i = 0; i < 3; i += 1) await setImmediate();
  };

  return {
    now: () => now,
    monotonic: () => now - startAt,
    sleep,
    run: async (work) => {
      let settled = false;
      const done = (): void => void (settled = true);
      work.then(done, done);
      for (;;) {
        await idle();
        if (settled) return await work;
        if (!wakeNext(Infinity)) throw new Error('the work waits for something that never happens');
      }
    },
    advance: async (ms) => {
      const until = now + ms;
      await idle();
      while (wakeNext(until)) await idle();
      now = until;
    },
  };
}

/** A limit for one request among many that all end with the same signal, such as those of a sweep. */
import type { Clock } from '../../domain/ports.ts';

export interface Timed {
  readonly signal: AbortSignal;
  /** Its own time is up, not its sender's. */
  isOver(): boolean;
  lift(): Promise<void>;
}

/** `withinMs` null: it has the time of its sender. By hand: `AbortSignal.any` keeps a trace of every request. */
export function timed(clock: Clock, withinMs: number | null, outer: AbortSignal): Timed {
  const own = new AbortController();
  const lifted = new AbortController();
  let over = false;
  const leave = endWith(outer, () => own.abort());
  const end = (): void => {
    if (lifted.signal.aborted || own.signal.aborted) return;
    over = true;
    own.abort();
  };
  const timer = withinMs === null ? Promise.resolve() : clock.sleep(withinMs, lifted.signal).then(end);
  return {
    signal: own.signal,
    isOver: () => over,
    lift: async () => {
      lifted.abort();
      leave();
      await timer;
    },
  };
}

interface Group {
  readonly ends: Set<() => void>;
  readonly onAbort: () => void;
}

/** Work that ends with a signal. The signal has one listener for all of it: Node.js warns of a leak above ten. */
const groups = new WeakMap<AbortSignal, Group>();

/** Returns how to take it back. */
function endWith(signal: AbortSignal, end: () => void): () => void {
  if (signal.aborted) {
    end();
    return () => undefined;
  }
  const group = groups.get(signal) ?? follow(signal);
  group.ends.add(end);
  return () => {
    group.ends.delete(end);
    if (group.ends.size > 0) return;
    signal.removeEventListener('abort', group.onAbort);
    groups.delete(signal);
  };
}

function follow(signal: AbortSignal): Group {
  const ends = new Set<() => void>();
  const onAbort = (): void => {
    groups.delete(signal);
    for (const end of ends) end();
  };
  const group: Group = { ends, onAbort };
  groups.set(signal, group);
  signal.addEventListener('abort', onAbort, { once: true });
  return group;
}

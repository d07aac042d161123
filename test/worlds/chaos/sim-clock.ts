/**
 * Simulated time for thousands of submits: a heap of timers, and one turn of the event loop between two of them, in which
 * every promise that can go on does. Nothing in a simulated world does real input or output, so one turn is enough.
 */
interface Timer {
  readonly at: number;
  readonly order: number;
  wake: (() => void) | null;
}

export interface Sim {
  /** UTC ms. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `then` in `ms`; the answer takes it back. */
  after(ms: number, then: () => void): () => void;
  /** Lets everything happen up to this moment. */
  runUntil(at: number): Promise<void>;
}

export function simClock(startAt: number): Sim {
  let now = startAt;
  let order = 0;
  const heap: Timer[] = [];

  const after = (ms: number, then: () => void): (() => void) => {
    const timer: Timer = { at: now + Math.max(0, ms), order: (order += 1), wake: then };
    push(heap, timer);
    return () => void (timer.wake = null);
  };

  return {
    now: () => now,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal === undefined) {
          after(ms, resolve);
          return;
        }
        if (signal.aborted) {
          resolve();
          return;
        }
        const onAbort = (): void => {
          forget();
          resolve();
        };
        const forget = after(ms, () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        });
        signal.addEventListener('abort', onAbort, { once: true });
      }),
    runUntil: async (until) => {
      await turn();
      for (;;) {
        const next = heap[0];
        if (next === undefined || next.at > until) break;
        pop(heap);
        if (next.wake === null) continue;
        now = next.at;
        next.wake();
        await turn();
      }
      now = Math.max(now, until);
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Timer[], timer: Timer): void {
  let i = heap.push(timer) - 1;
  while (i > 0) {
    const up = (i - 1) >> 1;
    if (before(heap[up]!, timer)) break;
    heap[i] = heap[up]!;
    i = up;
  }
  heap[i] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (heap.length === 0 || last === undefined) return;
  let i = 0;
  for (;;) {
    let down = 2 * i + 1;
    if (down >= heap.length) break;
    if (down + 1 < heap.length && before(heap[down + 1]!, heap[down]!)) down += 1;
    if (before(last, heap[down]!)) break;
    heap[i] = heap[down]!;
    i = down;
  }
  heap[i] = last;
}

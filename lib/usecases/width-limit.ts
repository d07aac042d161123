/** Runs at most `width` pieces of work side by side; the others wait for their turn, first come, first served. */
export type WidthLimit = <T>(work: () => Promise<T>) => Promise<T>;

export function widthLimit(width: number): WidthLimit {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running < width) running += 1;
    else await turn(waiting);
    try {
      return await work();
    } finally {
      // The place is handed over, not given up: else a newcomer could take it before the one that was woken.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

function turn(waiting: (() => void)[]): Promise<void> {
  return new Promise((go) => {
    waiting.push(go);
  });
}

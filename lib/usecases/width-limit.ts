/** Runs at most `width` pieces of work side by side; the others wait for their turn. */
export function widthLimit(width: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= width) await turn(waiting);
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

function turn(waiting: (() => void)[]): Promise<void> {
  return new Promise((go) => {
    waiting.push(go);
  });
}

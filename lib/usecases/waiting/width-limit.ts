/** Runs at most `width` pieces of work side by side; the others wait for their turn, first come, first served. */
export type WidthLimit = <T>(work: () => Promise<T>) => Promise<T>;

export function widthLimit(width: number): WidthLimit {
  let running = 0;
  const waiting: (() => void)[] = [];
  const done = (): void => {
    // The place is handed over, not given up: else a newcomer could take it before the one whose turn it is.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return (work) =>
    new Promise((resolve, reject) => {
      const begin = (): void => void begun(work).then(resolve, reject).then(done, done);
      if (running >= width) {
        waiting.push(begin);
        return;
      }
      running += 1;
      begin();
    });
}

/** A function that throws at once also gives a rejected promise. */
async function begun<T>(work: () => Promise<T>): Promise<T> {
  return await work();
}

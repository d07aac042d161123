/** Medians rather than means: one garbage collection or somebody else's test must not move a figure. */

const RESAMPLES = 2_000;

export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('No values to sum up.');
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at % 1);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Where a figure would lie in 95 of 100 repetitions: what was measured is drawn from again and again (bootstrap). */
export function range<T>(measured: readonly T[], figure: (drawn: readonly T[]) => number): readonly [number, number] {
  const random = seeded(1);
  const draw = (): T => measured[Math.floor(random() * measured.length)]!;
  const figures = Array.from({ length: RESAMPLES }, () => figure(measured.map(draw)));
  return [quantile(figures, 0.025), quantile(figures, 0.975)];
}

/** Seeded, so that the same measurements always give the same range (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

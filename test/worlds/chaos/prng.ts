/** Chance from a seed: the same seed gives the same run, whatever the machine (mulberry32). */
export interface Prng {
  /** In [0, 1). */
  next(): number;
  /** Whole, in [from, to]. */
  int(from: number, to: number): number;
  chance(p: number): boolean;
  pick<T>(all: readonly T[]): T;
  /** 32 hex digits. */
  hex32(): string;
}

export function prng(seed: number): Prng {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const word = (): string => int(0, 0xffff).toString(16).padStart(4, '0');
  return {
    next,
    int,
    chance: (p) => next() < p,
    pick: <T>(all: readonly T[]): T => all[int(0, all.length - 1)]!,
    hex32: () => Array.from({ length: 8 }, word).join(''),
  };
}

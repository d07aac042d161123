/** The law of the limit: never more than its width, everything is done, first come first served, an error frees its place. */
import { describe, expect, it } from 'vitest';
import { widthLimit } from '../../../lib/usecases/waiting/width-limit.ts';
import { prng } from '../../worlds/chaos/prng.ts';

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await Promise.resolve();
};

describe.each([1, 2, 3, 7, 20])('a limit of %i', (width) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keeps its law, whatever comes when (seed %i)', async (seed) => {
    const rng = prng(seed * 31 + width);
    const limit = widthLimit(width);
    let running = 0;
    let most = 0;
    const asked: number[] = [];
    const begun: number[] = [];
    const piece = async (n: number): Promise<number> => {
      asked.push(n);
      return await limit(async () => {
        begun.push(n);
        most = Math.max(most, (running += 1));
        await turns(rng.int(0, 6));
        running -= 1;
        if (rng.chance(0.2)) throw new Error(`piece ${n}`);
        return n;
      });
    };
    const all: Promise<number>[] = [];
    for (let n = 0; n < 120; n += 1) {
      all.push(piece(n));
      // A newcomer at the very moment at which somebody is woken.
      if (rng.chance(0.5)) await turns(rng.int(0, 4));
    }
    const outcomes = await Promise.allSettled(all);
    expect(outcomes).toHaveLength(120);
    expect(most).toBeLessThanOrEqual(width);
    expect(begun).toEqual(asked);
    for (const [n, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toBe(n);
      else expect(outcome.reason).toEqual(new Error(`piece ${n}`));
    }
    // All places are free again.
    const [one, other] = await Promise.all([limit(() => Promise.resolve(1)), limit(() => Promise.resolve(2))]);
    expect([one, other]).toEqual([1, 2]);
  });

  it('uses its whole width', async () => {
    const limit = widthLimit(width);
    let running = 0;
    let most = 0;
    const piece = (): Promise<void> =>
      limit(async () => {
        most = Math.max(most, (running += 1));
        await turns(3);
        running -= 1;
      });
    await Promise.all(Array.from({ length: 3 * width }, piece));
    expect(most).toBe(width);
  });
});

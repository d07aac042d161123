/** The gate that every send passes, whatever it starts: both halves of it by themselves. */
import { describe, expect, it } from 'vitest';
import { withinBudget } from '../../lib/usecases/budget.ts';
import { maySend } from '../../lib/usecases/permit-send.ts';
import { START_OF_TIME, virtualClock } from '../fakes/virtual-clock.ts';

/** Whether a send is allowed `atMs` after the start, of a budget and with a permission that end when they are said to. */
async function allowed({ atMs, budgetMs, untilMs }: Record<'atMs' | 'budgetMs' | 'untilMs', number>): Promise<boolean> {
  const clock = virtualClock(START_OF_TIME);
  return await clock.run(
    withinBudget(clock, budgetMs, async (budget) => {
      await clock.sleep(atMs);
      return maySend(clock, untilMs, budget);
    }),
  );
}

describe('a send', () => {
  it.each([
    ['within both', { atMs: 5_000, budgetMs: 25_000, untilMs: 20_000 }, true],
    ['at the last moment of its permission', { atMs: 20_000, budgetMs: 25_000, untilMs: 20_000 }, true],
    ['after its permission, though the budget is open', { atMs: 20_001, budgetMs: 25_000, untilMs: 20_000 }, false],
    ['after the budget, though it is permitted', { atMs: 25_000, budgetMs: 25_000, untilMs: 40_000 }, false],
    ['after both', { atMs: 45_000, budgetMs: 25_000, untilMs: 40_000 }, false],
  ])('%s', async (_when, times, may) => {
    expect(await allowed(times)).toBe(may);
  });
});

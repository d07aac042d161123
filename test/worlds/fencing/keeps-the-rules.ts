/** Explores scenarios to the end of their bounds, a test each, and says of each how much of it there was. */
import { expect, it } from 'vitest';
import { type Bound, type Exploration, explore } from './explorer.ts';
import { bound, type EXPLORED } from './scenarios.ts';

const LONG_MS = 3_600_000;

export function keepsTheRules(explored: typeof EXPLORED): void {
  it.each(explored.map(({ scenario, changes }) => ({ scenario, limits: bound(changes), name: scenario.name })))(
    '$name: $limits.total disturbances',
    async ({ scenario, limits, name }) => {
      const seen = await explore(scenario, limits);
      console.info(saying(name, limits, seen));
      expect(seen.broken).toBeNull();
      expect(seen.refusals).toEqual([]);
      expect(seen.histories).toBeGreaterThan(0);
    },
    LONG_MS,
  );
}

function saying(name: string, limits: Bound, { histories, joined, states, steps }: Exploration): string {
  const within = Object.entries(limits).map(([kind, most]) => `${kind} ${most}`);
  const counts = `${histories} histories to the end, ${joined} joined another, ${states} states, ${steps} steps`;
  return `${name} (at most ${within.join(', ')}): ${counts}`;
}

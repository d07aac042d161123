import { describe, expect, it } from 'vitest';
import { explore } from './explorer.ts';
import { saying } from './saying.ts';
import { JARS_EXPLORED, bound } from './scenarios.ts';

const LONG_MS = 3_600_000;

describe('fencing: jars, every interleaving within the bound keeps the rules', () => {
  it.each(JARS_EXPLORED.map(({ scenario, changes }) => ({ scenario, limits: bound(changes), name: scenario.name })))(
    '$name: $limits.total disturbances',
    async ({ scenario, limits, name }) => {
      const seen = await explore(scenario, limits);
      console.info(saying(name, limits, seen));
      expect(seen.broken).toBeNull();
      expect(seen.histories).toBeGreaterThan(0);
    },
    LONG_MS,
  );
});

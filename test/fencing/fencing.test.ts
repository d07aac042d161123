import { describe, expect, it } from 'vitest';
import { type Bound, type Exploration, explore } from './explorer.ts';
import { EXPLORED, SCENARIOS, bound, more } from './scenarios.ts';

const LONG_MS = 3_600_000;

function say(name: string, limits: Bound, { histories, joined, states, steps }: Exploration): void {
  const within = Object.entries(limits).map(([kind, most]) => `${kind} ${most}`);
  const counts = `${histories} histories to the end, ${joined} joined another, ${states} states, ${steps} steps`;
  console.info(`${name} (at most ${within.join(', ')}): ${counts}`);
}

describe('fencing: every interleaving within the bound keeps the rules', () => {
  it.each(EXPLORED.map(({ scenario, changes }) => ({ scenario, limits: bound(changes), name: scenario.name })))(
    '$name: $limits.total disturbances',
    async ({ scenario, limits, name }) => {
      const seen = await explore(scenario, limits);
      say(name, limits, seen);
      expect(seen.broken).toBeNull();
      expect(seen.histories).toBeGreaterThan(0);
    },
    LONG_MS,
  );

  it(
    'a preview whose statement is late, and time passes',
    async () => {
      const { broken, histories } = await explore(SCENARIOS.preview, bound({ total: 2 }));
      expect(broken).toBeNull();
      expect(histories).toBeGreaterThan(0);
    },
    LONG_MS,
  );

  // Takes a minute, so it belongs to the long runs alone (docs/fencing.md).
  if (more > 0) {
    it(
      'a key is repointed while its first request is held up',
      async () => {
        const { broken } = await explore(SCENARIOS.keys, KEY_TAKEN_ON);
        expect(broken).toBeNull();
      },
      LONG_MS,
    );
  }
});

const KEY_TAKEN_ON: Bound = { switches: 2, crashes: 0, faults: 0, jumps: 1, events: 1, total: 4 };

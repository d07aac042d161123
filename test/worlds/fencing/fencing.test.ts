import { describe, expect, it } from 'vitest';
import { type Bound, explore } from './explorer.ts';
import { keepsTheRules } from './keeps-the-rules.ts';
import { bound, EXPLORED, more, SCENARIOS } from './scenarios.ts';

const LONG_MS = 3_600_000;

describe('fencing: every interleaving within the bound keeps the rules', () => {
  keepsTheRules(EXPLORED);

  it(
    'a preview whose statement is late, and time passes',
    async () => {
      const { broken, histories } = await explore(SCENARIOS.preview, bound({ total: 2 }));
      expect(broken).toBeNull();
      expect(histories).toBeGreaterThan(0);
    },
    LONG_MS,
  );

  // Takes a minute, so it belongs to the long runs alone (docs/internals/fencing.md).
  it.skipIf(more === 0)(
    'a key is repointed while its first request is held up',
    async () => {
      const { broken } = await explore(SCENARIOS.keys, KEY_TAKEN_ON);
      expect(broken).toBeNull();
    },
    LONG_MS,
  );
});

const KEY_TAKEN_ON: Bound = { switches: 2, crashes: 0, faults: 0, jumps: 1, events: 1, total: 4 };

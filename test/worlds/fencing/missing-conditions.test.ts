import { describe, expect, it } from 'vitest';
import { MISSING } from './conditions.ts';
import { explore } from './explorer.ts';
import { MISSING_FOR_JARS } from './jar-conditions.ts';
import { bound } from './scenarios.ts';
import { MISSING_FOR_STOPS } from './stop-conditions.ts';

const LONG_MS = 600_000;

describe('fencing: each condition is needed', () => {
  it.each([...MISSING, ...MISSING_FOR_JARS, ...MISSING_FOR_STOPS])(
    'without "$condition" a rule breaks',
    async ({ scenario, broken, rules, bound: changes }) => {
      const seen = await explore(scenario, bound(changes), broken);
      expect(rules).toContain(seen.broken?.rule);
    },
    LONG_MS,
  );
});

import { describe } from 'vitest';
import { keepsTheRules } from './keeps-the-rules.ts';
import { JARS_EXPLORED } from './scenarios.ts';

describe('fencing: jars, every interleaving within the bound keeps the rules', () => {
  keepsTheRules(JARS_EXPLORED);
});

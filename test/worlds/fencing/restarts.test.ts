import { describe } from 'vitest';
import { keepsTheRules } from './keeps-the-rules.ts';
import { RESTARTS_EXPLORED } from './scenarios.ts';

describe('fencing: every interleaving of stops and restarts within the bound keeps the rules', () => {
  keepsTheRules(RESTARTS_EXPLORED);
});

/** The protocol without LANDING: a run is given up while its first send may still arrive. */
import { expect, it, vi } from 'vitest';
import type * as constants from '../../../lib/domain/limits.ts';
import { explore } from './explorer.ts';
import { bound, SCENARIOS } from './scenarios.ts';

vi.mock('../../../lib/domain/limits.ts', async (original) => ({
  ...(await original<typeof constants>()),
  LANDING_MS: 0,
  PATIENCE_MS: 10 * 60_000,
}));

it.each([SCENARIOS.resend, SCENARIOS.jarOnce])(
  '$name: without the wait for late statements a final status contradicts Flink',
  async (scenario) => {
    const { broken } = await explore(scenario, bound());
    expect(broken?.rule).toBe('final agrees with Flink');
  },
  600_000,
);

/** The protocol without LANDING: a run is given up while its first send may still arrive. */
import { expect, it } from 'vitest';
import { LANDING_MS, RESEND_UNTIL_MS } from '../../../lib/domain/limits.ts';
import type { Clock } from '../../../lib/domain/ports.ts';
import { explore } from './explorer.ts';
import type { Broken } from './fenced-world.ts';
import { bound, SCENARIOS } from './scenarios.ts';

/** To a sweep with this clock every wait for a late statement, and the time to send again, is over at once. */
const AHEAD_MS = Math.max(LANDING_MS, RESEND_UNTIL_MS) + 60_000;
const HURRIED: Broken = {
  clock: (clock, by): Clock => (by.startsWith('submit') ? clock : { ...clock, now: () => clock.now() + AHEAD_MS }),
};

it.each([SCENARIOS.resend, SCENARIOS.jarOnce])(
  '$name: without the wait for late statements a final status contradicts Flink',
  async (scenario) => {
    const { broken } = await explore(scenario, bound(), HURRIED);
    expect(broken?.rule).toBe('final agrees with Flink');
  },
  600_000,
);

/** A sweep that does not remember what hangs: it asks again for each run, and comes to no other one. */
import { expect, it, vi } from 'vitest';
import type * as constants from '../../../lib/domain/limits.ts';
import type * as asked from '../../../lib/usecases/reconcile/asked-flink.ts';
import { explore } from './explorer.ts';
import { bound, SCENARIOS } from './scenarios.ts';

// One turn after another, so that few runs show what many do.
vi.mock('../../../lib/domain/limits.ts', async (original) => ({
  ...(await original<typeof constants>()),
  LANE_WIDTH: 1,
}));

let forgets = false;

vi.mock('../../../lib/usecases/reconcile/asked-flink.ts', async (original) => {
  const real = await original<typeof asked>();
  class Forgetful extends real.Parties {
    readonly #anew: () => asked.Parties;
    constructor(...[deps, partyDeps]: ConstructorParameters<typeof real.Parties>) {
      super(deps, partyDeps);
      this.#anew = () => new real.Parties(deps, partyDeps);
    }
    override gateway(url: string): ReturnType<asked.Parties['gateway']> {
      return forgets ? this.#anew().gateway(url) : super.gateway(url);
    }
  }
  return { ...real, Parties: Forgetful };
});

it.each([
  [false, undefined],
  [true, 'settled beside what hangs'],
])('what hangs is forgotten: %s', async (forgetful, rule) => {
  forgets = forgetful;
  const { broken } = await explore(SCENARIOS.openHangsAtOnce, bound());
  expect(broken?.rule).toBe(rule);
});

/** A sweep that does not remember what hangs: it asks again for each run, and comes to no other one. */
import { expect, it } from 'vitest';
import type { JobStore } from '../../../lib/domain/ports.ts';
import { explore } from './explorer.ts';
import type { Broken } from './fenced-world.ts';
import { bound, SCENARIOS } from './scenarios.ts';

/** As if the gateway of each run were another one. */
const FORGETFUL: Broken = {
  store: (store): JobStore => ({
    ...store,
    readBody: async (head) => {
      const body = await store.readBody(head);
      return body === null ? null : { ...body, gatewayUrl: `${body.gatewayUrl ?? ''}#run-${head.id}` };
    },
  }),
};

it.each<[boolean, Broken, string | undefined]>([
  [false, {}, undefined],
  [true, FORGETFUL, 'settled beside what hangs'],
])('what hangs is forgotten: %s', async (_forgetful, broken, rule) => {
  const found = await explore(SCENARIOS.manyHangAtOnce, bound(), broken);
  expect(found.broken?.rule).toBe(rule);
});

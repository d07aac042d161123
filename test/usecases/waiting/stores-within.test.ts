/** Every wait of a use case has what is left of its budget as its limit, those for the tables too. */
import { expect, it } from 'vitest';
import { storesWithin } from '../../../lib/usecases/waiting/stores-within.ts';

interface Bound {
  readonly name: string;
  readonly signal?: AbortSignal;
  within(signal: AbortSignal): Bound;
}

const stub = (name: string): Bound => ({ name, within: (signal) => ({ ...stub(name), signal }) });
const NAMES = ['store', 'keys', 'savepoints', 'definitions'] as const;

it.each([[[...NAMES]], ...NAMES.map((name) => [[name]]), [[]]])(
  'of these stores each is bound to the signal, and none is made up: %j',
  (names) => {
    const { signal } = new AbortController();
    const deps = Object.fromEntries([...names, 'log'].map((name) => [name, stub(name)]));
    const bound = storesWithin(deps as never, signal) as Record<string, Bound>;
    expect(Object.keys(bound).sort()).toEqual([...names, 'log'].sort());
    for (const name of names) expect([bound[name]?.name, bound[name]?.signal]).toEqual([name, signal]);
    expect(bound['log']).toBe(deps['log']);
  },
);

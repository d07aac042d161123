/** Every wait of a use case has what is left of its budget as its limit, those for the tables too. */
import type { DefinitionReader, JobStore, RequestKeyStore, SavepointStore } from '../../domain/ports.ts';

interface Stores {
  readonly store?: JobStore;
  readonly keys?: RequestKeyStore;
  readonly savepoints?: SavepointStore;
  readonly definitions?: DefinitionReader;
}

/** The same dependencies, with those stores that are among them bound to the signal. */
export function storesWithin<Deps extends Stores>(deps: Deps, signal: AbortSignal): Deps {
  const { store, keys, savepoints, definitions } = deps;
  return {
    ...deps,
    ...(store === undefined ? {} : { store: store.within(signal) }),
    ...(keys === undefined ? {} : { keys: keys.within(signal) }),
    ...(savepoints === undefined ? {} : { savepoints: savepoints.within(signal) }),
    ...(definitions === undefined ? {} : { definitions: definitions.within(signal) }),
  };
}

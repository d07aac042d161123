/** Limits every wait of a use case to the rest of its budget, also those for the tables. */
import type { DefinitionReader, JobStore, RequestKeyStore, SavepointStore } from '../../domain/ports.ts';

interface Stores {
  readonly store?: JobStore;
  readonly keys?: RequestKeyStore;
  readonly savepoints?: SavepointStore;
  readonly definitions?: DefinitionReader;
}

/** The same dependencies, with their stores bound to the signal. */
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

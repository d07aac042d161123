/** Keys and refusal marks in memory. Held to the real ones by test/adapters/key-store.contract.ts. */
import { KEY_LIFE_MS, REFUSAL_LIFE_MS } from '../../lib/domain/constants.ts';
import type { Clock, KeyOwner, KeyStore, KeyedRequest, RequestKey } from '../../lib/domain/ports.ts';

export interface MemoryKeys {
  readonly keys: Map<string, KeyedRequest & KeyOwner & { readonly expiresAt: number }>;
  readonly marks: Map<string, number>;
}

export function memoryKeys(): MemoryKeys {
  return { keys: new Map(), marks: new Map() };
}

export function memoryKeyStore(clock: Clock, { keys, marks }: MemoryKeys = memoryKeys()): KeyStore {
  const nameOf = ({ caller, hash }: RequestKey): string => `${caller}#${hash}`;
  return {
    putKey: (key, request) => {
      const there = keys.get(nameOf(key));
      if (there !== undefined && there.expiresAt > clock.now()) {
        const mine = there.owner === request.owner && there.runId === request.runId;
        return Promise.resolve(mine ? null : { runId: there.runId, requestHash: there.requestHash });
      }
      keys.set(nameOf(key), { ...request, expiresAt: clock.now() + KEY_LIFE_MS });
      return Promise.resolve(null);
    },
    repointKey: (key, from, to) => {
      const there = keys.get(nameOf(key));
      if (there?.runId === from) keys.set(nameOf(key), { ...there, ...to });
      return Promise.resolve(there?.runId === from || there?.runId === to.runId);
    },
    markRefusal: (caller, taskId) => {
      marks.set(`${caller}#${taskId}`, clock.now());
      return Promise.resolve();
    },
    refusedAt: (caller, taskId) => {
      const at = marks.get(`${caller}#${taskId}`);
      return Promise.resolve(at !== undefined && clock.now() - at < REFUSAL_LIFE_MS ? at : null);
    },
  };
}

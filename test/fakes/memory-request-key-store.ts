/** Keys and the marks of callers in memory. Held to the real ones by test/contracts/request-key-store.contract.ts. */
import { KEY_LIFE_MS, MARKS_LIFE_MS } from '../../lib/domain/limits.ts';
import type { Clock, RequestKeyStore } from '../../lib/domain/ports.ts';
import { type CallerMarks, type CancelMark, NO_MARKS, type RefusalMark } from '../../lib/domain/run/caller-marks.ts';
import type { KeyedRequest, KeyOwner, RequestKey } from '../../lib/domain/run/request-key.ts';
import { bindable } from './bindable.ts';

export interface MemoryKeys {
  readonly keys: Map<string, KeyedRequest & KeyOwner & { readonly expiresAt: number }>;
  readonly marks: Map<string, CallerMarks>;
}

export function memoryKeys(): MemoryKeys {
  return { keys: new Map(), marks: new Map() };
}

export function memoryRequestKeyStore(clock: Clock, { keys, marks }: MemoryKeys = memoryKeys()): RequestKeyStore {
  const nameOf = ({ caller, hash }: RequestKey): string => `${caller}#${hash}`;
  const marksOf = (caller: string, taskId: number): CallerMarks => marks.get(`${caller}#${taskId}`) ?? NO_MARKS;
  const change = (caller: string, taskId: number, to: (there: CallerMarks) => CallerMarks): void => {
    marks.set(`${caller}#${taskId}`, to(marksOf(caller, taskId)));
  };
  return bindable<RequestKeyStore>({
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
    markRefusal: (caller, taskId, { at, id }) => {
      change(caller, taskId, ({ refusals, cancel }) => {
        const open = refusals.filter((one) => one.id !== id && at - one.at < MARKS_LIFE_MS);
        return { refusals: [...open, { at, id, takenBy: takerOf(refusals, id) }], cancel };
      });
      return Promise.resolve();
    },
    readMarks: (caller, taskId) => Promise.resolve(marksOf(caller, taskId)),
    takeRefusal: (caller, taskId, { id }, by) => {
      change(caller, taskId, ({ refusals, cancel }) => {
        const taken = refusals.map((one) => (one.id === id ? { ...one, takenBy: one.takenBy ?? by } : one));
        return { refusals: taken, cancel };
      });
      return Promise.resolve(takerOf(marksOf(caller, taskId).refusals, id) === by);
    },
    noteCancel: (caller, taskId, seen, mark) => {
      change(caller, taskId, (there) => (isSame(there.cancel, seen) ? { ...there, cancel: mark } : there));
      return Promise.resolve(isSame(marksOf(caller, taskId).cancel, mark));
    },
  });
}

function takerOf(refusals: readonly RefusalMark[], id: string): string | null {
  return refusals.find((one) => one.id === id)?.takenBy ?? null;
}

function isSame(a: CancelMark | null, b: CancelMark | null): boolean {
  return a?.runId === b?.runId && a?.at === b?.at;
}

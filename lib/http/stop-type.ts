/** The types of savepointTask and similar calls, in upper or lower case, as in Dinky. */
import type { StopHow } from '../domain/run/stop.ts';
import { invalid, seen } from './request.ts';

/**
 * Clients of 0.7 call the cancel without a savepoint `canceljob`. `cancelwithsavepoint` is Dinghy's own: Dinky's `cancel`
 * ends the job even if its savepoint fails.
 */
const TYPES: Readonly<Record<string, StopHow>> = {
  trigger: 'trigger',
  stop: 'stop',
  cancel: 'kill',
  canceljob: 'cancel',
  cancelwithsavepoint: 'cancelWithSavepoint',
};

const GIVE =
  'Give "trigger", "stop", "cancel" or "canceljob"; or "cancelWithSavepoint", which cancels only if the savepoint succeeds';

export function readStopType(name: string, type: unknown): StopHow {
  const word = typeof type === 'string' ? type.toLowerCase() : '';
  const how = Object.hasOwn(TYPES, word) ? TYPES[word] : undefined;
  if (how !== undefined) return how;
  if (word === 'dispose') {
    throw invalid(`The type ${seen(type)} is not supported: Dinghy never deletes a savepoint. ${GIVE}.`);
  }
  throw invalid(`The parameter "${name}" is ${seen(type ?? '')}. ${GIVE}.`);
}

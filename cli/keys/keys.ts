/** `dinghy keys`: chooses one of its four actions. */
import { didYouMean } from '../../lib/domain/suggest.ts';
import type { Call } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import { createKey } from './create-key.ts';
import { listKeys } from './list-keys.ts';
import { revokeKey } from './revoke-key.ts';
import { rotateKey } from './rotate-key.ts';

const ACTIONS: Readonly<Record<string, (call: Call, which: string) => Promise<number>>> = {
  create: createKey,
  list: listKeys,
  revoke: revokeKey,
  rotate: rotateKey,
};

/** Options of one action that the others do not have. */
const ONLY: Readonly<Record<string, readonly ('tasks' | 'verbs' | 'expires' | 'keep')[]>> = {
  create: ['tasks', 'verbs', 'expires'],
  list: [],
  revoke: [],
  rotate: ['expires', 'keep'],
};

export async function keys(call: Call): Promise<number> {
  const [action = '', which] = call.positionals;
  const run = ACTIONS[action];
  if (run === undefined) {
    const names = Object.keys(ACTIONS);
    throw new UsageError(`unknown action "${action}".${didYouMean(action, names)} Use ${names.join(', ')}.`);
  }
  if (action === 'list' && which !== undefined) throw new UsageError(`"${which}" is one word too many.`);
  if (action !== 'list' && which === undefined) throw new UsageError(`"keys ${action}" needs the name of a key.`);
  for (const option of ['tasks', 'verbs', 'expires', 'keep'] as const) {
    if (call[option] !== undefined && ONLY[action]?.includes(option) !== true) {
      throw new UsageError(`"keys ${action}" does not take --${option}.`);
    }
  }
  return await run(call, which ?? '');
}

/** `dinghy keys create`: the secret is the only line on standard output, so that a script can take it. */
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { type AccessKey, type Grant, keyNameProblem, keyState } from '../../lib/domain/access/access-key.ts';
import { readLifetime } from '../../lib/domain/access/lifetime.ts';
import { ALL_TASKS, readTaskScope } from '../../lib/domain/access/task-scope.ts';
import { readVerbs, USUAL_VERBS } from '../../lib/domain/access/verbs.ts';
import type { Call } from '../command.ts';
import { connectKeys } from '../connect.ts';
import { UsageError } from '../usage-error.ts';
import { newSecret } from './new-secret.ts';
import { tellSecret } from './tell-secret.ts';

const ID_BYTES = 6;

export async function createKey(
  { tasks, verbs, expires, by, json, io, env, ...where }: Call,
  name: string,
): Promise<number> {
  const problem = keyNameProblem(name);
  if (problem !== null) throw new UsageError(`"${name}" can't be used: ${problem}.`);
  const grant = {
    tasks: tasks === undefined ? ALL_TASKS : readTaskScope(tasks),
    verbs: verbs === undefined ? USUAL_VERBS : readVerbs(verbs),
  };
  refuseUseless(grant);
  const now = Date.now();
  const expiresAt = expires === undefined ? null : now + readLifetime('--expires', expires);
  const registry = connectKeys(where, env);
  refuseTaken(name, (await registry.list()).keys, now);
  const { secret, hash } = newSecret();
  const id = randomBytes(ID_BYTES).toString('hex');
  const made = { id, name, ...grant, createdBy: by ?? userInfo().username, createdAt: now, expiresAt, revokedAt: null };
  await registry.create({ hash, ...made });
  tellSecret({ secret, key: { hash, ...made }, json }, io);
  return 0;
}

/** The caller's own statement is no task, and may read all that any task may read. */
function refuseUseless({ tasks, verbs }: Grant): void {
  if (!verbs.includes('adhoc') || tasks === ALL_TASKS) return;
  const hint = 'Leave --tasks out, and make another key for tasks.';
  throw new UsageError(
    `the verb "adhoc" is for statements without a stored task: it needs all tasks (*), not ${tasks}. ${hint}`,
  );
}

/** Histories of runs could not tell two keys of one name apart. */
function refuseTaken(name: string, keys: readonly AccessKey[], now: number): void {
  const taken = keys.find((key) => key.name === name && keyState(key, now) === 'active');
  if (taken === undefined) return;
  throw new UsageError(
    `there is already a key named "${name}". Choose another name, or give it a new secret: dinghy keys rotate ${name}.`,
  );
}

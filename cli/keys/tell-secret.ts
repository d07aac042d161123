/** Shows a secret, once. Information about it goes to stderr. */
import type { AccessKey } from '../../lib/domain/access/access-key.ts';
import { ALL_TASKS } from '../../lib/domain/access/task-scope.ts';
import { wireTime } from '../../lib/domain/time.ts';
import type { Io } from '../io.ts';

interface Told {
  readonly secret: string;
  readonly key: AccessKey;
  readonly json: boolean;
}

export function tellSecret({ secret, key, json }: Told, io: Io): void {
  const { id, name, tasks, verbs, expiresAt } = key;
  const expires = expiresAt === null ? 'never expires' : `expires at ${wireTime(expiresAt, 'UTC')} UTC`;
  io.err(`Key ${name} (${id}): tasks ${tasks}, verbs ${verbs.join(',')}, ${expires}.`);
  io.err('This is its secret. It is never shown again. Send it as the header "dinky-token".');
  if (json) io.out(JSON.stringify({ secret, ...shownKey(key) }, null, 2));
  else io.out(secret);
  io.err(
    'A client that sends no header of its own puts it into the address: https://HOST/k/SECRET/openapi/... Logs of such a ' +
      'client contain it: DolphinScheduler logs the address. Give such a key few tasks and an expiry.',
  );
  const wide = [tasks === ALL_TASKS ? '--tasks' : '', expiresAt === null ? '--expires' : ''].filter(
    (one) => one !== '',
  );
  if (wide.length > 0) io.err(`This key may do a lot. Limit it with ${wide.join(' and ')} where you can.`);
}

function shownKey({ id, name, tasks, verbs, expiresAt }: AccessKey): object {
  return { id, name, tasks, verbs, expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString() };
}

import { KEY_BELIEVED_MS } from '../../lib/domain/limits.ts';
import type { Call } from '../command.ts';
import { connectKeys } from '../connect.ts';
import { findKeys, fingerprintOf } from './find-keys.ts';

/** `dinghy keys revoke`: all secrets of a key, or the one whose fingerprint is given. */
export async function revokeKey({ io, env, ...where }: Call, which: string): Promise<number> {
  const registry = connectKeys(where, env);
  const keys = findKeys(which, (await registry.list()).keys);
  if (keys.length === 0) io.out(`"${which}" is already revoked.`);
  for (const key of keys) {
    await registry.revoke(key.hash, Date.now());
    io.out(`Revoked: key ${key.name} (${key.id}), secret ${fingerprintOf(key)}.`);
  }
  if (keys.length > 0) io.out(`It stops working within ${KEY_BELIEVED_MS / 1_000} seconds.`);
  return 0;
}

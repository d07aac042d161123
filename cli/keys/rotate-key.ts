/** `dinghy keys rotate`: a new secret for the same caller. The old one stays valid for a while, so that clients can change. */
import { userInfo } from 'node:os';
import { type AccessKey, keyState } from '../../lib/domain/access/access-key.ts';
import { readLifetime } from '../../lib/domain/access/lifetime.ts';
import { wireTime } from '../../lib/domain/time.ts';
import type { Call } from '../command.ts';
import { connectKeys } from '../connect.ts';
import { UsageError } from '../usage-error.ts';
import { findKeys, fingerprintOf } from './find-keys.ts';
import { newSecret } from './new-secret.ts';
import { tellSecret } from './tell-secret.ts';

const USUAL_KEEP = '24h';

export async function rotateKey(
  { keep = USUAL_KEEP, expires, by, json, io, env, ...where }: Call,
  which: string,
): Promise<number> {
  const now = Date.now();
  const oldEndsAt = now + readLifetime('--keep', keep);
  const lifetimeMs = expires === undefined ? null : readLifetime('--expires', expires);
  const registry = connectKeys(where, env);
  const old = findKeys(which, (await registry.list()).keys).filter((key) => keyState(key, now) === 'active');
  const newest = old.at(-1);
  if (newest === undefined)
    throw new UsageError(`key "${which}" is expired or revoked. Make a new one: dinghy keys create NAME.`);
  const { secret, hash } = newSecret();
  const expiresAt = endOf(newest, lifetimeMs, now);
  const key = { ...newest, hash, createdBy: by ?? userInfo().username, createdAt: now, expiresAt };
  // The new one first: after a crash in between, the caller still has a valid secret.
  await registry.create(key);
  for (const { hash: oldHash } of old) await registry.endBy(oldHash, oldEndsAt);
  tellSecret({ secret, key, json }, io);
  const names = old.map(fingerprintOf).join(', ');
  io.err(
    `The old secret (${names}) ends at ${wireTime(oldEndsAt, 'UTC')} UTC at the latest. dinghy keys revoke ends it now.`,
  );
  return 0;
}

/** The lifetime of the old one, unless another time is given. */
function endOf({ createdAt, expiresAt }: AccessKey, lifetimeMs: number | null, now: number): number | null {
  if (lifetimeMs !== null) return now + lifetimeMs;
  return expiresAt === null ? null : now + (expiresAt - createdAt);
}

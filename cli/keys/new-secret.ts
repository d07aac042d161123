import { createHash, randomBytes } from 'node:crypto';
import { KEY_BYTES, toApiKey } from '../../lib/domain/access/api-key.ts';

/** The text of a new key, and its stored form. */
export function newSecret(): { readonly secret: string; readonly hash: string } {
  const secret = toApiKey(randomBytes(KEY_BYTES));
  return { secret, hash: createHash('sha256').update(secret, 'utf8').digest('hex') };
}

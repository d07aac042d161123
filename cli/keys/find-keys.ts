/** Finds a key by its name, its id, or the fingerprint of one of its secrets. */
import { type AccessKey, keyState } from '../../lib/domain/access/access-key.ts';
import { didYouMean } from '../../lib/domain/suggest.ts';
import { UsageError } from '../usage-error.ts';

const FINGERPRINT_LENGTH = 8;

/** Tells the secrets of one key apart without revealing them. */
export function fingerprintOf({ hash }: AccessKey): string {
  return hash.slice(0, FINGERPRINT_LENGTH);
}

/** The secrets of one key that are not revoked; none: all are revoked. */
export function findKeys(word: string, keys: readonly AccessKey[]): AccessKey[] {
  const named = keys.filter((key) => key.id === word || key.name === word);
  const found = named.length > 0 ? named : keys.filter((key) => fingerprintOf(key) === word);
  if (found.length === 0) {
    const hint = didYouMean(word, keys.map(({ name }) => name)); // prettier-ignore
    throw new UsageError(`there is no key "${word}".${hint} See dinghy keys list.`);
  }
  const open = found.filter(({ revokedAt }) => revokedAt === null);
  const live = open.filter((key) => keyState(key, Date.now()) === 'active');
  const meant = live.length > 0 ? live : open;
  const ids = [...new Set(meant.map(({ id }) => id))];
  if (ids.length > 1) throw new UsageError(`several keys are named "${word}": ${ids.join(', ')}. Give the id of one.`);
  return meant;
}

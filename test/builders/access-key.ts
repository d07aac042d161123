/** API keys for tests: secrets that are valid, and what is stored of them. */
import { createHash } from 'node:crypto';
import type { AccessKey } from '../../lib/domain/access/access-key.ts';
import { toApiKey } from '../../lib/domain/access/api-key.ts';

/** The secret number `n`, each another one. */
export function aSecret(n: number): string {
  return toApiKey(Uint8Array.from({ length: 32 }, (_, at) => (at < 2 ? n >> (8 * at) : n * 31 + at * 7) % 256));
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function aKey(n: number, change: Partial<AccessKey> = {}): AccessKey {
  return {
    hash: hashOf(aSecret(n)),
    id: String(n).padStart(12, '0'),
    name: `key-${n}`,
    tasks: '*',
    verbs: ['submit', 'read', 'control', 'analyse'],
    createdBy: 'tester',
    createdAt: 1_000 + n,
    expiresAt: null,
    revokedAt: null,
    ...change,
  };
}

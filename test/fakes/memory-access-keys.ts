/** API keys in memory. Held to the real ones by test/contracts/access-keys.contract.ts. */
import type { AccessKey, Grant } from '../../lib/domain/access/access-key.ts';
import { KEY_USE_EVERY_MS } from '../../lib/domain/limits.ts';
import type { AccessKeyReader, AccessKeyRegistry } from '../../lib/domain/ports.ts';
import { bindable } from './bindable.ts';

export interface MemoryAccessKeys extends AccessKeyReader, AccessKeyRegistry {
  readonly keys: Map<string, AccessKey>;
  readonly uses: Map<string, number>;
  /** By kind and name: "iam arn:…". */
  readonly grants: Map<string, Grant>;
}

export function memoryAccessKeys(): MemoryAccessKeys {
  const keys = new Map<string, AccessKey>();
  const uses = new Map<string, number>();
  const grants = new Map<string, Grant>();
  const change = (hash: string, to: (key: AccessKey) => AccessKey): Promise<boolean> => {
    const key = keys.get(hash);
    if (key !== undefined) keys.set(hash, to(key));
    return Promise.resolve(key !== undefined);
  };
  const reader = bindable<AccessKeyReader>({
    find: (hash) => Promise.resolve(keys.get(hash) ?? null),
    grantOf: (kind, name) => Promise.resolve(grants.get(`${kind} ${name}`) ?? null),
    noteUse: (keyId, at) => {
      if (at - (uses.get(keyId) ?? -Infinity) >= KEY_USE_EVERY_MS) uses.set(keyId, at);
      return Promise.resolve();
    },
  });
  return Object.assign(reader, {
    keys,
    uses,
    grants,
    list: () => {
      const byAge = [...keys.values()].sort((one, two) => one.createdAt - two.createdAt);
      return Promise.resolve({ keys: byAge, unreadable: [] });
    },
    lastUses: (keyIds: readonly string[]) => Promise.resolve(new Map([...uses].filter(([id]) => keyIds.includes(id)))),
    create: (key: AccessKey) => Promise.resolve(void keys.set(key.hash, key)),
    revoke: (hash: string, revokedAt: number) => change(hash, (key) => ({ ...key, revokedAt })),
    endBy: (hash: string, at: number) =>
      change(hash, (key) => ({ ...key, expiresAt: key.expiresAt === null ? at : Math.min(at, key.expiresAt) })),
  });
}

/** `dinghy keys list`: every key, also expired and revoked ones, without the secrets. */
import { type AccessKey, keyState } from '../../lib/domain/access/access-key.ts';
import { alignColumns } from '../align-columns.ts';
import type { Call } from '../command.ts';
import { connectKeys, knowsJobsTable } from '../connect.ts';
import { readZone, type Zone } from '../zone.ts';
import { fingerprintOf } from './find-keys.ts';

interface Row {
  readonly key: AccessKey;
  readonly usedAt: number | null;
}

const NO_USES: ReadonlyMap<string, number> = new Map();

/** Exit code 1 also when an item can't be read. */
export async function listKeys({ zone, json, io, env, ...where }: Call): Promise<number> {
  const times = readZone(zone);
  const registry = connectKeys(where, env);
  const { keys, unreadable } = await registry.list();
  const isKnown = knowsJobsTable(where, env);
  const uses = isKnown ? await registry.lastUses([...new Set(keys.map(({ id }) => id))]) : NO_USES;
  const rows = keys.map((key) => ({ key, usedAt: uses.get(key.id) ?? null }));
  if (!isKnown) io.err('Give --jobs-table to see when keys were last used.');
  if (json) io.out(JSON.stringify({ keys: rows.map(toJson), unreadable }, null, 2));
  else if (rows.length === 0) io.out('There is no key. Make one: dinghy keys create NAME');
  else for (const line of alignColumns([headings(times), ...rows.map((row) => cellsOf(row, times))])) io.out(line);
  for (const problem of unreadable) io.err(`warning: ${problem}`);
  return unreadable.length === 0 ? 0 : 1;
}

const headings = ({ name }: Zone): string[] => [
  ...['NAME', 'ID', 'SECRET', 'STATE', 'TASKS', 'VERBS', `EXPIRES (${name})`, 'LAST USED', 'CREATED', 'BY'],
];

function cellsOf({ key, usedAt }: Row, { write }: Zone): string[] {
  const { id, name, tasks, verbs, expiresAt, createdAt, createdBy } = key;
  const expires = expiresAt === null ? 'never' : write(expiresAt);
  const used = usedAt === null ? '-' : write(usedAt);
  const state = keyState(key, Date.now());
  return [name, id, fingerprintOf(key), state, tasks, verbs.join(','), expires, used, write(createdAt), createdBy];
}

function toJson({ key, usedAt }: Row): object {
  const { id, name, tasks, verbs, createdBy } = key;
  const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  const times = { createdAt: iso(key.createdAt), expiresAt: iso(key.expiresAt), revokedAt: iso(key.revokedAt) };
  const state = keyState(key, Date.now());
  return { id, name, secret: fingerprintOf(key), state, tasks, verbs, createdBy, ...times, lastUsedAt: iso(usedAt) };
}

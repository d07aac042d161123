import {
  isNumbered,
  type ItemKey,
  type Kind,
  KINDS,
  type NamedKind,
  type NumberedKind,
} from '../../domain/definition/kinds.ts';

/** The keys of each definition in the Definitions table (pk and sk, both text). */

export const SCHEMA_VERSION = 1;

export const numberedKey = (kind: NumberedKind, id: number): ItemKey => ({ pk: `${kind}#${id}`, sk: kind });
export const namedKey = (kind: NamedKind, name: string): ItemKey => ({ pk: kind, sk: name });
export const counterKey = (kind: NumberedKind): ItemKey => ({ pk: 'COUNTER', sk: kind });

/** Null for items that are no definitions: counters, API keys. */
export function kindOfItem({ pk, sk }: ItemKey): Kind | null {
  return KINDS.find((kind) => (isNumbered(kind) ? sk === kind && pk.startsWith(`${kind}#`) : pk === kind)) ?? null;
}

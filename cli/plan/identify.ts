/** Gives every draft its number: its own, that of its name, or a provisional one if it is new. */
import { isNumbered, type Kind } from '../../lib/domain/definition/kinds.ts';
import { type Draft, SINGULAR } from '../manifest/draft.ts';
import { error, type Problem } from '../manifest/problem.ts';
import type { Stored } from './stored.ts';

export interface Identified {
  readonly draft: Draft;
  /** Below 0: provisional, to be replaced by a number from the counter. 0 for kinds that have names only. */
  readonly id: number;
  readonly stored: Stored | null;
}

export function identify(drafts: readonly Draft[], stored: readonly Stored[]): Identified[] {
  const claimed = claimedIds(drafts);
  let provisional = 0;
  return drafts.map((draft) => {
    const found = stored.find((it) => it.kind === draft.kind && isSame(draft, it, claimed)) ?? null;
    if (!isNumbered(draft.kind)) return { draft, id: 0, stored: found };
    return { draft, id: draft.id ?? found?.id ?? --provisional, stored: found };
  });
}

const idKey = (kind: Kind, id: number | null): string => `${kind}#${id}`;
const claimedIds = (drafts: readonly Draft[]): Set<string> =>
  new Set(drafts.filter(({ id }) => id !== null).map(({ kind, id }) => idKey(kind, id)));

/** If another draft has the id of a stored definition, it belongs to that draft, even with another name. */
function isSame(draft: Draft, stored: Stored, claimed: ReadonlySet<string>): boolean {
  if (draft.id !== null) return stored.id === draft.id;
  return stored.name === draft.name && !claimed.has(idKey(stored.kind, stored.id));
}

/** Names that a definition outside the manifest already has. */
export function takenNames(identified: readonly Identified[], stored: readonly Stored[]): Problem[] {
  const touched = new Set(identified.map(({ draft, id }) => idKey(draft.kind, id)));
  return identified.flatMap(({ draft }) => {
    if (!isNumbered(draft.kind)) return [];
    const same = (it: Stored) => it.kind === draft.kind && it.name === draft.name;
    const other = stored.find((it) => same(it) && !touched.has(idKey(it.kind, it.id)));
    return other ? [error(draft.namePlace, takenText(draft, other))] : [];
  });
}

function takenText(draft: Draft, other: Stored): string {
  const what = SINGULAR[draft.kind];
  return `${what} ${other.id} in the table is already named "${draft.name}". Choose another name, or write "id: ${other.id}" to change that one.`;
}

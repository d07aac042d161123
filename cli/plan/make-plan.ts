/** Manifest + table -> the changes. Pure: `diff` prints them, `apply` makes them. */
import { type AnyDefinition, isNumbered, type Kind, KINDS } from '../../lib/domain/definition/kinds.ts';
import { sameJson } from '../../lib/domain/definition/same-json.ts';
import type { Draft } from '../manifest/draft.ts';
import type { Problem } from '../manifest/problem.ts';
import { identify, takenNames } from './identify.ts';
import { resolveReferences } from './resolve.ts';
import type { Stored } from './stored.ts';

interface Item {
  readonly kind: Kind;
  /** Ids below 0, its own and those it refers to, are provisional. */
  readonly definition: AnyDefinition;
}

export type Change =
  | (Item & { readonly kindOfChange: 'create' })
  | (Item & { readonly kindOfChange: 'update'; readonly fields: readonly FieldChange[]; readonly stored: Stored })
  | (Item & { readonly kindOfChange: 'unchanged'; readonly stored: Stored });

export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface Plan {
  readonly changes: readonly Change[];
  /** Definitions that only the table has. */
  readonly others: readonly Stored[];
  readonly problems: readonly Problem[];
}

export function makePlan(drafts: readonly Draft[], stored: readonly Stored[]): Plan {
  const identified = identify(drafts, stored);
  const { targets, problems } = resolveReferences(identified, stored);
  const changes = targets.flatMap(({ of, definition }) =>
    definition ? [toChange(of.draft.kind, definition, of.stored)] : [],
  );
  const named = new Set(identified.flatMap((one) => one.stored ?? []));
  return {
    changes: inWriteOrder(changes),
    others: stored.filter((one) => !named.has(one)),
    problems: [...takenNames(identified, stored), ...problems],
  };
}

function toChange(kind: Kind, definition: AnyDefinition, stored: Stored | null): Change {
  if (!stored) return { kindOfChange: 'create', kind, definition };
  const fields = changedFields(stored.definition, definition);
  if (fields.length > 0) return { kindOfChange: 'update', kind, definition, fields, stored };
  return { kindOfChange: 'unchanged', kind, definition: stored.definition ?? definition, stored };
}

/** The version follows from other changes, so it does not count as one. */
function changedFields(from: AnyDefinition | null, to: AnyDefinition): FieldChange[] {
  const before = (from ?? {}) as unknown as Record<string, unknown>;
  return Object.entries(to as unknown as Record<string, unknown>)
    .filter(([field, value]) => field !== 'version' && !sameJson(before[field], value))
    .map(([field, value]) => ({ field, from: before[field], to: value }));
}

/** Referenced definitions come first, so that after a crash no task refers to a missing one. */
function inWriteOrder(changes: readonly Change[]): Change[] {
  const rank = ({ kind, definition }: Change): number =>
    KINDS.indexOf(kind) + ('dialect' in definition && definition.dialect !== 'FlinkSqlEnv' ? 0.5 : 0);
  return [...changes].sort((a, b) => rank(a) - rank(b));
}

export const idOf = ({ kind, definition }: Item): number | null =>
  isNumbered(kind) && 'id' in definition ? definition.id : null;

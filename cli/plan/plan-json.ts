/** A plan for programs, with its secrets masked (docs/guide/definitions.md). */
import { isNumbered } from '../../lib/domain/definition/kinds.ts';
import { SINGULAR } from '../manifest/draft.ts';
import { maskDefinition } from '../mask-definition.ts';
import { type Change, idOf, type Plan } from './make-plan.ts';

export function planJson({ changes, others }: Plan): object {
  const changed = changes.filter(({ kindOfChange }) => kindOfChange !== 'unchanged');
  return {
    changes: changed.map(changeJson),
    unchanged: changes.length - changed.length,
    others: others.map(({ kind, id, name }) => ({ kind: SINGULAR[kind], id: isNumbered(kind) ? id : null, name })),
  };
}

function changeJson(change: Change): object {
  const { kindOfChange, kind, definition } = change;
  const id = idOf(change);
  // It has no number yet.
  const what = {
    change: kindOfChange,
    kind: SINGULAR[kind],
    id: id !== null && id > 0 ? id : null,
    name: definition.name,
  };
  return { ...what, fields: change.kindOfChange === 'update' ? fieldsOf(change) : [] };
}

function fieldsOf({ fields, definition, stored }: Extract<Change, { kindOfChange: 'update' }>): object[] {
  const [before, after] = [stored.definition, definition].map(
    (one) => (one === null ? {} : maskDefinition(one)) as Record<string, unknown>,
  );
  return fields.map(({ field }) => ({ field, from: before?.[field] ?? null, to: after?.[field] ?? null }));
}

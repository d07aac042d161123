/** References by name -> ids, and a problem for each that does not exist. */
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import type { AnyDefinition, NumberedKind } from '../../lib/domain/definition/kinds.ts';
import { didYouMean } from '../../lib/domain/suggest.ts';
import { type Reference, SINGULAR } from '../manifest/draft.ts';
import { error, type Problem, warning } from '../manifest/problem.ts';
import type { Identified } from './identify.ts';
import type { Stored } from './stored.ts';

interface Target {
  readonly kind: string;
  readonly id: number;
  readonly name: string;
  readonly dialect: string | null;
}

export interface Resolved {
  readonly targets: readonly { readonly of: Identified; readonly definition: AnyDefinition | null }[];
  readonly problems: readonly Problem[];
}

/** `stored` is null if the table was not read: then a reference to outside the manifest is only a warning. */
export function resolveReferences(identified: readonly Identified[], stored: readonly Stored[] | null): Resolved {
  const known = knownTargets(identified, stored ?? []);
  const problems: Problem[] = [];
  const targets = identified.map((of) => {
    const ids: Record<string, number> = {};
    for (const reference of of.draft.references) {
      const target = known.find(
        (it) => it.kind === reference.kind && (it.id === reference.to || it.name === reference.to),
      );
      const problem = target ? unfitTarget(of, reference, target) : missing(reference, known, stored !== null);
      if (problem) problems.push(problem);
      if (target) ids[reference.field] = target.id;
    }
    return { of, definition: of.draft.definition && withIds(of, ids) };
  });
  return { targets, problems };
}

/** The definitions after the apply. */
function knownTargets(identified: readonly Identified[], stored: readonly Stored[]): Target[] {
  const drafted = identified.map(({ draft, id }) => ({
    kind: draft.kind,
    id,
    name: draft.name,
    dialect: dialectOf(draft.definition),
  }));
  const untouched = stored.filter((it) => !identified.some((of) => of.stored === it));
  return [
    ...drafted,
    ...untouched.map((it) => ({ kind: it.kind, id: it.id ?? 0, name: it.name, dialect: dialectOf(it.definition) })),
  ];
}

const dialectOf = (definition: AnyDefinition | null): string | null =>
  definition && 'dialect' in definition ? definition.dialect : null;

function withIds({ draft, id, stored }: Identified, ids: Record<string, number>): AnyDefinition {
  const definition = { ...draft.definition, ...ids } as AnyDefinition;
  if (!('id' in definition)) return definition;
  return 'version' in definition ? { ...definition, id, version: (stored?.version ?? 0) + 1 } : { ...definition, id };
}

function missing({ kind, to, place }: Reference, known: readonly Target[], asked: boolean): Problem {
  const what = SINGULAR[kind];
  const shown = typeof to === 'string' ? `"${to}"` : String(to);
  const names = known.filter((it) => it.kind === kind && it.name !== '').map((it) => it.name);
  const hint = typeof to === 'string' ? didYouMean(to, names) : '';
  if (!asked) {
    return warning(place, `${what} ${shown} is not in this manifest; apply will look for it in the table.${hint}`);
  }
  return error(
    place,
    `there is no ${what} ${shown}, neither in the manifest nor in the table.${hint} ${defineHint(kind)}`,
  );
}

const SECTION: Readonly<Record<NumberedKind, string>> = {
  TASK: 'tasks',
  CLUSTER: 'clusters',
  CLUSTER_CONFIGURATION: 'clusterConfigurations',
};
const defineHint = (kind: NumberedKind): string => `Define it under "${SECTION[kind]}:".`;

function unfitTarget(of: Identified, { field, place }: Reference, target: Target): Problem | null {
  if (field !== 'envId') return null;
  const own = of.draft.definition as TaskDefinition | null;
  if (own?.dialect === 'FlinkSqlEnv') return error(place, 'a FlinkSqlEnv task cannot have an environment task.');
  if (target.dialect === null || target.dialect === 'FlinkSqlEnv') return null;
  return error(
    place,
    `task "${target.name}" has dialect ${target.dialect}; "env" must name a task of dialect FlinkSqlEnv.`,
  );
}

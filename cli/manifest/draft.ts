/** A definition from a manifest. It is checked, but its id and its references are not looked up yet. */
import type { AnyDefinition, Kind, NumberedKind } from '../../lib/domain/definition/kinds.ts';
import type { Place } from './problem.ts';
import type { EntryField } from './read-entries.ts';

/** A field of a task that names another definition, by its id or by its name. */
export interface Reference {
  readonly field: 'clusterId' | 'clusterConfigurationId' | 'envId';
  readonly kind: NumberedKind;
  readonly to: number | string;
  readonly place: Place;
}

export interface Draft {
  readonly kind: Kind;
  readonly name: string;
  /** Null: it is found by its name, or gets a number at the first apply. */
  readonly id: number | null;
  readonly place: Place;
  readonly namePlace: Place;
  readonly references: readonly Reference[];
  /** Null if it has errors; its name and id are still used, so that one mistake is reported once. */
  readonly definition: AnyDefinition | null;
  readonly fields: ReadonlyMap<string, EntryField>;
  /** The place of a line of the task's statement. */
  readonly statementPlace: (line: number, column: number) => Place;
}

export const SINGULAR: Readonly<Record<Kind, string>> = {
  TASK: 'task',
  CLUSTER: 'cluster',
  CLUSTER_CONFIGURATION: 'cluster configuration',
  VARIABLES: 'variable',
  DATABASES: 'database',
  PRINCIPALS: 'principal',
};

/** A definition as a manifest gives it: checked by itself, its id and its references not looked up yet. */
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
  /** Null: found again by its name, or given a number at the first apply. */
  readonly id: number | null;
  readonly place: Place;
  readonly namePlace: Place;
  readonly references: readonly Reference[];
  /** Null when something in it is wrong; its name and id still count, so that one mistake is reported once. */
  readonly definition: AnyDefinition | null;
  readonly fields: ReadonlyMap<string, EntryField>;
  /** Where a line of the task's statement stands. */
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

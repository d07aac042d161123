/** The kinds of definitions, and what each holds. */
import type {
  ClusterConfiguration,
  ClusterDefinition,
  DatabaseDefinition,
  PrincipalDefinition,
  TaskDefinition,
  VariableDefinition,
} from './definitions.ts';

export interface DefinitionByKind {
  TASK: TaskDefinition;
  CLUSTER: ClusterDefinition;
  CLUSTER_CONFIGURATION: ClusterConfiguration;
  VARIABLES: VariableDefinition;
  DATABASES: DatabaseDefinition;
  PRINCIPALS: PrincipalDefinition;
}

export type Kind = keyof DefinitionByKind;

/** Known by a number that callers use; the others are known by their name alone. */
export type NumberedKind = 'TASK' | 'CLUSTER' | 'CLUSTER_CONFIGURATION';

export type NamedKind = Exclude<Kind, NumberedKind>;

export type AnyDefinition = DefinitionByKind[Kind];

export const KINDS: readonly Kind[] = [
  'VARIABLES',
  'DATABASES',
  'PRINCIPALS',
  'CLUSTER',
  'CLUSTER_CONFIGURATION',
  'TASK',
];

const NUMBERED: readonly Kind[] = ['TASK', 'CLUSTER', 'CLUSTER_CONFIGURATION'];

export const isNumbered = (kind: Kind): kind is NumberedKind => NUMBERED.includes(kind);

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export type StoredItem = ItemKey & Readonly<Record<string, unknown>>;

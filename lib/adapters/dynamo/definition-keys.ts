/** Where each definition lies in the Definitions table (keys pk and sk, both text). */
import type {
  ClusterConfiguration,
  ClusterDefinition,
  DatabaseDefinition,
  TaskDefinition,
  VariableDefinition,
} from '../../domain/definition/definitions.ts';

export const SCHEMA_VERSION = 1;

export interface DefinitionByKind {
  TASK: TaskDefinition;
  CLUSTER: ClusterDefinition;
  CLUSTER_CONFIGURATION: ClusterConfiguration;
  VARIABLES: VariableDefinition;
  DATABASES: DatabaseDefinition;
}

export type Kind = keyof DefinitionByKind;
/** Known by a number that callers use; the others are known by their name alone. */
export type NumberedKind = 'TASK' | 'CLUSTER' | 'CLUSTER_CONFIGURATION';
export type NamedKind = Exclude<Kind, NumberedKind>;
export type AnyDefinition = DefinitionByKind[Kind];

export const KINDS: readonly Kind[] = ['VARIABLES', 'DATABASES', 'CLUSTER', 'CLUSTER_CONFIGURATION', 'TASK'];

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export const numberedKey = (kind: NumberedKind, id: number): ItemKey => ({ pk: `${kind}#${id}`, sk: kind });
export const namedKey = (kind: NamedKind, name: string): ItemKey => ({ pk: kind, sk: name });
export const counterKey = (kind: NumberedKind): ItemKey => ({ pk: 'COUNTER', sk: kind });

export const isNumbered = (kind: Kind): kind is NumberedKind => kind !== 'VARIABLES' && kind !== 'DATABASES';

/** Null for items that are no definitions: counters, API keys. */
export function kindOfItem({ pk, sk }: ItemKey): Kind | null {
  return KINDS.find((kind) => (isNumbered(kind) ? sk === kind && pk.startsWith(`${kind}#`) : pk === kind)) ?? null;
}

/** Definitions in memory, and makers of valid ones: a test changes what it is about. */
import {
  type ClusterConfiguration,
  type ClusterDefinition,
  type DatabaseDefinition,
  TASK_DEFAULTS,
  type TaskDefinition,
  type VariableDefinition,
} from '../../lib/domain/definition/definitions.ts';
import type { DefinitionReader } from '../../lib/domain/ports.ts';
import { bindable } from './bindable.ts';

export interface Definitions {
  readonly tasks?: readonly TaskDefinition[];
  readonly clusters?: readonly ClusterDefinition[];
  readonly clusterConfigurations?: readonly ClusterConfiguration[];
  readonly variables?: readonly VariableDefinition[];
  readonly databases?: readonly DatabaseDefinition[];
}

export function memoryDefinitions(definitions: Definitions): DefinitionReader {
  const byId = <T extends { readonly id: number }>(all: readonly T[] | undefined) => {
    return (id: number): Promise<T | null> => Promise.resolve(all?.find((one) => one.id === id) ?? null);
  };
  return bindable<DefinitionReader>({
    task: byId(definitions.tasks),
    cluster: byId(definitions.clusters),
    clusterConfiguration: byId(definitions.clusterConfigurations),
    variables: () => Promise.resolve([...(definitions.variables ?? [])]),
    databases: () => Promise.resolve([...(definitions.databases ?? [])]),
  });
}

/** Requests with other values of `x` or `y` are other work. */
export const INSERT_SQL = `CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen');
CREATE TABLE snk (id BIGINT) COMMENT 'x \${x}, y \${y}' WITH ('connector' = 'blackhole');
INSERT INTO snk SELECT id FROM src;
x := 0; y := 0;
`;

export function aTask(changes: Partial<TaskDefinition> = {}): TaskDefinition {
  return { ...TASK_DEFAULTS, id: 1, version: 1, name: 'demo', type: 'local', statement: INSERT_SQL, ...changes };
}

export function aCluster(changes: Partial<ClusterDefinition> = {}): ClusterDefinition {
  const base = { id: 1, name: 'main', type: 'standalone', hosts: 'jm:8081', sqlGateway: 'http://gw:8083' };
  return { ...base, config: {}, note: null, enabled: true, ...changes };
}

export function aClusterConfiguration(changes: Partial<ClusterConfiguration> = {}): ClusterConfiguration {
  const base = { id: 5, name: 'k8s', type: 'kubernetes-application', sqlGateway: null, jobManager: null };
  return { ...base, configJson: {}, note: null, enabled: true, ...changes };
}

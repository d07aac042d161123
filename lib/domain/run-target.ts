/** Where a task runs (design.md, "Run modes"). An unknown type or dialect is an error, never a silent default. */
import type { ClusterDefinition, TaskDefinition } from './definitions.ts';
import {
  SESSION_TYPES,
  dialectProblem,
  needsCluster as typeNeedsCluster,
  needsClusterConfiguration,
  runTypeProblem,
} from './define-task.ts';
import { AppError } from './errors.ts';

/** Where Flink is. */
export interface FlinkAddresses {
  /** JobManager addresses, "host:port[,host:port...]". */
  readonly hosts: string;
  /** Null: none is known, which only a jar can do without. */
  readonly gatewayUrl: string | null;
}

export interface RunTarget extends FlinkAddresses {
  readonly clusterId: number | null;
  readonly clusterConfig: Readonly<Record<string, string>>;
}

export interface TargetDefaults {
  readonly sqlGatewayUrl: string | null;
  readonly flinkRest: string | null;
}

/** Whether the task names its cluster; also where an impossible type or dialect is refused. */
export function needsCluster(task: TaskDefinition): boolean {
  const problem = dialectProblem(task.dialect) ?? runTypeProblem(task.type) ?? notYet(task);
  if (problem !== null) throw new AppError('task.invalid', `Task ${task.id} (${task.name}): ${problem}`);
  return typeNeedsCluster(task.type);
}

function notYet({ dialect, type }: TaskDefinition): string | null {
  if (dialect === 'FlinkSqlEnv')
    return 'a FlinkSqlEnv task is a prologue for others (their envId) and is not submitted itself.';
  if (dialect === 'FlinkJar') return 'this version of Dinghy does not run FlinkJar tasks yet. Use a FlinkSql task.';
  if (!needsClusterConfiguration(type)) return null;
  return `this version of Dinghy does not run tasks of type ${type} yet. Use ${SESSION_TYPES.join(', ')} or local.`;
}

export function targetOf(task: TaskDefinition, cluster: ClusterDefinition | null, defaults: TargetDefaults): RunTarget {
  const gatewayUrl = cluster?.sqlGateway ?? defaults.sqlGatewayUrl;
  const hosts = cluster?.hosts ?? defaults.flinkRest;
  if (hosts === null) throw noDefaultCluster(task, gatewayUrl);
  return { hosts, gatewayUrl, clusterId: cluster?.id ?? null, clusterConfig: cluster?.config ?? {} };
}

function noDefaultCluster(task: TaskDefinition, gatewayUrl: string | null): AppError {
  const [missing, settings] =
    gatewayUrl === null
      ? ['no default session cluster and no SQL gateway', 'FLINK_REST to host:port and its SQL_GATEWAY_URL']
      : ['no default session cluster', 'FLINK_REST to host:port'];
  const hint = `Set its ${settings}, or use type standalone with a cluster.`;
  const message = `Task ${task.id} is of type local, but the deployment has ${missing}. ${hint}`;
  return new AppError('cluster.invalid', message);
}

export function gatewayOf({ gatewayUrl, hosts }: FlinkAddresses): string {
  if (gatewayUrl !== null) return gatewayUrl;
  const hint = "Set the cluster's sqlGateway or the deployment's SQL_GATEWAY_URL.";
  throw new AppError('cluster.invalid', `No SQL gateway is known for the Flink cluster at ${hosts}. ${hint}`);
}

/** The place where a task runs (run-modes.md). An unknown type or dialect is an error, never a silent default. */
import { hostsSizeProblem } from '../definition/address-size.ts';
import type { ClusterConfiguration, ClusterDefinition, TaskDefinition } from '../definition/definitions.ts';
import {
  dialectProblem,
  needsCluster as typeNeedsCluster,
  needsClusterConfiguration,
  runTypeProblem,
} from '../definition/run-types.ts';
import { AppError } from '../errors.ts';
import { shownAddress } from '../secrets/shown-address.ts';

/** The address of Flink. */
export interface FlinkAddresses {
  /** JobManager addresses, "host:port[,host:port...]". */
  readonly hosts: string;
  /** Null: none is known, which only a jar can do without. */
  readonly gatewayUrl: string | null;
}

export interface RunTarget extends FlinkAddresses {
  readonly clusterId: number | null;
  /** For messages; undefined if there is no such cluster. */
  readonly clusterName?: string;
  readonly clusterConfig: Readonly<Record<string, string>>;
  /** How long another JobManager must answer there before a run is given up; null or left out: the default. */
  readonly lostAfterMs?: number | null;
  /** Set if the run starts its own cluster: the cluster, and the future address of its JobManager. */
  readonly deploy?: { readonly type: string; readonly jobManager: string | null };
}

const MINUTE_MS = 60_000;

export interface TargetDefaults {
  readonly sqlGatewayUrl: string | null;
  readonly flinkRest: string | null;
  /** For clusters without a value of their own; null or undefined: Dinghy's default. */
  readonly lostAfterMinutes?: number | null;
}

/** Whether the task names its cluster; also where an impossible type or dialect is refused. */
export function needsCluster(task: TaskDefinition): boolean {
  const problem = dialectProblem(task.dialect) ?? runTypeProblem(task.type) ?? notYet(task);
  if (problem !== null) throw new AppError('task.invalid', `Task ${task.id} (${task.name}): ${problem}`);
  return typeNeedsCluster(task.type);
}

function notYet({ dialect }: TaskDefinition): string | null {
  if (dialect === 'FlinkSqlEnv')
    return "a FlinkSqlEnv task can't be submitted. Other tasks use it as their environment task (envId).";
  return null;
}

export function targetOf(
  task: TaskDefinition,
  cluster: ClusterDefinition | null,
  configuration: ClusterConfiguration | null,
  defaults: TargetDefaults,
): RunTarget {
  if (needsClusterConfiguration(task.type)) return deployTarget(task, configuration, defaults);
  const gatewayUrl = cluster?.sqlGateway ?? defaults.sqlGatewayUrl;
  const hosts = cluster?.hosts ?? defaults.flinkRest;
  if (hosts === null) throw noDefaultCluster(task, gatewayUrl);
  checkSize(hosts, cluster);
  const minutes = cluster?.lostAfterMinutes ?? defaults.lostAfterMinutes ?? null;
  const lostAfterMs = minutes === null ? null : minutes * MINUTE_MS;
  return { hosts, gatewayUrl, ...ofCluster(cluster), lostAfterMs };
}

function ofCluster(cluster: ClusterDefinition | null): Pick<RunTarget, 'clusterId' | 'clusterName' | 'clusterConfig'> {
  if (cluster === null) return { clusterId: null, clusterConfig: {} };
  return { clusterId: cluster.id, clusterName: cluster.name, clusterConfig: cluster.config };
}

function checkSize(hosts: string, cluster: ClusterDefinition | null): void {
  const problem = hostsSizeProblem(hosts);
  if (problem === null) return;
  const which = cluster === null ? "The deployment's FLINK_REST" : `Cluster ${cluster.id} (${cluster.name})`;
  throw new AppError('cluster.invalid', `${which}: ${problem}`);
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

/** The cluster does not exist yet: it has no address, and Flink's options come with its configuration. */
function deployTarget(
  task: TaskDefinition,
  configuration: ClusterConfiguration | null,
  defaults: TargetDefaults,
): RunTarget {
  const { type } = task;
  if (configuration === null) {
    const message = `Task ${task.id} of type ${type} names no cluster configuration. Set its clusterConfigurationId.`;
    throw new AppError('task.invalid', message);
  }
  const which = `Cluster configuration ${configuration.id} (${configuration.name})`;
  if (configuration.type !== type) {
    const hint = 'Name one of the same type, or change the task.';
    const message = `${which} is for ${configuration.type}, but task ${task.id} is of type ${type}. ${hint}`;
    throw new AppError('cluster.invalid', message);
  }
  if (!configuration.enabled) throw new AppError('cluster.invalid', `${which} of task ${task.id} is disabled.`);
  const gatewayUrl = configuration.sqlGateway ?? defaults.sqlGatewayUrl;
  const { jobManager } = configuration;
  return { hosts: '', gatewayUrl, clusterId: null, clusterConfig: {}, deploy: { type, jobManager } };
}

export function gatewayOf({ gatewayUrl, hosts }: FlinkAddresses): string {
  if (gatewayUrl !== null) return gatewayUrl;
  if (hosts === '') {
    const hint = "Set the cluster configuration's sqlGateway or the deployment's SQL_GATEWAY_URL.";
    throw new AppError('cluster.invalid', `There is no SQL gateway that could start a cluster. ${hint}`);
  }
  const hint = "Set the cluster's sqlGateway or the deployment's SQL_GATEWAY_URL.";
  throw new AppError(
    'cluster.invalid',
    `No SQL gateway is known for the Flink cluster at ${shownAddress(hosts)}. ${hint}`,
  );
}

/** Where a task runs (design.md, "Run modes"). An unknown type or dialect is an error, never a silent default. */
import type { ClusterDefinition, TaskDefinition } from './definitions.ts';
import { AppError } from './errors.ts';

export interface RunTarget {
  /** JobManager addresses, "host:port[,host:port...]". */
  readonly hosts: string;
  readonly gatewayUrl: string;
  readonly clusterId: number | null;
  readonly clusterConfig: Readonly<Record<string, string>>;
}

export interface TargetDefaults {
  readonly sqlGatewayUrl: string | null;
  readonly flinkRest: string | null;
}

/** Types that run on a session cluster which is defined as a cluster. */
const SESSION_TYPES = ['standalone', 'yarn-session', 'kubernetes-session'];
const LATER_TYPES = ['yarn-application', 'kubernetes-application', 'yarn-per-job'];
const KNOWN_TYPES = ['local', ...SESSION_TYPES, ...LATER_TYPES];

/** Whether the task names its cluster; also where an impossible type or dialect is refused. */
export function needsCluster(task: TaskDefinition): boolean {
  checkDialect(task);
  if (task.type === 'local') return false;
  if (SESSION_TYPES.includes(task.type)) return true;
  throw new AppError('task.invalid', whyNot(task));
}

function whyNot(task: TaskDefinition): string {
  const what = `Task ${task.id} has the type "${task.type}"`;
  if (task.type === 'kubernetes-application-operator') {
    return `${what}, which needs the Flink Kubernetes operator. Use kubernetes-session or kubernetes-application.`;
  }
  if (LATER_TYPES.includes(task.type)) {
    return `${what}, which this version of Dinghy does not run yet. Use ${SESSION_TYPES.join(', ')} or local.`;
  }
  return `${what}, which is not a run mode. Use one of ${KNOWN_TYPES.join(', ')}.`;
}

function checkDialect(task: TaskDefinition): void {
  if (task.dialect === 'FlinkSql') return;
  const what = `Task ${task.id} is of dialect "${task.dialect}"`;
  if (task.dialect === 'FlinkSqlEnv') {
    throw new AppError(
      'task.invalid',
      `${what}: it is a prologue for other tasks (their envId) and can't be submitted itself.`,
    );
  }
  if (task.dialect === 'FlinkJar') {
    throw new AppError('task.invalid', `${what}, which this version of Dinghy does not run yet. Use a FlinkSql task.`);
  }
  throw new AppError('task.invalid', `${what}, which is not Flink work. Use FlinkSql or FlinkSqlEnv.`);
}

export function targetOf(task: TaskDefinition, cluster: ClusterDefinition | null, defaults: TargetDefaults): RunTarget {
  const gatewayUrl = cluster?.sqlGateway ?? defaults.sqlGatewayUrl;
  if (gatewayUrl === null) {
    const where = cluster === null ? 'the deployment' : `cluster ${cluster.id} (${cluster.name})`;
    throw new AppError(
      'cluster.invalid',
      `No SQL gateway is known for ${where}. Set the cluster's sqlGateway or the deployment's SQL_GATEWAY_URL.`,
    );
  }
  const hosts = cluster?.hosts ?? defaults.flinkRest;
  if (hosts === null) {
    throw new AppError(
      'cluster.invalid',
      `Task ${task.id} is of type local, but the deployment has no default session cluster. Set its FLINK_REST to host:port, or use type standalone with a cluster.`,
    );
  }
  return { hosts, gatewayUrl, clusterId: cluster?.id ?? null, clusterConfig: cluster?.config ?? {} };
}

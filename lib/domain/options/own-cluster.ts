/**
 * The cluster that a run starts for itself: how it is named before it exists, what the gateway is told, where its
 * JobManager will answer, and what a person must look for (protocol.md section 11).
 */
import { isApplication, isYarn } from '../definition/run-types.ts';
import { isAtLeast, JOB_ID_OPTION, savepointPathKey } from './by-version.ts';

type Options = Readonly<Record<string, string>>;

export interface Deployment {
  /** yarn-application, kubernetes-application or yarn-per-job. */
  readonly type: string;
  /** Derived from the run. On Kubernetes it is the cluster id; on YARN a tag of the application. */
  readonly name: string;
  /** The namespace on Kubernetes; null on YARN. */
  readonly namespace: string | null;
  /** The gateway's answer: the cluster id, or the id of YARN's application. Null until then. */
  readonly clusterId: string | null;
  /** The address of its JobManager, with `{clusterId}` for the id; null if it is not defined. */
  readonly jobManager: string | null;
}

export interface DeployTarget {
  readonly type: string;
  /** The run's Flink options, all layers merged. */
  readonly properties: Options;
  /** Pattern of the cluster configuration; null: Flink's own default, which Kubernetes alone has. */
  readonly jobManager: string | null;
}

const JOB_ID_DIGITS = 8;
const DEFAULT_NAMESPACE = 'default';
const DEFAULT_REST_PORT = '8081';

/**
 * A DNS label of at most 27 characters (Kubernetes takes 45 of Flink's). The run alone does not make it unique: restored
 * tables and other stages count from 1 as well, so digits of the job id go with it.
 */
function deploymentName(runId: number, jobId: string): string {
  return `dinghy-${runId}-${jobId.slice(0, JOB_ID_DIGITS)}`;
}

export function newDeployment(target: DeployTarget, runId: number, jobId: string): Deployment {
  const { type, properties } = target;
  const name = deploymentName(runId, jobId);
  if (isYarn(type)) return { type, name, namespace: null, clusterId: null, jobManager: target.jobManager };
  const namespace = properties['kubernetes.namespace'] ?? DEFAULT_NAMESPACE;
  const port = properties['rest.port'] ?? DEFAULT_REST_PORT;
  // The service that Flink makes; its name is known inside the Kubernetes cluster alone.
  const jobManager = target.jobManager ?? `{clusterId}-rest.${namespace}:${port}`;
  return { type, name, namespace, clusterId: null, jobManager };
}

/** The options of the one request that makes the cluster. They win over all others. */
export function deployOptions(
  deployment: Deployment,
  run: { readonly jobId: string | null; readonly savePointPath: string | null; readonly properties: Options },
  flinkVersion: string,
): Record<string, string> {
  const restore = run.savePointPath === null ? {} : { [savepointPathKey(flinkVersion)]: run.savePointPath };
  const id = run.jobId === null ? {} : { [JOB_ID_OPTION]: run.jobId };
  return { 'execution.target': deployment.type, ...nameOption(deployment, run.properties), ...restore, ...id };
}

/** YARN gives out the id itself, so the run is found by a tag. */
function nameOption({ type, name }: Deployment, properties: Options): Options {
  if (!isYarn(type)) return { 'kubernetes.cluster-id': name };
  const own = properties['yarn.tags'];
  return { 'yarn.tags': own === undefined || own === '' ? name : `${own},${name}` };
}

/** "host:port" or a URL; empty while nobody can say where the JobManager answers. */
export function jobManagerAddress({ type, name, clusterId, jobManager, namespace }: Deployment): string {
  const id = clusterId ?? (isYarn(type) ? null : name);
  if (jobManager === null || id === null) return '';
  return jobManager.replaceAll('{clusterId}', id).replaceAll('{namespace}', namespace ?? '');
}

/** How a person finds the cluster. */
export function whereToLook({ type, name, namespace, clusterId }: Deployment): string {
  if (!isYarn(type)) return `kubectl get deployment ${clusterId ?? name} -n ${namespace ?? DEFAULT_NAMESPACE}`;
  if (clusterId !== null) return `yarn application -status ${clusterId}`;
  return `yarn application -list -appStates ALL -appTags ${name}`;
}

/** How a person ends it. */
export function howToEnd({ type, name, namespace, clusterId }: Deployment): string {
  if (!isYarn(type)) return `kubectl delete deployment ${clusterId ?? name} -n ${namespace ?? DEFAULT_NAMESPACE}`;
  if (clusterId !== null) return `yarn application -kill ${clusterId}`;
  return `yarn application -kill <id>, with the id from: yarn application -list -appTags ${name}`;
}

const SCRIPTS_SINCE = [2, 0] as const;

/** Null when a gateway of this version can start such a cluster. */
export function versionProblem(type: string, version: string): string | null {
  const isNew = isAtLeast(version, SCRIPTS_SINCE);
  if (isApplication(type)) return isNew ? null : `type ${type} needs a SQL gateway of Flink 2.0 or later`;
  return isNew ? `type ${type} needs a SQL gateway of Flink 1.x: Flink 2 has no such mode. Use yarn-application` : null;
}

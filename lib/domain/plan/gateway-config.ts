/** The wire's `jobConfig.gatewayConfig` (contract.md, "submitTask"): how the cluster of a run was asked for. Masked. */
import type { ClusterConfiguration, NameValue, TaskDefinition } from '../definition/definitions.ts';
import { shownTaskId } from '../definition/described-task.ts';
import { maskOptions } from '../secrets/mask-output.ts';
import { MASK } from '../secrets/text-spans.ts';

type Options = Readonly<Record<string, string>>;
type Section = Readonly<Record<string, unknown>>;

export interface GatewayConfig {
  readonly taskId: number | null;
  readonly jarPaths: readonly string[];
  readonly type: string;
  readonly clusterConfig: Section;
  readonly flinkConfig: Section;
  readonly appConfig: Section;
  readonly kubernetesConfig: Section;
}

export interface GatewayConfigInput {
  readonly task: TaskDefinition;
  readonly configJson: ClusterConfiguration['configJson'];
  /** Effective Flink options, masked already. */
  readonly configuration: Options;
  readonly savePointPath: string | null;
}

export function toGatewayConfig({ task, configJson, configuration, savePointPath }: GatewayConfigInput): GatewayConfig {
  const { clusterConfig = {}, flinkConfig = {}, kubernetesConfig = {}, appConfig = {} } = configJson;
  return {
    taskId: shownTaskId(task.id),
    jarPaths: [],
    // Dinky answers the name of its enumeration here.
    type: task.type.toUpperCase().replaceAll('-', '_'),
    clusterConfig: {
      flinkConfigPath: orNull(clusterConfig['flinkConfigPath']),
      flinkLibPath: orNull(clusterConfig['flinkLibPath']),
      hadoopConfigPath: orNull(clusterConfig['hadoopConfigPath']),
      appId: null,
      hadoopConfigMap: maskMap(clusterConfig['hadoopConfigMap']),
      hadoopConfigList: maskList(clusterConfig['hadoopConfigList']),
    },
    flinkConfig: {
      jobName: task.name,
      jobId: null,
      flinkVersion: orNull(flinkConfig['flinkVersion']),
      action: null,
      savePointType: null,
      savePoint: savePointPath,
      configuration,
      flinkConfigList: maskList(flinkConfig.flinkConfigList),
    },
    appConfig: {
      userJarPath: orNull(appConfig['userJarPath']),
      // Arguments of Dinky's own jar, which is not run; they may contain secrets.
      userJarParas: [],
      userJarMainAppClass: orNull(appConfig['userJarMainAppClass']),
    },
    kubernetesConfig: {
      configuration: maskMap(kubernetesConfig['configuration']),
      dockerConfig: {},
      podTemplate: orNull(kubernetesConfig['podTemplate']),
      jmPodTemplate: orNull(kubernetesConfig['jmPodTemplate']),
      tmPodTemplate: orNull(kubernetesConfig['tmPodTemplate']),
      // In Dinky this is the file itself, with its keys: not even a path is shown.
      kubeConfig: orNull(kubernetesConfig['kubeConfig']) === null ? null : MASK,
    },
  };
}

/** Values that are known only after the send. */
export function withIds(config: GatewayConfig, ids: { appId: string | null; jobId: string | null }): GatewayConfig {
  return {
    ...config,
    clusterConfig: { ...config.clusterConfig, appId: ids.appId },
    flinkConfig: { ...config.flinkConfig, jobId: ids.jobId },
  };
}

function orNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function maskMap(value: unknown): Options {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  return maskOptions(Object.fromEntries(entries.map(([name, text]) => [name, String(text)])));
}

/** As people wrote it: a value may be a number, and an entry without a name is no option. */
function maskList(value: unknown): NameValue[] {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [];
  return list
    .filter(isNamed)
    .map(({ name, value: given }) => ({ name, value: maskOptions({ [name]: String(given) })[name] ?? MASK }));
}

function isNamed(entry: unknown): entry is { readonly name: string; readonly value?: unknown } {
  return typeof entry === 'object' && entry !== null && 'name' in entry && typeof entry.name === 'string';
}

/**
 * What each field of a cluster configuration (Dinky's configJson) becomes for a run that starts a cluster of its own: Flink
 * options for the gateway, or nothing, or a refusal. A field that is in no table below is refused, so nothing is dropped.
 */
import { namespaceProblem } from '../definition/address-size.ts';
import type { ClusterConfiguration } from '../definition/definitions.ts';
import { isYarn } from '../definition/run-types.ts';
import { withNewNames } from './by-version.ts';
import { fixedOptionProblem } from './refused.ts';

type Options = Readonly<Record<string, string>>;

/** `unused`: taken and answered, but it says nothing to Flink's gateway. */
type FieldResult = { readonly options: Options } | { readonly unused: string } | { readonly refused: string };

type Field = (value: unknown, type: string) => FieldResult;

export interface DeployConfig {
  /** Later sections win over earlier ones, flinkConfigList over all. */
  readonly options: Options;
  readonly problems: readonly string[];
  /** Fields that have no effect, each with the reason. */
  readonly unused: readonly string[];
}

export function readDeployConfig(type: string, configJson: ClusterConfiguration['configJson']): DeployConfig {
  const sections: readonly (readonly [string, Readonly<Record<string, unknown>> | undefined, Fields])[] = [
    ['clusterConfig', configJson.clusterConfig, CLUSTER],
    ['kubernetesConfig', configJson.kubernetesConfig, isYarn(type) ? KUBERNETES_ON_YARN : KUBERNETES],
    ['flinkConfig', configJson.flinkConfig, FLINK],
    ['appConfig', configJson.appConfig, APP],
  ];
  const options: Record<string, string> = {};
  const problems: string[] = [];
  const unused: string[] = [];
  for (const [section, given, fields] of sections) {
    for (const [name, value] of inOrder(given ?? {}, fields)) {
      const field = fields[name] ?? fields['*'] ?? UNKNOWN;
      const result = isEmpty(value) ? NOTHING : field(value, type);
      if ('options' in result) Object.assign(options, withNewNames(result.options));
      if ('unused' in result) unused.push(`${section}.${name} is not used: ${result.unused}.`);
      if ('refused' in result) problems.push(`${section}.${name} can't be used: ${result.refused}.`);
    }
  }
  const namespace = namespaceProblem(options['kubernetes.namespace'] ?? '');
  if (namespace !== null) problems.push(namespace);
  return { options, unused, problems: [...problems, ...fixedOptionProblem(options)] };
}

type Fields = Readonly<Record<string, Field>>;

/** In the order of the table, not of the author, so that the right one wins. */
function inOrder(given: Readonly<Record<string, unknown>>, fields: Fields): (readonly [string, unknown])[] {
  const order = Object.keys(fields);
  return Object.entries(given).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

const NOTHING: FieldResult = { options: {} };

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

const unused =
  (why: string): Field =>
  () => ({ unused: why });
const refused =
  (why: string): Field =>
  () => ({ refused: why });

const UNKNOWN = refused('Dinghy does not know it; remove it, or write Flink options into flinkConfig.flinkConfigList');

/** {name: value}, or a list of {name, value} as Dinky's pages write it. */
const asOptions =
  (prefix = ''): Field =>
  (value) => {
    const pairs = Array.isArray(value) ? value.map(pairOf) : Object.entries(Object(value) as Record<string, unknown>);
    if (typeof value !== 'object' || pairs.some((pair) => !isPair(pair))) {
      return { refused: 'it must be a map of names to text, or a list of {name, value}' };
    }
    return { options: Object.fromEntries(pairs.map(([name, text]) => [prefix + String(name), String(text)])) };
  };

function pairOf(item: unknown): [unknown, unknown] {
  const { name, value } = Object(item) as { name?: unknown; value?: unknown };
  return [name, value];
}

function isPair([name, value]: readonly unknown[]): boolean {
  return typeof name === 'string' && name !== '' && ['string', 'number', 'boolean'].includes(typeof value);
}

/** Dinky keeps the text of the file; a gateway can only be given the path of one that it has (FLINK-38492). */
const fileOfGateway =
  (option: string): Field =>
  (value) => {
    if (typeof value === 'string' && /^\S+$/.test(value) && !value.includes('{'))
      return { options: { [option]: value } };
    const what = `Flink's gateway does not accept text here, only the path of a file on its own machine`;
    return { refused: `${what}. Put the text into a file there and write its path, as "/opt/flink/conf/file.yaml"` };
  };

const textFor =
  (option: string): Field =>
  (value) =>
    typeof value === 'string' ? { options: { [option]: value } } : { refused: 'it must be text' };

/** Flink 2 has no option for it any more, and only yarn-per-job runs on an older one. */
const NO_HADOOP = "Flink 2 reads Hadoop's files from where the gateway's own HADOOP_CONF_DIR points";
const NO_IMAGES =
  'Dinghy does not build images; set one as "kubernetes.container.image" in kubernetesConfig.configuration';
const SAVEPOINT = "a run starts from the task's or the request's savePointPath";

const CLUSTER: Fields = {
  flinkConfigPath: unused('the configuration directory of the gateway (its FLINK_CONF_DIR) takes its place'),
  flinkLibPath: (value, type) =>
    isYarn(type)
      ? textFor('yarn.provided.lib.dirs')(value, type)
      : { unused: "on Kubernetes the image contains Flink's libraries" },
  hadoopConfigPath: (value, type) =>
    type === 'yarn-per-job' ? textFor('fs.hdfs.hadoopconf')(value, type) : { unused: NO_HADOOP },
  hadoopConfigMap: asOptions('flink.hadoop.'),
  hadoopConfigList: asOptions('flink.hadoop.'),
  appId: refused('each run gets its own cluster'),
};

const FLINK: Fields = {
  configuration: asOptions(),
  flinkConfigList: asOptions(),
  flinkVersion: unused("the gateway's version is used"),
  jobName: unused('the job gets the name of its task'),
  jobId: refused('Dinghy chooses the job id of each run'),
  action: refused(SAVEPOINT),
  savePointType: refused(SAVEPOINT),
  savePoint: refused(SAVEPOINT),
};

const KUBERNETES: Fields = {
  configuration: asOptions(),
  podTemplate: fileOfGateway('kubernetes.pod-template-file.default'),
  jmPodTemplate: fileOfGateway('kubernetes.pod-template-file.jobmanager'),
  tmPodTemplate: fileOfGateway('kubernetes.pod-template-file.taskmanager'),
  kubeConfig: fileOfGateway('kubernetes.config.file'),
  dockerConfig: refused(NO_IMAGES),
  ingressConfig: (value) =>
    Object.values(Object(value) as object).every((setting) => String(setting) === 'false')
      ? { unused: 'it asks for no ingress' }
      : {
          refused:
            "Dinghy does not create an ingress; create one, and set its address as the configuration's jobManager",
        },
};

const KUBERNETES_ON_YARN: Fields = { '*': refused('this cluster configuration is for YARN') };

const DRIVER = "Flink's own SQL driver takes the place of Dinky's application jar";
const APP: Fields = {
  userJarPath: unused(DRIVER),
  userJarParas: unused(DRIVER),
  userJarMainAppClass: unused(DRIVER),
};

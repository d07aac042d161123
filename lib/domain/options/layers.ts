/**
 * Flink options of a run, merged from low to high: deployment, cluster, cluster configuration, the task's fields, its
 * customConfig. `SET` in the statement comes above them, in the session; above all what Dinghy fixes (execution-config.ts).
 */
import type { ClusterConfiguration, TaskDefinition } from '../definition/definitions.ts';
import { isYarn, needsClusterConfiguration } from '../definition/run-types.ts';
import { AppError } from '../errors.ts';
import type { Setting } from '../sql/setting.ts';
import { IGNORE_UNCLAIMED_STATE, SAVEPOINT_PATH_KEYS, withNewNames } from './by-version.ts';
import { readDeployConfig } from './cluster-configuration.ts';
import { checkOptions, fixedOptionProblem } from './refused.ts';

type Options = Readonly<Record<string, string>>;

export interface Layers {
  readonly deployment: Options;
  readonly cluster: Options;
  /** For messages: "3 (prod)". */
  readonly clusterTitle: string;
  readonly clusterConfiguration: ClusterConfiguration | null;
  readonly task: TaskDefinition;
}

/** The place of options for messages ("customConfig of task 7"), with the names of those that count from there. */
export type OptionOrigins = Readonly<Record<string, readonly string[]>>;

export interface MergedOptions {
  readonly options: Options;
  readonly origins: OptionOrigins;
}

type Layer = readonly [origin: string, options: Options];

export function mergeLayers(layers: Layers): MergedOptions {
  const { task } = layers;
  checkOptions(task.configJson.customConfig, customConfigOf(task));
  if (needsClusterConfiguration(task.type)) checkNamesNoCluster(task);
  const all: readonly Layer[] = [
    ...layersOfOperators(layers).map(([origin, options]): Layer => [origin, withoutStart(options)]),
    ...taskOptions(task),
    [customConfigOf(task), withNewNames(task.configJson.customConfig)],
  ];
  return {
    options: Object.fromEntries(all.flatMap(([, options]) => Object.entries(options))),
    origins: originsOf(all),
  };
}

function originsOf(layers: readonly Layer[]): OptionOrigins {
  const highest = new Map(layers.flatMap(([origin, options]) => Object.keys(options).map((key) => [key, origin])));
  const keysOf = (origin: string): string[] => [...highest.keys()].filter((key) => highest.get(key) === origin);
  const used = new Set(highest.values());
  return Object.fromEntries([...used].map((origin) => [origin, keysOf(origin)]));
}

function customConfigOf({ id }: TaskDefinition): string {
  return `customConfig of task ${id}`;
}

const NO_CONFIGURATION = { id: 0, name: '' };

function layersOfOperators(layers: Layers): Layer[] {
  const { deployment, cluster, clusterTitle, clusterConfiguration, task } = layers;
  const { id, name } = clusterConfiguration ?? NO_CONFIGURATION;
  return [
    ['FLINK_CONFIG of the deployment', withNewNames(deployment)],
    [`config of cluster ${clusterTitle}`, cluster],
    [`cluster configuration ${id} (${name})`, configurationOptions(clusterConfiguration, task)],
  ];
}

/** Each run has its own start path: as an option of a cluster it would start all its jobs from one state. */
function withoutStart(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !SAVEPOINT_PATH_KEYS.includes(key)));
}

/** More of a value than this is not shown: the statement has it in full. */
const MAX_SHOWN = 1_000;

/** SET and RESET as in a session: RESET removes an option of any layer. */
export function applySettings(options: Options, settings: readonly Setting[]): Options {
  const applied = new Map(Object.entries(options));
  for (const setting of settings) {
    if (setting.action === 'set') applied.set(setting.key, setting.value);
    if (setting.action === 'reset') applied.delete(setting.key);
    if (setting.action === 'resetAll') applied.clear();
  }
  return Object.fromEntries(applied);
}

/**
 * The options as SET and RESET of the statement leave them, for a reader of the run's record. `masked` sees them in full:
 * the rest of a value that was cut looks like other values.
 */
export function effectiveOptions(
  options: Options,
  settings: readonly Setting[],
  masked: (options: Options) => Options,
): Options {
  const ofStatement = new Set(settings.map((setting) => (setting.action === 'set' ? setting.key : null)));
  return Object.fromEntries(
    Object.entries(masked(applySettings(options, settings))).map(([key, value]) => [
      key,
      ofStatement.has(key) ? shown(value) : value,
    ]),
  );
}

function shown(value: string): string {
  return value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
}

/** The Flink options that fields of a task set. */
function taskOptions(task: TaskDefinition): Layer[] {
  const application = deploysOnYarn(task.type) ? { 'yarn.application.name': task.name } : {};
  const { parallelism, checkpoint } = task;
  const fields: Readonly<Record<string, Options>> = {
    name: { 'pipeline.name': task.name, ...application },
    batchModel: { 'execution.runtime-mode': task.batchModel ? 'BATCH' : 'STREAMING' },
    parallelism: parallelism === null ? {} : { 'parallelism.default': String(parallelism) },
    checkpoint: checkpoint === null ? {} : { 'execution.checkpointing.interval': `${checkpoint} ms` },
    allowNonRestoredState: task.allowNonRestoredState === true ? { [IGNORE_UNCLAIMED_STATE]: 'true' } : {},
  };
  return Object.entries(fields).map(([field, options]) => [`${field} of task ${task.id}`, options]);
}

function deploysOnYarn(type: string): boolean {
  return needsClusterConfiguration(type) && isYarn(type);
}

/** For a session cluster only the plain options count: the cluster is already there. */
function configurationOptions(configuration: ClusterConfiguration | null, { type }: TaskDefinition): Options {
  if (configuration !== null && needsClusterConfiguration(type)) return optionsOfConfiguration(configuration);
  const flink = configuration?.configJson.flinkConfig;
  const list = (flink?.flinkConfigList ?? []).map(({ name, value }) => [name, value] as const);
  return { ...flink?.configuration, ...Object.fromEntries(list) };
}

function optionsOfConfiguration({ id, name, type, configJson }: ClusterConfiguration): Options {
  const { options, problems } = readDeployConfig(type, configJson);
  if (problems.length === 0) return options;
  throw new AppError('cluster.invalid', `Cluster configuration ${id} (${name}): ${problems.join(' ')}`);
}

/** A run that starts a cluster names it itself; of a cluster that is there Flink does not look at such a name. */
function checkNamesNoCluster(task: TaskDefinition): void {
  const problems = fixedOptionProblem(task.configJson.customConfig);
  if (problems.length === 0) return;
  throw new AppError('config.refused', `${customConfigOf(task)}: ${problems.join(' ')} Remove it.`);
}

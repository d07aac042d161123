/** From definitions and a request to everything a run needs; pure. Refusals end here, without a run. */
import type {
  ClusterConfiguration,
  DatabaseDefinition,
  TaskDefinition,
  VariableDefinition,
  VariableValue,
} from '../definition/definitions.ts';
import { type AllowedPaths, checkRequestedPath } from '../definition/savepoint-prefixes.ts';
import { AppError } from '../errors.ts';
import { MAX_BODY_BYTES } from '../limits.ts';
import { applySettings, effectiveOptions, type MergedOptions, mergeLayers } from '../options/layers.ts';
import { deploymentSizeProblem } from '../options/own-cluster-size.ts';
import { maskOptions } from '../secrets/mask-output.ts';
import { maskValue } from '../secrets/mask-sql.ts';
import { valueMasker } from '../secrets/mask-values.ts';
import { isSensitiveName } from '../secrets/sensitive-name.ts';
import { maskWords, sensitiveParts, shortParts } from '../secrets/sensitive-ranges.ts';
import { MASK } from '../secrets/text-spans.ts';
import type { VariableLayers } from '../variables/expand.ts';
import { chosenValues } from '../variables/parameters.ts';
import { type GatewayConfig, toGatewayConfig } from './gateway-config.ts';
import { toJobConfig } from './job-config.ts';
import type { RunPlan } from './plan.ts';
import { planRun } from './plan-run.ts';
import { checkSize, type ReadScript } from './read-script.ts';
import { readTexts } from './read-texts.ts';
import type { RunBody, RunKind } from './run-body.ts';
import type { RunTarget } from './run-target.ts';
import { type AskedStart, type RecordedSavepoint, startFrom, withAskedStart } from './start-from.ts';
import { variablesText } from './variables-text.ts';

/** A task and everything it refers to. */
export interface TaskParts {
  readonly task: TaskDefinition;
  readonly target: RunTarget;
  readonly clusterConfiguration: ClusterConfiguration | null;
  readonly envTask: TaskDefinition | null;
  /** Deployment-wide and registered-database variables: empty unless the task's `fragment` is on. */
  readonly variables: readonly VariableDefinition[];
  readonly databases: readonly DatabaseDefinition[];
}

export interface PrepareInput extends TaskParts {
  /** Prefixes of the deployment for a request's savePointPath. */
  readonly savepointPrefixes?: readonly string[];
  readonly flinkConfig: Readonly<Record<string, string>>;
  readonly request: {
    readonly variables: Readonly<Record<string, string>>;
    readonly savePointPath: string | null;
    readonly startsFrom?: AskedStart;
  };
}

export interface PreparedRun {
  readonly task: TaskDefinition;
  readonly target: RunTarget;
  readonly plan: RunPlan;
  readonly kind: RunKind;
  /** The statements before the job may begin before it is certain that there is a run: they are gone with the session. */
  readonly sessionOnly: boolean;
  /** The variables that the task's texts use: two requests with the same ones are the same request for the same task. */
  readonly fingerprintText: string;
  /** All variables of the request, as earlier versions counted them. */
  readonly givenText: string;
  /** Which recorded savepoint the job starts from; null: the plan says it, or there is no job to start from one. */
  readonly recordedSavepoint: RecordedSavepoint | null;
  /** The body to store, once the leading JobManager ("host:port") and any savepoint that was looked up are known. */
  bodyFor(address: string, foundPath?: string | null): RunBody;
}

function allowedPaths({ task, savepointPrefixes = [] }: PrepareInput): AllowedPaths {
  return { taskId: task.id, prefixes: [...savepointPrefixes, ...(task.savePointPrefixes ?? [])] };
}

interface BodyParts {
  readonly input: PrepareInput;
  readonly text: string;
  readonly plan: RunPlan;
  readonly shownLayers: Readonly<Record<string, string>>;
  readonly job: Pick<Parameters<typeof toJobConfig>[0], 'task' | 'asksForPath' | 'variables' | 'configuration'>;
}

function bodyOf(
  { input, text, plan, shownLayers, job }: BodyParts,
  address: string,
  foundPath: string | null,
): RunBody {
  const savePointPath = plan.savePointPath ?? foundPath;
  // The plan has it in full; jobConfig is answered, and `s3://key:secret@bucket/…` is a path too.
  const shownPath = savePointPath === null ? null : maskValue(savePointPath);
  // SET is for the job: the cluster knows the layers alone.
  const gatewayConfig = gatewayConfigOf(input, shownLayers, shownPath);
  const jobConfig = toJobConfig({ ...job, address, savePointPath: shownPath, gatewayConfig });
  return { statement: text, plan: { ...plan, savePointPath }, jobConfig, gatewayUrl: input.target.gatewayUrl };
}

export function prepareRun(input: PrepareInput): PreparedRun {
  const { task, target, request } = input;
  const variables = layersOf(input);
  const scripts = readScripts(input, variables);
  const { text, kind, settings, sessionOnly, savePointPath: ofStatement, ...planned } = planRun(scripts, task);
  const { options: layers, origins } = sessionOptions(input);
  const properties = planned.job?.kind === 'jar' ? applySettings(layers, settings) : layers;
  checkSize(text, `The statement of task ${task.id} together with its environment task`);
  if (request.savePointPath !== null) checkRequestedPath(request.savePointPath, allowedPaths(input));
  const started = withAskedStart(task, request.startsFrom);
  const given = request.startsFrom === undefined ? ofStatement : null;
  const start = startFrom(started, request.savePointPath, given);
  const savePointPath = start.kind === 'path' ? start.path : null;
  const { maxRowNum, useChangeLog } = task;
  const plan: RunPlan = { ...planned, properties, origins, savePointPath, maxRowNum, useChangeLog };
  const shown = optionMasker(
    [
      ...scripts.flatMap(({ resolved }) => [...resolved.sensitive]),
      ...Object.entries(request.variables).flatMap(([name, value]) => (isSensitiveName(name) ? [value] : [])),
    ],
    new Set(Object.keys(planned.secrets)),
  );
  const masked = { variables: shown(request.variables), configuration: effectiveOptions(layers, settings, shown) };
  const job = { task: started, asksForPath: request.savePointPath !== null || given !== null, ...masked };
  const parts: BodyParts = { input, text, plan, shownLayers: shown(layers), job };
  const bodyFor = (address: string, foundPath: string | null = null): RunBody => bodyOf(parts, address, foundPath);
  checkBody(bodyFor(target.hosts), task);
  checkPlace(target, properties, task);
  return {
    task,
    target,
    plan,
    kind,
    sessionOnly,
    recordedSavepoint: start.kind === 'recorded' && kind === 'job' ? start.which : null,
    bodyFor,
    ...fingerprintTexts(request.variables, variables, scripts),
  };
}

function fingerprintTexts(
  given: PrepareInput['request']['variables'],
  { request, requestSql }: VariableLayers,
  scripts: readonly ReadScript[],
): Pick<PreparedRun, 'fingerprintText' | 'givenText'> {
  const used = new Set(scripts.flatMap(({ resolved }) => [...resolved.requested]));
  const chosen = Object.entries({ ...request, ...requestSql }).filter(([name]) => used.has(name));
  return { fingerprintText: variablesText(Object.fromEntries(chosen)), givenText: variablesText(given) };
}

/** Flink options of the session: all layers below SET, merged. */
export function sessionOptions(input: PrepareInput): MergedOptions {
  const { flinkConfig: deployment, clusterConfiguration, target, task } = input;
  const { clusterId, clusterName = '', clusterConfig: cluster } = target;
  const clusterTitle = `${clusterId} (${clusterName})`;
  return mergeLayers({ deployment, cluster, clusterTitle, clusterConfiguration, task });
}

/** The texts of a run in the order in which they run: the environment task's, then the task's own. */
export function readScripts(input: PrepareInput, variables = layersOf(input)): ReadScript[] {
  return readTexts(input.task, input.envTask, variables);
}

function gatewayConfigOf(
  { task, target, clusterConfiguration }: PrepareInput,
  configuration: Readonly<Record<string, string>>,
  savePointPath: string | null,
): GatewayConfig | null {
  if (target.deploy === undefined || clusterConfiguration === null) return null;
  return toGatewayConfig({ task, configJson: clusterConfiguration.configJson, configuration, savePointPath });
}

function layersOf({ task, variables, databases, request }: PrepareInput): VariableLayers {
  const { data, sql } = chosenValues(task, request.variables);
  return {
    globals: Object.fromEntries(variables.map(({ name, value }): [string, VariableValue] => [name, value])),
    databases: Object.fromEntries(databases.map(({ name, flinkConfig }) => [name, flinkConfig])),
    fragment: task.fragment,
    request: data,
    requestSql: sql,
  };
}

/** Options or variables as answers show them, without any of these values. */
function optionMasker(sensitive: readonly string[], secrets: ReadonlySet<string>): typeof maskOptions {
  const short = shortParts(sensitive, secrets);
  const maskLong = valueMasker(sensitiveParts(sensitive, secrets).map((value) => ({ value, shown: MASK })));
  const mask = (value: string): string => maskWords(maskLong(value), short);
  return (options) =>
    Object.fromEntries(Object.entries(maskOptions(options)).map(([name, value]) => [name, mask(value)]));
}

/** The task's own options may name the namespace too. */
function checkPlace({ deploy }: RunTarget, properties: RunPlan['properties'], task: TaskDefinition): void {
  if (deploy === undefined) return;
  const problem = deploymentSizeProblem({ ...deploy, properties });
  if (problem !== null) throw new AppError('cluster.invalid', `Task ${task.id} (${task.name}): ${problem}`);
}

/** Thousands of tiny statements need more room for their plan than for their text. */
function checkBody(body: RunBody, task: TaskDefinition): void {
  const bytes = new TextEncoder().encode(JSON.stringify(body)).length;
  if (bytes <= MAX_BODY_BYTES) return;
  const what = `Task ${task.id} needs ${bytes} bytes to be stored with its plan; at most ${MAX_BODY_BYTES} fit.`;
  throw new AppError('sql.tooLarge', `${what} Split it into several tasks.`);
}

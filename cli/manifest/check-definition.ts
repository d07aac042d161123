/** Rules for a whole definition: run modes, addresses, sizes, secrets in plain text. */
import { withoutSession } from '../../lib/domain/access/principal.ts';
import { hostsProblem } from '../../lib/domain/definition/addresses.ts';
import type { ClusterConfiguration, TaskParameter, TaskSchedule } from '../../lib/domain/definition/definitions.ts';
import type { Kind } from '../../lib/domain/definition/kinds.ts';
import { patternProblem } from '../../lib/domain/definition/parameter-pattern.ts';
import { plainSecretOption } from '../../lib/domain/definition/plain-secret.ts';
import {
  DEPLOY_TYPES,
  dialectProblem,
  needsCluster,
  needsClusterConfiguration,
  runTypeProblem,
  SESSION_TYPES,
} from '../../lib/domain/definition/run-types.ts';
import { savepointPathProblem } from '../../lib/domain/definition/savepoint-path.ts';
import { prefixProblem } from '../../lib/domain/definition/savepoint-prefixes.ts';
import { secretNameProblem } from '../../lib/domain/definition/secret-name.ts';
import { statementSizeProblem } from '../../lib/domain/definition/statement-size.ts';
import { readDeployConfig } from '../../lib/domain/options/cluster-configuration.ts';
import { jobManagerProblem } from '../../lib/domain/options/job-manager-address.ts';
import { isSensitiveName } from '../../lib/domain/secrets/sensitive-name.ts';
import { shownAddress } from '../../lib/domain/secrets/shown-address.ts';
import { findPlaceholders, placeholderEnd, unreadablePlaceholder } from '../../lib/domain/sql/placeholder.ts';
import { parameterProblem } from '../../lib/domain/variables/parameters.ts';
import { MASK } from '../mask-definition.ts';
import { checkSchedules } from './check-schedules.ts';
import { error, type Place, type Problem, warning } from './problem.ts';
import type { ReadFields } from './read-fields.ts';

interface Checked {
  readonly values: Readonly<Record<string, unknown>>;
  /** The place of the field, or of its entry if it is left out. */
  at(field: string): Place;
  has(field: string): boolean;
}

export function checkDefinition(kind: Kind, { fields, values }: ReadFields, place: Place): Problem[] {
  const at = (field: string): Place => fields.get(field)?.place ?? place;
  return RULES[kind]({ values, at, has: (field) => fields.has(field) });
}

const RULES: Readonly<Record<Kind, (it: Checked) => Problem[]>> = {
  TASK: checkTask,
  CLUSTER: checkCluster,
  CLUSTER_CONFIGURATION: checkClusterConfiguration,
  VARIABLES: checkVariable,
  DATABASES: checkDatabase,
  PRINCIPALS: checkPrincipal,
};

function checkTask(it: Checked): Problem[] {
  const { values, at } = it;
  const dialect = textOf(values['dialect']);
  const type = textOf(values['type']);
  const statement = textOf(values['statement']);
  return [
    ...found(at('dialect'), dialect && dialectProblem(dialect)),
    ...found(at('type'), type && runTypeProblem(type)),
    ...found(
      at(it.has('statement') ? 'statement' : 'statementFile'),
      statement === null ? null : statementProblem(statement),
    ),
    ...found(at('type'), type && missingTarget(type, values)),
    ...savePointPath(it),
    ...savePointPrefixes(it),
    ...parameters(it),
    ...schedules(it),
    ...plainSecrets(at('configJson'), (values['configJson'] as { customConfig?: object } | undefined)?.customConfig),
  ];
}

function parameters({ values, at }: Checked): Problem[] {
  const list = (values['parameters'] ?? []) as readonly TaskParameter[];
  const place = at('parameters');
  if (values['dialect'] === 'FlinkSqlEnv' && list.length > 0) {
    return [error(place, '"parameters" belong to the task that is submitted, not to its environment task.')];
  }
  if (JSON.stringify(list).includes(MASK)) return [error(place, MASKED)];
  const names = list.map(({ name }) => name);
  return list.flatMap((parameter, index) => {
    const { name, pattern } = parameter;
    const twice = names.indexOf(name) < index ? `the parameter "${name}" is declared twice.` : null;
    const risky = pattern == null ? null : patternProblem(pattern);
    const wrong = parameter.default == null ? null : parameterProblem(parameter, parameter.default);
    return [
      ...found(place, placeholderProblem(name)),
      ...found(place, twice),
      ...found(place, risky === null ? null : `the pattern of the parameter "${name}" ${risky}.`),
      ...found(
        place,
        risky !== null || wrong === null ? null : `the default of the parameter "${name}" does not fit: ${wrong}`,
      ),
    ];
  });
}

function schedules({ values, at }: Checked): Problem[] {
  const list = (values['schedules'] ?? []) as readonly TaskSchedule[];
  if (list.length === 0) return [];
  const place = at('schedules');
  const { dialect, parameters: declared } = values;
  if (dialect === 'FlinkSqlEnv') {
    return [error(place, '"schedules" belong to the task that is started, not to its environment task.')];
  }
  const problems = checkSchedules(list, declared as readonly TaskParameter[] | null | undefined);
  const plain = list.flatMap(({ name, variables }) =>
    Object.keys(variables)
      .filter(isSensitiveName)
      .map((variable) => `"${variable}" of the schedule "${name}"`),
  );
  return [
    ...problems.map((text) => error(place, text)),
    ...plain.map((what) => warning(place, `${what} looks like a secret in plain text. ${SECRET_HINT}`)),
  ];
}

function statementProblem(statement: string): string | null {
  if (statement.includes(MASK)) return MASKED;
  return statement.trim() === '' ? 'the statement is empty: write the SQL to run.' : statementSizeProblem(statement);
}

function missingTarget(type: string, values: Checked['values']): string | null {
  const has = (...names: string[]) => names.some((name) => values[name] !== undefined);
  if (needsCluster(type) && !has('clusterId', 'cluster')) {
    return `type "${type}" runs on a cluster: name it with "cluster" or "clusterId", or use type local for the deployment's own.`;
  }
  if (needsClusterConfiguration(type) && !has('clusterConfigurationId', 'clusterConfiguration')) {
    return `type "${type}" needs a cluster configuration: name it with "clusterConfiguration" or "clusterConfigurationId".`;
  }
  return null;
}

function savePointPath({ values, at }: Checked): Problem[] {
  const path = textOf(values['savePointPath']);
  if (path?.includes(MASK)) return [error(at('savePointPath'), MASKED)];
  const problem = path && savepointPathProblem(path);
  if (problem)
    return [error(at('savePointPath'), `"${shownAddress(path)}" can't be the path of a savepoint: ${problem}.`)];
  if (values['savePointStrategy'] !== 3 || values['savePointPath'] !== undefined) return [];
  return [error(at('savePointStrategy'), 'savePointStrategy CUSTOM starts from a path: give it as "savePointPath".')];
}

function savePointPrefixes({ values, at }: Checked): Problem[] {
  const prefixes = (values['savePointPrefixes'] ?? []) as readonly string[];
  return prefixes.flatMap((prefix) => {
    const problem = prefixProblem(prefix);
    return problem === null
      ? []
      : [error(at('savePointPrefixes'), `"${shownAddress(prefix)}" can't be used: ${problem}.`)];
  });
}

function checkCluster(it: Checked): Problem[] {
  const { values, at } = it;
  const hosts = textOf(values['hosts']);
  const gateway = textOf(values['sqlGateway']);
  return [
    ...oneOf(it, 'type', SESSION_TYPES),
    ...found(at('hosts'), hosts && hostsProblem(hosts)),
    ...found(at('sqlGateway'), gateway && urlProblem(gateway)),
    ...plainSecrets(at('config'), values['config'] as object | undefined),
  ];
}

function checkClusterConfiguration(it: Checked): Problem[] {
  const { values, at } = it;
  const gateway = textOf(values['sqlGateway']);
  const jobManager = textOf(values['jobManager']);
  return [
    ...oneOf(it, 'type', DEPLOY_TYPES),
    ...found(at('sqlGateway'), gateway && urlProblem(gateway)),
    ...found(at('jobManager'), jobManager && (jobManager.includes(MASK) ? MASKED : jobManagerProblem(jobManager))),
    ...configJson(it),
  ];
}

function configJson({ values, at }: Checked): Problem[] {
  const type = textOf(values['type']);
  const given = (values['configJson'] ?? {}) as ClusterConfiguration['configJson'];
  const place = at('configJson');
  if (type === null || !needsClusterConfiguration(type)) return [];
  const { options, problems, unused } = readDeployConfig(type, given);
  return [
    ...problems.map((text) => error(place, text)),
    ...unused.map((text) => warning(place, text)),
    ...plainSecrets(place, options),
  ];
}

function urlProblem(url: string): string | null {
  if (url.includes(MASK)) return MASKED;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed && /^https?:$/.test(parsed.protocol)) return null;
  return `"${shownAddress(url)}" is not a URL; write the SQL gateway's address as "http://flink.example.com:8083".`;
}

function oneOf({ values, at }: Checked, field: string, allowed: readonly string[]): Problem[] {
  const value = textOf(values[field]);
  if (value === null || allowed.includes(value)) return [];
  return [error(at(field), `unknown ${field} "${value}". Use one of ${allowed.join(', ')}.`)];
}

function checkVariable({ values, at }: Checked): Problem[] {
  const name = textOf(values['name']) ?? '';
  const unusable = placeholderProblem(name);
  if (unusable) return [error(at('name'), unusable)];
  if (textOf(values['value'])?.includes(MASK)) return [error(at('value'), MASKED)];
  const secret = (values['value'] as { secret?: unknown } | undefined)?.secret;
  if (typeof secret === 'string') return found(at('value'), secretNameProblem(secret));
  if (unreadablePlaceholder(textOf(values['value']) ?? '') !== null) return [error(at('value'), UNREADABLE_VALUE)];
  if (typeof values['value'] !== 'string' || !isSensitiveName(name)) return [];
  return [warning(at('value'), `"${name}" looks like a secret in plain text. ${SECRET_HINT}`)];
}

const MASKED = `${MASK} is what list and show print instead of a secret: put the real value, or a reference to it, here.`;
const SECRET_HINT = 'Keep it in SSM or Secrets Manager and write "value: {secret: name-of-the-secret}" in a variable.';

const UNREADABLE =
  'a ${…} in "flinkConfig" cannot be read: write ${name} with letters, digits, _ - . $ only. Dinghy does not evaluate expressions.';
const UNREADABLE_VALUE =
  'a ${…} in the value cannot be read: write ${name} with letters, digits, _ - . $ only. Dinghy does not evaluate expressions.';
const OPTIONS_HINT =
  "Options can't contain variables: write SET 'option' = '${name}' in the task or its environment task.";

/** SQL uses the name, so the reader of SQL must accept it. */
function placeholderProblem(name: string): string | null {
  const written = `\${${name}}`;
  if (name === '' || placeholderEnd(written, 0) === written.length) return null;
  return `"${name}" cannot be written as \${name}: use letters, digits, "_", "-" and "." only.`;
}

function checkDatabase({ values, at }: Checked): Problem[] {
  const unusable = placeholderProblem(textOf(values['name']) ?? '');
  if (unusable) return [error(at('name'), unusable)];
  if (textOf(values['flinkConfig'])?.includes(MASK)) return [error(at('flinkConfig'), MASKED)];
  const flinkConfig = textOf(values['flinkConfig']) ?? '';
  if (unreadablePlaceholder(flinkConfig) !== null) return [error(at('flinkConfig'), UNREADABLE)];
  const option = plainSecretOption(flinkConfig);
  return option ? [warning(at('flinkConfig'), `option '${option}' has its value in plain text. ${SECRET_HINT}`)] : [];
}

/** Callers sign with a session of a role, which has another ARN. */
function checkPrincipal({ values, at }: Checked): Problem[] {
  const name = textOf(values['name']) ?? '';
  if (values['kind'] !== 'iam') return [];
  const [, account, role] = /^arn:[^:]+:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(name) ?? [];
  if (role !== undefined) {
    const seen = `arn:aws:sts::${account ?? ''}:assumed-role/${role}`;
    return [error(at('name'), `API Gateway sees sessions of a role, not the role. Write "${seen}".`)];
  }
  if (withoutSession(name) !== name) {
    return [error(at('name'), `leave the name of the session out. Write "${withoutSession(name)}".`)];
  }
  return name.startsWith('arn:') ? [] : [error(at('name'), 'a principal of kind iam has an ARN as its name.')];
}

function plainSecrets(place: Place, config: object | undefined): Problem[] {
  const plain = Object.entries(config ?? {}).filter(
    ([name, value]) => isSensitiveName(name) && !String(value).includes('${'),
  );
  if (Object.values(config ?? {}).some((value) => String(value).includes(MASK))) return [error(place, MASKED)];
  const referring = Object.entries(config ?? {}).filter(([, value]) => findPlaceholders(String(value)).length > 0);
  return [
    ...referring.map(([name]) => warning(place, `option "${name}" is sent as written. ${OPTIONS_HINT}`)),
    ...plain.map(([name]) => warning(place, `option "${name}" has its value in plain text. ${SECRET_HINT}`)),
  ];
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const found = (place: Place, text: string | null): Problem[] => (text ? [error(place, text)] : []);

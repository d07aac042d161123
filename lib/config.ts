/**
 * The environment of a function as a typed value. A bad setting is named, with what is allowed. Its value is never quoted: the
 * text goes to any caller and into the log, and a value in the wrong place may be a password.
 */
import { MAX_HOSTS_LENGTH } from './domain/definition/address-size.ts';
import { hostsProblem } from './domain/definition/addresses.ts';
import { prefixProblem } from './domain/definition/savepoint-prefixes.ts';
import { isSecretStore, SECRET_STORES, type SecretStore } from './domain/definition/secret-name.ts';
import { AppError } from './domain/errors.ts';
import { MAX_LOST_AFTER_MINUTES } from './domain/limits.ts';
import { isLogLevel, type LogLevel } from './domain/log-level.ts';

export interface Config {
  readonly auth: 'none' | 'refused';
  /** Empty where it is not set: functions that use no table need none. See tableName. */
  readonly definitionsTable: string;
  readonly jobsTable: string;
  /** Another DynamoDB than AWS's: the local stack, tests. */
  readonly dynamoEndpoint: string | undefined;
  readonly sqlGatewayUrl: string | null;
  readonly flinkRest: string | null;
  /** For clusters that say nothing of their own; null: Dinghy's default. */
  readonly lostAfterMinutes: number | null;
  readonly flinkConfig: Readonly<Record<string, string>>;
  /** Whether the jars of tasks may be files of the machine that the functions run on: the local stack. */
  readonly jarFiles: boolean;
  /** Hosts from which jars are read by http too, and at addresses that are not public. In lower case. */
  readonly jarHosts: readonly string[];
  /** Another S3 than AWS's: tests. */
  readonly s3Endpoint: string | undefined;
  /** Under which of these a request's savePointPath must lie; none: anywhere. */
  readonly savepointPrefixes: readonly string[];
  readonly timeZone: string;
  readonly openapiVersion: string;
  readonly logLevel: LogLevel;
  /** Where the secrets are whose names say no store. */
  readonly secretStore: SecretStore;
  /** How names of secrets in AWS must begin, "dinghy/prod/"; empty: none may be read. */
  readonly secretsPath: string;
  readonly secretsFile: string | null;
  readonly secretsEnvironment: Environment | null;
  /** Lambda sets it. */
  readonly awsRegion: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(env: Environment): Config {
  return {
    auth: readAuth(env),
    definitionsTable: readTable(env, 'DEFINITIONS_TABLE'),
    jobsTable: readTable(env, 'JOBS_TABLE'),
    dynamoEndpoint: readUrl(env, 'AWS_ENDPOINT_URL_DYNAMODB') ?? undefined,
    sqlGatewayUrl: readUrl(env, 'SQL_GATEWAY_URL'),
    flinkRest: readHosts(env, 'FLINK_REST'),
    lostAfterMinutes: readMinutes(env, 'LOST_AFTER_MINUTES'),
    flinkConfig: readOptions(env, 'FLINK_CONFIG'),
    jarFiles: readJarFiles(env),
    jarHosts: readJarHosts(env),
    s3Endpoint: readUrl(env, 'AWS_ENDPOINT_URL_S3') ?? undefined,
    savepointPrefixes: readSavepointPaths(env),
    timeZone: readTimeZone(env),
    openapiVersion: env['OPENAPI_VERSION'] || '1.2.0',
    logLevel: readLogLevel(env),
    secretStore: readSecretStore(env),
    secretsPath: readSecretsPath(env),
    secretsFile: env['SECRETS_FILE'] || null,
    secretsEnvironment: readSwitch(env, 'SECRETS_ENV') ? env : null,
    awsRegion: readRegion(env),
  };
}

const TABLES = { DEFINITIONS_TABLE: 'definitionsTable', JOBS_TABLE: 'jobsTable' } as const;
const EXAMPLES = { DEFINITIONS_TABLE: 'dinghy-definitions-prod', JOBS_TABLE: 'dinghy-jobs-prod' };

export type TableSetting = keyof typeof TABLES;

/** @throws AppError config.invalid where the deployment does not say which table it is. */
export function tableName(config: Pick<Config, 'definitionsTable' | 'jobsTable'>, setting: TableSetting): string {
  const name = config[TABLES[setting]];
  if (name !== '') return name;
  const hint = `Set it to the name of the table, such as ${EXAMPLES[setting]}.`;
  throw new AppError('config.invalid', `The deployment's setting ${setting} is missing. ${hint}`);
}

/** A name, or an ARN. */
function readTable(env: Environment, name: TableSetting): string {
  const value = env[name] ?? '';
  if (/^[\w.:/-]*$/.test(value) && value.length <= LONGEST_TABLE) return value;
  throw bad(name, `the name of a DynamoDB table, such as ${EXAMPLES[name]}`);
}

const LONGEST_TABLE = 1_024;

function readRegion(env: Environment): string {
  const value = env['AWS_REGION'] || 'us-east-1';
  if (/^[a-z0-9-]{1,64}$/.test(value)) return value;
  throw bad('AWS_REGION', 'a region such as eu-central-1');
}

function readAuth(env: Environment): Config['auth'] {
  const value = env['AUTH'] ?? '';
  if (value === 'none') return 'none';
  if (value === '') return 'refused';
  throw bad('AUTH', '"none" or empty');
}

function readJarFiles(env: Environment): boolean {
  const value = env['JAR_FILES'] ?? '';
  if (value === 'allowed' || value === '') return value === 'allowed';
  throw bad('JAR_FILES', '"allowed" or empty');
}

function readSavepointPaths(env: Environment): readonly string[] {
  const paths = listIn(env['SAVEPOINT_PATHS']);
  if (paths.every((path) => prefixProblem(path) === null)) return paths;
  throw bad('SAVEPOINT_PATHS', 'absolute paths separated by commas, such as s3://bucket/savepoints');
}

function listIn(value = ''): string[] {
  const items = value.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

const JAR_HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::\d{1,5})?$/;

function readJarHosts(env: Environment): readonly string[] {
  const hosts = listIn(env['JAR_HOSTS']?.toLowerCase());
  if (hosts.every((host) => JAR_HOST.test(host))) return hosts;
  throw bad('JAR_HOSTS', 'host names separated by commas, each with or without :port, such as jars.example.com');
}

function readUrl(env: Environment, name: string): string | null {
  const value = env[name] ?? '';
  if (value === '') return null;
  if (/^https?:$/.test(protocolOf(value))) return value;
  throw bad(name, 'a URL such as http://host:8083');
}

function protocolOf(value: string): string {
  try {
    return new URL(value).protocol;
  } catch {
    // Any error: it is no URL.
    return '';
  }
}

function readOptions(env: Environment, name: string): Record<string, string> {
  const value = env[name] ?? '';
  if (value === '') return {};
  const parsed = parseJson(value);
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  const options = isObject ? Object.entries(parsed) : [];
  if (isObject && options.every(([, option]) => isPlain(option))) {
    return Object.fromEntries(options.map(([key, option]) => [key, String(option)]));
  }
  throw bad(name, 'a JSON object of Flink options such as {"parallelism.default": "2"}');
}

/** JSON has numbers that JavaScript has not: 1e999. */
function isPlain(option: unknown): boolean {
  return typeof option === 'number' ? Number.isFinite(option) : ['string', 'boolean'].includes(typeof option);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Any error: it is no JSON.
    return undefined;
  }
}

function readHosts(env: Environment, name: string): string | null {
  const value = env[name] ?? '';
  if (value === '') return null;
  if (hostsProblem(value) === null) return value;
  throw bad(name, `host:port of a JobManager, or several separated by commas, ${MAX_HOSTS_LENGTH} characters at most`);
}

function readMinutes(env: Environment, name: string): number | null {
  const value = env[name] ?? '';
  if (value === '') return null;
  const minutes = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (minutes >= 1 && minutes <= MAX_LOST_AFTER_MINUTES) return minutes;
  throw bad(name, `a whole number of minutes from 1 to ${MAX_LOST_AFTER_MINUTES}, or empty`);
}

function readTimeZone(env: Environment): string {
  const value = env['TIME_ZONE'] || 'UTC';
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return value;
  } catch {
    // Any error: Intl knows no such zone.
    throw bad('TIME_ZONE', 'a time zone such as UTC or Europe/Berlin');
  }
}

function readLogLevel(env: Environment): LogLevel {
  const value = env['LOG_LEVEL'] || 'info';
  if (isLogLevel(value)) return value;
  throw bad('LOG_LEVEL', 'debug, info, warn or error');
}

function readSecretStore(env: Environment): SecretStore {
  const value = env['SECRET_STORE'] || 'ssm';
  if (isSecretStore(value)) return value;
  throw bad('SECRET_STORE', `one of ${SECRET_STORES.join(', ')}`);
}

/** It ends where a level of names does: "dinghy/prod" would let in "dinghy/production" as well. */
function readSecretsPath(env: Environment): string {
  const value = env['SECRETS_PATH'] ?? '';
  if (value === '' || /^[\w.-][\w.\-/]*\/$/.test(value)) return value;
  throw bad(
    'SECRETS_PATH',
    'a prefix of secret names, such as dinghy/prod/, with a slash at the end and none at the start',
  );
}

function readSwitch(env: Environment, name: string): boolean {
  const value = env[name] || 'false';
  if (value === 'true' || value === 'false') return value === 'true';
  throw bad(name, 'true or false');
}

function bad(name: string, wanted: string): AppError {
  return new AppError('config.invalid', `The deployment's setting ${name} can't be used. It must be ${wanted}.`);
}

/**
 * The environment of a function as a typed value. An error names a bad setting and the allowed values, but never quotes its
 * value: any caller and the log get the text, and a value in the wrong place may be a password.
 */
import * as v from 'valibot';
import { MAX_HOSTS_LENGTH } from './domain/definition/address-size.ts';
import { hostsProblem } from './domain/definition/addresses.ts';
import { prefixProblem } from './domain/definition/savepoint-prefixes.ts';
import { SECRET_STORES, type SecretStore } from './domain/definition/secret-name.ts';
import { AppError } from './domain/errors.ts';
import { MAX_LOST_AFTER_MINUTES } from './domain/limits.ts';
import { LOG_LEVELS, type LogLevel } from './domain/log-level.ts';

export interface Config {
  /** How callers over HTTP are authenticated. */
  readonly auth: (typeof AUTH_MODES)[number];
  /** Whether callers with the verb adhoc may run statements without a stored task. */
  readonly adhoc: boolean;
  /** Empty if not set: functions without tables need none. See tableName. */
  readonly definitionsTable: string;
  readonly jobsTable: string;
  /** Another DynamoDB than AWS's: the local stack, tests. */
  readonly dynamoEndpoint: string | undefined;
  readonly sqlGatewayUrl: string | null;
  readonly flinkRest: string | null;
  /** For clusters without a value of their own; null: Dinghy's default. */
  readonly lostAfterMinutes: number | null;
  readonly flinkConfig: Readonly<Record<string, string>>;
  /** Whether jars may be files on the function's machine: only in the local stack. */
  readonly jarFiles: boolean;
  /** Hosts of jars that may use http and addresses that are not public. In lower case. */
  readonly jarHosts: readonly string[];
  /** Another S3 than AWS's: tests. */
  readonly s3Endpoint: string | undefined;
  /** Prefixes for a request's savePointPath; none: any path. */
  readonly savepointPrefixes: readonly string[];
  readonly timeZone: string;
  readonly openapiVersion: string;
  readonly logLevel: LogLevel;
  /** The name of the deployment, in each line of the log: "dinghy-prod". */
  readonly service: string | null;
  /** Whether the log carries metrics for CloudWatch. */
  readonly metrics: boolean;
  /** The store of secrets whose names name none. */
  readonly secretStore: SecretStore;
  /** The required prefix of names of secrets in AWS, "dinghy/prod/"; empty: none may be read. */
  readonly secretsPath: string;
  readonly secretsFile: string | null;
  readonly secretsEnvironment: Environment | null;
  /** Lambda sets it. */
  readonly awsRegion: string;
}

const AUTH_MODES = ['keys', 'none', 'iam', 'jwt'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

const TABLES = { DEFINITIONS_TABLE: 'definitionsTable', JOBS_TABLE: 'jobsTable' } as const;
const EXAMPLES = { DEFINITIONS_TABLE: 'dinghy-definitions-prod', JOBS_TABLE: 'dinghy-jobs-prod' };
const MAX_TABLE_LENGTH = 1_024;

export type TableSetting = keyof typeof TABLES;

const like = (pattern: RegExp) => v.pipe(v.string(), v.regex(pattern));
const passing = (isGood: (value: string) => boolean) => v.pipe(v.string(), v.check(isGood));
const listOf = (isGood: (item: string) => boolean) =>
  v.pipe(v.string(), v.transform(itemsIn), v.array(passing(isGood)));

/** A name, or an ARN. */
const table = v.pipe(v.string(), v.regex(/^[\w.:/-]+$/), v.maxLength(MAX_TABLE_LENGTH));
const url = passing((value) => /^https?:$/.test(protocolOf(value)));
const toggle = v.pipe(
  v.picklist(['true', 'false']),
  v.transform((value) => value === 'true'),
);
const minutes = v.pipe(like(/^\d{1,5}$/), v.transform(Number), v.minValue(1), v.maxValue(MAX_LOST_AFTER_MINUTES));
const jarHost = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::\d{1,5})?$/;
/** JSON allows numbers that JavaScript can't hold: 1e999. */
const flinkOption = v.union([v.string(), v.boolean(), v.pipe(v.number(), v.finite())]);
const flinkOptions = v.pipe(
  v.string(),
  v.transform(parseJson),
  v.check((value) => !Array.isArray(value)),
  v.record(v.string(), flinkOption),
  v.transform((options) => Object.fromEntries(Object.entries(options).map(([key, option]) => [key, String(option)]))),
);

/** By their names in the environment; one that is empty counts as absent. */
const settings = v.object({
  AUTH: v.optional(v.picklist(AUTH_MODES), 'keys'),
  ADHOC: v.optional(toggle, 'false'),
  DEFINITIONS_TABLE: v.optional(table),
  JOBS_TABLE: v.optional(table),
  AWS_ENDPOINT_URL_DYNAMODB: v.optional(url),
  SQL_GATEWAY_URL: v.optional(url),
  FLINK_REST: v.optional(passing((value) => hostsProblem(value) === null)),
  LOST_AFTER_MINUTES: v.optional(minutes),
  FLINK_CONFIG: v.optional(flinkOptions, '{}'),
  JAR_FILES: v.optional(v.literal('allowed')),
  JAR_HOSTS: v.optional(
    v.pipe(
      v.string(),
      v.toLowerCase(),
      listOf((host) => jarHost.test(host)),
    ),
    '',
  ),
  AWS_ENDPOINT_URL_S3: v.optional(url),
  SAVEPOINT_PATHS: v.optional(
    listOf((path) => prefixProblem(path) === null),
    '',
  ),
  TIME_ZONE: v.optional(passing(isTimeZone), 'UTC'),
  OPENAPI_VERSION: v.optional(v.string(), '1.2.0'),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS), 'info'),
  SERVICE: v.optional(like(/^[\w-]{1,128}$/)),
  METRICS: v.optional(toggle, 'false'),
  SECRET_STORE: v.optional(v.picklist(SECRET_STORES), 'ssm'),
  // It ends with a slash: "dinghy/prod" would also allow "dinghy/production".
  SECRETS_PATH: v.optional(like(/^[\w.-][\w.\-/]*\/$/)),
  SECRETS_FILE: v.optional(v.string()),
  SECRETS_ENV: v.optional(toggle, 'false'),
  AWS_REGION: v.optional(like(/^[a-z0-9-]{1,64}$/), 'us-east-1'),
});
type Settings = v.InferOutput<typeof settings>;

const A_URL = 'a URL such as http://host:8083';
/** The allowed values of each setting. The schema's own messages are never shown: they quote the value. */
const WANTED: Readonly<Record<keyof Settings, string>> = {
  AUTH: `one of ${AUTH_MODES.join(', ')}, or empty, which is keys`,
  ADHOC: 'true or false',
  DEFINITIONS_TABLE: `the name of a DynamoDB table, such as ${EXAMPLES.DEFINITIONS_TABLE}`,
  JOBS_TABLE: `the name of a DynamoDB table, such as ${EXAMPLES.JOBS_TABLE}`,
  AWS_ENDPOINT_URL_DYNAMODB: A_URL,
  SQL_GATEWAY_URL: A_URL,
  FLINK_REST: `host:port of a JobManager, or several separated by commas, ${MAX_HOSTS_LENGTH} characters at most`,
  LOST_AFTER_MINUTES: `a whole number of minutes from 1 to ${MAX_LOST_AFTER_MINUTES}, or empty`,
  FLINK_CONFIG: 'a JSON object of Flink options such as {"parallelism.default": "2"}',
  JAR_FILES: '"allowed" or empty',
  JAR_HOSTS: 'host names separated by commas, each with or without :port, such as jars.example.com',
  AWS_ENDPOINT_URL_S3: A_URL,
  SAVEPOINT_PATHS: 'absolute paths separated by commas, such as s3://bucket/savepoints',
  TIME_ZONE: 'a time zone such as UTC or Europe/Berlin',
  OPENAPI_VERSION: 'a version such as 1.2.0',
  LOG_LEVEL: 'debug, info, warn or error',
  SERVICE: 'a name such as dinghy-prod',
  METRICS: 'true or false',
  SECRET_STORE: `one of ${SECRET_STORES.join(', ')}`,
  SECRETS_PATH: 'a prefix of secret names, such as dinghy/prod/, with a slash at the end and none at the start',
  SECRETS_FILE: 'the path of a file',
  SECRETS_ENV: 'true or false',
  AWS_REGION: 'a region such as eu-central-1',
};

/** @throws AppError config.invalid: names the bad setting and the allowed values. */
export function readConfig(env: Environment): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = v.safeParse(settings, given, { abortEarly: true });
  if (!read.success) throw bad(read.issues[0].path?.[0].key as keyof Settings);
  return toConfig(read.output, env);
}

function toConfig(set: Settings, env: Environment): Config {
  return {
    auth: set.AUTH,
    adhoc: set.ADHOC,
    definitionsTable: set.DEFINITIONS_TABLE ?? '',
    jobsTable: set.JOBS_TABLE ?? '',
    dynamoEndpoint: set.AWS_ENDPOINT_URL_DYNAMODB,
    sqlGatewayUrl: set.SQL_GATEWAY_URL ?? null,
    flinkRest: set.FLINK_REST ?? null,
    lostAfterMinutes: set.LOST_AFTER_MINUTES ?? null,
    flinkConfig: set.FLINK_CONFIG,
    jarFiles: set.JAR_FILES === 'allowed',
    jarHosts: set.JAR_HOSTS,
    s3Endpoint: set.AWS_ENDPOINT_URL_S3,
    savepointPrefixes: set.SAVEPOINT_PATHS,
    timeZone: set.TIME_ZONE,
    openapiVersion: set.OPENAPI_VERSION,
    logLevel: set.LOG_LEVEL,
    service: set.SERVICE ?? null,
    metrics: set.METRICS,
    secretStore: set.SECRET_STORE,
    secretsPath: set.SECRETS_PATH ?? '',
    secretsFile: set.SECRETS_FILE ?? null,
    secretsEnvironment: set.SECRETS_ENV ? env : null,
    awsRegion: set.AWS_REGION,
  };
}

/** @throws AppError config.invalid if the deployment does not name the table. */
export function tableName(config: Pick<Config, 'definitionsTable' | 'jobsTable'>, setting: TableSetting): string {
  const name = config[TABLES[setting]];
  if (name !== '') return name;
  const hint = `Set it to the name of the table, such as ${EXAMPLES[setting]}.`;
  throw new AppError('config.invalid', `The deployment's setting ${setting} is missing. ${hint}`);
}

function itemsIn(value: string): string[] {
  const items = value.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

function protocolOf(value: string): string {
  try {
    return new URL(value).protocol;
  } catch {
    // Any error: it is no URL.
    return '';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Any error: it is no JSON.
    return undefined;
  }
}

function isTimeZone(value: string): boolean {
  // A fast path for the default: loading Intl takes Node.js 10 ms.
  if (value === 'UTC') return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    // Any error: Intl knows no such zone.
    return false;
  }
}

function bad(name: keyof Settings): AppError {
  return new AppError('config.invalid', `The deployment's setting ${name} can't be used. It must be ${WANTED[name]}.`);
}

/** Options and environment -> the table. It is never guessed: the command could write to a wrong table. */
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { accessKeyRegistry } from '../lib/adapters/dynamo/access-key-registry.ts';
import { definitionReader } from '../lib/adapters/dynamo/definition-reader.ts';
import { definitionWriter } from '../lib/adapters/dynamo/definition-writer.ts';
import { dynamoItems, type Items } from '../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../lib/adapters/dynamo/job-store.ts';
import { runList } from '../lib/adapters/dynamo/run-list.ts';
import { dynamoSlotStore } from '../lib/adapters/dynamo/slot-store.ts';
import { systemClock, systemIds } from '../lib/adapters/system.ts';
import type {
  AccessKeyRegistry,
  DefinitionReader,
  DefinitionWriter,
  JobStore,
  RunList,
  SlotStore,
} from '../lib/domain/ports.ts';
import { shownAddress } from '../lib/domain/secrets/shown-address.ts';
import type { Options } from './command.ts';
import { LOCAL_JOBS_TABLE, LOCAL_TABLE } from './local-stack.ts';
import { findStack } from './running-stack.ts';
import { UsageError } from './usage-error.ts';

/** A person waits: a clear message after some seconds is better than a command that hangs. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 15_000 };
const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

type Where = Pick<Options, 'table' | 'jobs-table' | 'local' | 'data-dir' | 'endpoint' | 'region'>;

export function connect(where: Where, env: NodeJS.ProcessEnv): DefinitionWriter {
  return definitionWriter(itemsOf(where, env), definitionsTable(where, env));
}

/** The definitions as a submit reads them. */
export function connectReader(where: Where, env: NodeJS.ProcessEnv): DefinitionReader {
  return definitionReader(itemsOf(where, env), definitionsTable(where, env));
}

export function definitionsTable(where: Where, env: NodeJS.ProcessEnv): string {
  const table = where.table ?? (where.local ? LOCAL_TABLE : env['DEFINITIONS_TABLE']);
  if (!table) {
    throw new UsageError(
      'no table is given. Use --table NAME, set DEFINITIONS_TABLE (such as dinghy-definitions-dev), or use --local for the local stack.',
    );
  }
  return table;
}

/** API keys. Their last uses are in the Jobs table, which only a list asks for. */
export function connectKeys(where: Where, env: NodeJS.ProcessEnv): AccessKeyRegistry {
  return accessKeyRegistry(itemsOf(where, env), {
    definitions: definitionsTable(where, env),
    jobs: givenJobsTable(where, env) ?? '',
  });
}

export function knowsJobsTable(where: Where, env: NodeJS.ProcessEnv): boolean {
  return (givenJobsTable(where, env) ?? '') !== '';
}

/** The Jobs table, to look at. */
export function connectJobs(where: Where, env: NodeJS.ProcessEnv): RunList {
  return runList(itemsOf(where, env), jobsTable(where, env));
}

/** What became of the slots of schedules. */
export function connectSlots(where: Where, env: NodeJS.ProcessEnv): SlotStore {
  return dynamoSlotStore(itemsOf(where, env), jobsTable(where, env));
}

/** The Jobs table, to write into as the functions do. */
export function connectJobStore(where: Where, env: NodeJS.ProcessEnv): JobStore {
  const [clock, ids] = [systemClock(), systemIds()];
  return dynamoJobStore({ items: itemsOf(where, env), table: jobsTable(where, env), clock, ids });
}

function jobsTable(where: Where, env: NodeJS.ProcessEnv): string {
  const table = givenJobsTable(where, env);
  if (!table) {
    throw new UsageError(
      'no table is given. Use --jobs-table NAME, set JOBS_TABLE (such as dinghy-jobs-dev), or use --local for the local stack.',
    );
  }
  return table;
}

function givenJobsTable(where: Where, env: NodeJS.ProcessEnv): string | undefined {
  return where['jobs-table'] ?? (where.local ? LOCAL_JOBS_TABLE : env['JOBS_TABLE']);
}

function itemsOf(where: Where, env: NodeJS.ProcessEnv): Items {
  return dynamoItems(new DynamoDBClient(clientConfig(where, env)));
}

export function clientConfig(where: Where, env: NodeJS.ProcessEnv): AwsConfig {
  return configFor(dynamoEndpoint(where, env), where, env);
}

/** Of another service of AWS than DynamoDB, whose endpoint the option is. */
export function awsConfig(where: Where, env: NodeJS.ProcessEnv, service: string): AwsConfig {
  return configFor(endpointOf(env, service), where, env);
}

type AwsConfig = Pick<DynamoDBClientConfig, 'requestHandler' | 'endpoint' | 'region' | 'credentials'>;

/** An endpoint on this machine is not AWS: it takes any region and any credentials. */
function configFor(endpoint: string | undefined, where: Where, env: NodeJS.ProcessEnv): AwsConfig {
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    throw new UsageError(`--endpoint "${shownAddress(endpoint)}" is not a URL; write it as http://127.0.0.1:8000.`);
  }
  const local = endpoint !== undefined && isLoopback(endpoint);
  const region = where.region ?? env['AWS_REGION'] ?? (local ? 'us-east-1' : undefined);
  return {
    requestHandler: TIMEOUTS,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(local && !env['AWS_ACCESS_KEY_ID'] && { credentials: LOCAL_CREDENTIALS }),
  };
}

function dynamoEndpoint(where: Where, env: NodeJS.ProcessEnv): string | undefined {
  const dir = where['data-dir'];
  if (dir !== undefined && !where.local) throw new UsageError('--data-dir belongs to a local stack. Add --local.');
  if (where.endpoint !== undefined) return where.endpoint;
  return where.local ? findStack(dir).dynamodbUrl : endpointOf(env, 'DYNAMODB');
}

const endpointOf = (env: NodeJS.ProcessEnv, service: string): string | undefined =>
  env[`AWS_ENDPOINT_URL_${service}`] ?? env['AWS_ENDPOINT_URL'];

const isLoopback = (url: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

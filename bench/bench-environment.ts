/** A real Flink, a real DynamoDB API, and the environment in which the handlers find them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children } from '../local/children.ts';
import { LOCAL_AWS } from '../local/dynamodb.ts';
import { type Flink, startFlink } from '../local/flink.ts';
import { startProxy } from './proxy.ts';
import { type BenchTables, startTables } from './tables.ts';

export interface BenchEnvironment {
  readonly flink: Flink;
  readonly tables: BenchTables;
  /** Addresses as handlers see them: those of proxies where there is a delay. */
  readonly seen: SeenAddresses;
}

interface SeenAddresses {
  readonly gatewayUrl: string;
  readonly restUrl: string;
  readonly dynamodbUrl: string;
}

/** How much longer each request takes. */
export interface Delays {
  readonly dynamodbMs: number;
  readonly flinkMs: number;
}

export interface WantedEnvironment {
  readonly flinkVersion: string;
  /** Null: no proxies. */
  readonly delays: Delays | null;
}

/** Whatever becomes of `work`, its processes and files are gone afterwards. */
export async function withEnvironment<T>(
  { flinkVersion: version, delays }: WantedEnvironment,
  work: (env: BenchEnvironment) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-bench-'));
  const children = new Children();
  try {
    const tables = await startTables(children, dir);
    const flink = await startFlink({ version, dir: join(dir, 'flink'), children });
    const direct = { gatewayUrl: flink.gatewayUrl, restUrl: flink.restUrl, dynamodbUrl: tables.endpoint };
    const seen = delays === null ? direct : await delayed(children, dir, direct, delays);
    Object.assign(process.env, handlerEnvironment(seen, tables));
    return await work({ flink, tables, seen });
  } finally {
    await children.endAll();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function delayed(
  children: Children,
  dir: string,
  { gatewayUrl, restUrl, dynamodbUrl }: SeenAddresses,
  { dynamodbMs, flinkMs }: Delays,
): Promise<SeenAddresses> {
  const before = (name: string, target: string, delayMs: number): Promise<string> =>
    startProxy(children, dir, { name, target, delayMs });
  return {
    gatewayUrl: await before('gateway', gatewayUrl, flinkMs),
    restUrl: await before('JobManager', restUrl, flinkMs),
    dynamodbUrl: await before('DynamoDB', dynamodbUrl, dynamodbMs),
  };
}

function handlerEnvironment(seen: SeenAddresses, tables: BenchTables): Record<string, string> {
  return {
    ...LOCAL_AWS,
    AUTH: 'none',
    LOG_LEVEL: 'error',
    DEFINITIONS_TABLE: tables.definitionsTable,
    JOBS_TABLE: tables.jobsTable,
    AWS_ENDPOINT_URL_DYNAMODB: seen.dynamodbUrl,
    SQL_GATEWAY_URL: seen.gatewayUrl,
    FLINK_REST: new URL(seen.restUrl).host,
  };
}

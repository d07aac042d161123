/** A real Flink, a real DynamoDB API, and the environment in which the handlers find them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children } from '../local/children.ts';
import { LOCAL_AWS } from '../local/dynamodb.ts';
import { type Flink, startFlink } from '../local/flink.ts';
import { type BenchTables, startTables } from './tables.ts';

export interface BenchEnvironment {
  readonly flink: Flink;
  readonly tables: BenchTables;
}

/** Whatever becomes of `work`, its processes and files are gone afterwards. */
export async function withEnvironment<T>(version: string, work: (env: BenchEnvironment) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-bench-'));
  const children = new Children();
  try {
    const tables = await startTables(children, dir);
    const flink = await startFlink({ version, dir: join(dir, 'flink'), children });
    Object.assign(process.env, handlerEnvironment(flink, tables));
    return await work({ flink, tables });
  } finally {
    await children.endAll();
    rmSync(dir, { recursive: true, force: true });
  }
}

function handlerEnvironment(flink: Flink, tables: BenchTables): Record<string, string> {
  return {
    ...LOCAL_AWS,
    AUTH: 'none',
    LOG_LEVEL: 'error',
    DEFINITIONS_TABLE: tables.definitionsTable,
    JOBS_TABLE: tables.jobsTable,
    AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
    SQL_GATEWAY_URL: flink.gatewayUrl,
    FLINK_REST: new URL(flink.restUrl).host,
  };
}

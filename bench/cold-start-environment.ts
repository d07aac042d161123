/** What a first answer meets: DynamoDB in a process of its own, a Flink that answers at once, and one live run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../lib/adapters/system.ts';
import { Children } from '../local/children.ts';
import { LOCAL_AWS } from '../local/dynamodb.ts';
import { callHandler } from '../test/builders/event.ts';
import { fakeFlink } from '../test/fakes/fake-flink.ts';
import { startGatewayServer } from '../test/fakes/gateway-server.ts';
import { startJobManagerServer } from '../test/fakes/job-manager-server.ts';
import { aTask } from '../test/fakes/memory-definitions.ts';
import { rateOf, taskStatement } from './measured-sql.ts';
import { startTables } from './tables.ts';

/** Of the task that has a live run: each submit of it is a duplicate. */
export const SUBMIT_QUERY = `id=1&variables.rate=${rateOf(1)}`;

/** `work` gets the environment of the functions. */
export async function withColdStartEnvironment<T>(
  work: (environment: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-bench-'));
  const children = new Children();
  const flink = fakeFlink(systemClock());
  const [gateway, jobManager] = await Promise.all([startGatewayServer(flink), startJobManagerServer(flink)]);
  try {
    const tables = await startTables(children, dir);
    const environment = {
      ...LOCAL_AWS,
      AUTH: 'none',
      LOG_LEVEL: 'error',
      DEFINITIONS_TABLE: tables.definitionsTable,
      JOBS_TABLE: tables.jobsTable,
      AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
      SQL_GATEWAY_URL: gateway.url,
      FLINK_REST: jobManager.address,
    };
    await tables.putTask(aTask({ id: 1, name: 'cold-start', statement: taskStatement('typical') }));
    await startRun(environment);
    return await work(environment);
  } finally {
    await Promise.all([gateway.stop(), jobManager.stop(), children.endAll()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** By a handler of ours: a run is what a submit writes. */
async function startRun(environment: Readonly<Record<string, string>>): Promise<void> {
  Object.assign(process.env, environment);
  const { handler } = await import('../handlers/submit.ts');
  const { msg, data } = await callHandler(handler, { query: SUBMIT_QUERY });
  if (data?.['status'] !== 'SUCCESS') throw new Error(`No run to begin with: ${msg} ${JSON.stringify(data)}`);
}

/** One function instance of Dinghy: the real adapters, with ids and a DynamoDB client of its own. */
import { dynamoClient } from '../../../lib/adapters/dynamo/client.ts';
import { dynamoItems } from '../../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../../lib/adapters/dynamo/job-store.ts';
import { dynamoRequestKeyStore } from '../../../lib/adapters/dynamo/request-key-store.ts';
import { dynamoSavepointStore } from '../../../lib/adapters/dynamo/savepoint-store.ts';
import { dynamoSweepStore } from '../../../lib/adapters/dynamo/sweep-store.ts';
import { jarRunner } from '../../../lib/adapters/flink/jars.ts';
import { jobManager } from '../../../lib/adapters/flink/job-manager.ts';
import { sqlGateway } from '../../../lib/adapters/flink/sql-gateway.ts';
import { jarSource } from '../../../lib/adapters/jar-source/jar-source.ts';
import { systemClock, systemIds } from '../../../lib/adapters/system.ts';
import type { Clock, Log } from '../../../lib/domain/ports.ts';
import type { SweepDeps } from '../../../lib/usecases/reconcile.ts';
import type { submitTask } from '../../../lib/usecases/submit-task.ts';
import { aCluster, memoryDefinitions } from '../../fakes/memory-definitions.ts';
import { BESIDE, realTasks } from './tasks.ts';

export interface Places {
  readonly dynamoEndpoint: string;
  readonly jobsTable: string;
  readonly gatewayUrl: string;
  readonly hosts: string;
  readonly jarUri: string;
  /** The cluster beside the default one (two-clusters.ts), for the tasks that name it. */
  readonly beside?: { readonly hosts: string; readonly sqlGateway: string };
}

export type Container = Parameters<typeof submitTask>[0] & SweepDeps;
export type Request = Parameters<ReturnType<typeof submitTask>>[0];

const JAR_BYTES = 10 * 1024 * 1024;
const NO_S3 = {
  credentials: (): never => {
    throw new Error('no jar of this world is in S3');
  },
  region: (): Promise<string> => Promise.resolve('none'),
};

export function container(places: Places, clock: Clock, log: Log): Container {
  const ids = systemIds();
  const items = dynamoItems(dynamoClient(places.dynamoEndpoint));
  const store = dynamoJobStore({ items, table: places.jobsTable, clock, ids });
  const clusters = places.beside === undefined ? [] : [aCluster({ id: BESIDE, ...places.beside })];
  return {
    definitions: memoryDefinitions({ tasks: realTasks(places.jarUri), clusters }),
    store,
    keys: dynamoRequestKeyStore({ items, table: places.jobsTable, clock }),
    savepoints: dynamoSavepointStore({ items, table: places.jobsTable, ids }),
    sweep: dynamoSweepStore(items, places.jobsTable),
    secrets: null,
    gateway: sqlGateway(),
    jobManager: jobManager(),
    jars: jarRunner(),
    jarSource: jarSource({
      s3: NO_S3,
      http: { namedHosts: [] },
      maxJarBytes: JAR_BYTES,
      maxKeptBytes: JAR_BYTES,
      allowFiles: true,
    }),
    clock,
    ids,
    log,
    settings: { sqlGatewayUrl: places.gatewayUrl, flinkRest: places.hosts, flinkConfig: {} },
  };
}

/** Wall clock that can be set forward: Flink does not notice. Durations stay real. */
export function clockAhead(aheadMs: () => number): Clock {
  const real = systemClock();
  return { ...real, now: () => real.now() + aheadMs() };
}

/** The real handlers over a real DynamoDB API: set up before they are loaded, because they read the environment. */
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { dynamoItems } from '../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../lib/adapters/dynamo/job-store.ts';
import { systemClock, systemIds } from '../../lib/adapters/system.ts';
import type {
  ClusterConfiguration,
  ClusterDefinition,
  DatabaseDefinition,
  TaskDefinition,
  VariableDefinition,
} from '../../lib/domain/definition/definitions.ts';
import type { JobStore } from '../../lib/domain/ports.ts';
import type { HttpHandler } from '../../lib/http/route.ts';
import { startTestDynamodb, type TestDynamodb } from '../live/dynamodb.ts';

export interface Bed {
  readonly submit: HttpHandler;
  readonly getJobInstance: HttpHandler;
  readonly getJobInstanceByTaskId: HttpHandler;
  /** cancel, savepointTask and their like, by the path of the call. */
  readonly control: HttpHandler;
  readonly version: HttpHandler;
  readonly fallback: HttpHandler;
  readonly scheduled: (event: unknown) => Promise<object>;
  /** One sweep of the reconciler. */
  readonly reconcile: () => Promise<object>;
  putTask(task: TaskDefinition): Promise<void>;
  putCluster(cluster: ClusterDefinition): Promise<void>;
  putClusterConfiguration(configuration: ClusterConfiguration): Promise<void>;
  putVariable(variable: VariableDefinition): Promise<void>;
  putDatabase(database: DatabaseDefinition): Promise<void>;
  /** The Jobs table as the functions write it, with the clock of this machine. */
  readonly store: JobStore;
  /** Every item of the Jobs table. */
  jobItems(): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export async function startBed(environment: Readonly<Record<string, string>>, given?: TestDynamodb): Promise<Bed> {
  const dynamodb = given ?? (await startTestDynamodb());
  Object.assign(process.env, environmentFor(dynamodb), environment);
  const client = DynamoDBDocumentClient.from(dynamodb.client);
  const put = async (pk: string, sk: string, item: object): Promise<void> => {
    const Item = { pk, sk, schemaVersion: 1, ...item };
    await client.send(new PutCommand({ TableName: dynamodb.definitionsTable, Item }));
  };
  const { handler: sweep } = await import('../../handlers/reconcile.ts');
  const { handler: read } = await import('../../handlers/read.ts');
  const { handler: fallback } = await import('../../handlers/fallback.ts');
  return {
    submit: (await import('../../handlers/submit.ts')).handler,
    getJobInstance: at('/openapi/getJobInstance', read),
    getJobInstanceByTaskId: at('/openapi/getJobInstanceByTaskId', read),
    control: (await import('../../handlers/control.ts')).handler,
    version: at('/openapi/version', fallback),
    fallback,
    scheduled: (await import('../../handlers/scheduled.ts')).handler,
    reconcile: () => sweep({}),
    store: dynamoJobStore({
      items: dynamoItems(dynamodb.client),
      table: dynamodb.jobsTable,
      clock: systemClock(),
      ids: systemIds(),
    }),
    putTask: (task) => put(`TASK#${task.id}`, 'TASK', task),
    putCluster: (cluster) => put(`CLUSTER#${cluster.id}`, 'CLUSTER', cluster),
    putClusterConfiguration: (one) => put(`CLUSTER_CONFIGURATION#${one.id}`, 'CLUSTER_CONFIGURATION', one),
    putVariable: (variable) => put('VARIABLES', variable.name, variable),
    putDatabase: (database) => put('DATABASES', database.name, database),
    jobItems: async () => {
      const found = await client.send(new ScanCommand({ TableName: dynamodb.jobsTable, ConsistentRead: true }));
      return found.Items ?? [];
    },
    stop: () => dynamodb.stop(),
  };
}

/** The call of this path alone, so that a test need not name it. */
function at(path: string, handler: HttpHandler): HttpHandler {
  return (event, context) => handler({ ...event, rawPath: path }, context);
}

function environmentFor(dynamodb: TestDynamodb): Record<string, string> {
  return {
    AUTH: 'none',
    LOG_LEVEL: 'error',
    DEFINITIONS_TABLE: dynamodb.definitionsTable,
    JOBS_TABLE: dynamodb.jobsTable,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
  };
}

/** Everything that a packaged function meets in AWS: its runtime, a DynamoDB, a Flink; with connections that can be broken. */
import { rmSync } from 'node:fs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../../../lib/adapters/system.ts';
import { type FakeFlink, fakeFlink } from '../../fakes/fake-flink.ts';
import { startGatewayServer } from '../../fakes/gateway-server.ts';
import { startJobManagerServer } from '../../fakes/job-manager-server.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { startTestDynamodb } from '../../live/dynamodb.ts';
import { build } from '../build.ts';
import { Container } from './container.ts';
import { type LambdaRuntime, lambdaRuntime } from './install.ts';
import { type PackagedFunction, packagedFunctions } from './packaged-functions.ts';
import { TcpProxy } from './tcp-proxy.ts';

export interface RuntimeBed {
  readonly runtime: LambdaRuntime;
  readonly functions: readonly PackagedFunction[];
  readonly flink: FakeFlink;
  /** Before each of them stands a proxy. */
  readonly proxies: { readonly dynamodb: TcpProxy; readonly gateway: TcpProxy; readonly jobManager: TcpProxy };
  start(name: string, environment?: Readonly<Record<string, string>>): Promise<Container>;
  /** Ends every container. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** Tasks that are there. */
const TASK_IDS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

export async function startRuntimeBed(): Promise<RuntimeBed> {
  const runtime = lambdaRuntime();
  const built = build();
  const functions = packagedFunctions(built);
  const dynamodb = await startTestDynamodb();
  const documents = DynamoDBDocumentClient.from(dynamodb.client);
  for (const id of TASK_IDS) {
    const Item = { pk: `TASK#${id}`, sk: 'TASK', schemaVersion: 1, ...aTask({ id, name: `task-${id}` }) };
    await documents.send(new PutCommand({ TableName: dynamodb.definitionsTable, Item }));
  }
  const flink = fakeFlink(systemClock());
  const [gateway, jobManager] = await Promise.all([startGatewayServer(flink), startJobManagerServer(flink)]);
  const proxies = {
    dynamodb: await TcpProxy.start(portOf(dynamodb.endpoint)),
    gateway: await TcpProxy.start(portOf(gateway.url)),
    jobManager: await TcpProxy.start(portOf(`http://${jobManager.address}`)),
  };
  const settings = {
    AUTH: 'none',
    DEFINITIONS_TABLE: dynamodb.definitionsTable,
    JOBS_TABLE: dynamodb.jobsTable,
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${proxies.dynamodb.port}`,
    SQL_GATEWAY_URL: `http://127.0.0.1:${proxies.gateway.port}`,
    FLINK_REST: `127.0.0.1:${proxies.jobManager.port}`,
  };
  const containers: Container[] = [];
  const clear = async (): Promise<void> => {
    await Promise.all(containers.splice(0).map((container) => container.stop()));
  };
  return {
    ...{ runtime, functions, flink, proxies, clear },
    start: async (name, environment = {}) => {
      const found = functions.find((one) => one.name === name);
      if (found === undefined) throw new Error(`There is no function "${name}" in the package.`);
      const spec = { ...found, runtime, environment: { ...found.environment, ...settings, ...environment } };
      const container = await Container.start(spec);
      containers.push(container);
      return container;
    },
    stop: async () => {
      await clear();
      for (const proxy of Object.values(proxies)) proxy.stop();
      await Promise.all([gateway.stop(), jobManager.stop(), dynamodb.stop()]);
      rmSync(built.directory, { recursive: true, force: true });
    },
  };
}

const portOf = (url: string): number => Number(new URL(url).port);

import { join } from 'node:path';
import { hostAndPort } from '../cli/host-and-port.ts';
import { LOCAL_JOBS_TABLE, LOCAL_TABLE } from '../cli/local-stack.ts';
import { readStored, tasksOf } from '../cli/plan/stored.ts';
import { definitionWriter } from '../lib/adapters/dynamo/definition-writer.ts';
import { dynamoItems } from '../lib/adapters/dynamo/items.ts';
import { systemClock } from '../lib/adapters/system.ts';
import type { TaskDefinition } from '../lib/domain/definition/definitions.ts';
import type { AskedSlot } from '../lib/domain/schedule/plan-slot.ts';
import { shownAddress } from '../lib/domain/secrets/shown-address.ts';
import { type Api, startApi } from './api.ts';
import { Children } from './children.ts';
import { deliverSlot } from './deliver-slot.ts';
import { answersDynamodb, dynamodbClient, type LocalDynamodb, startDynamodb } from './dynamodb.ts';
import { applyExamples } from './examples.ts';
import { fireSchedules } from './fire-schedules.ts';
import { startFlink } from './flink.ts';
import { hasJars } from './jars.ts';
import { findJava, requireMaven } from './java.ts';
import type { StackOptions } from './options.ts';
import { requireFreePort } from './ports.ts';
import { removeStackFile, writeStackFile } from './stack-file.ts';
import { StartError } from './start-error.ts';
import { createMissingTables, readTables } from './tables.ts';
import { upgradeTables } from './upgrade-tables.ts';
import { getJson } from './wait-until.ts';

/** The tables of serverless.yml, by their names there. */
export const TABLE_NAMES = { DefinitionsTable: LOCAL_TABLE, JobsTable: LOCAL_JOBS_TABLE } as const;

type FlinkUrls = { restUrl: string; gatewayUrl: string };

export interface StackUrls extends FlinkUrls {
  apiUrl: string;
  dynamodbUrl: string;
}

/** All that `npm start` starts. `stop` may be called at any time, also during `start`. */
export class Stack {
  private readonly children = new Children();
  private dynamodb: LocalDynamodb | undefined;
  private stopping = false;
  private readonly over = new AbortController();
  private schedules: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: StackOptions,
    private readonly say: (line: string) => void,
  ) {}

  async start(): Promise<StackUrls> {
    await this.checkPrerequisites();
    const [flink, dynamodbUrl] = await Promise.all([this.flink(), this.definitions()]);
    const { url: apiUrl, scheduledUrl } = await this.api(flink, dynamodbUrl);
    if (!this.stopping) this.schedules = this.fire(dynamodbUrl, scheduledUrl);
    const urls = { ...flink, apiUrl, dynamodbUrl };
    if (!this.stopping) writeStackFile(this.options.dataDir, { pid: process.pid, ...urls, auth: this.options.auth });
    return urls;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    removeStackFile(this.options.dataDir, process.pid);
    this.over.abort();
    await this.children.endAll();
    await this.schedules;
    await this.dynamodb?.stop();
    this.dynamodb = undefined;
  }

  private async checkPrerequisites(): Promise<void> {
    const { port, flink, dynamodb } = this.options;
    await requireFreePort(port, 'the API', '--port');
    if ('port' in dynamodb) await requireFreePort(dynamodb.port, 'the embedded DynamoDB', '--dynamodb-port');
    if (!('version' in flink)) return;
    await requireFreePort(flink.restPort, "Flink's web UI", '--flink-port');
    await requireFreePort(flink.gatewayPort, "Flink's SQL gateway", '--gateway-port');
    await findJava();
    if (!hasJars(flink.version)) await requireMaven();
  }

  private async flink(): Promise<FlinkUrls> {
    const { flink, dataDir } = this.options;
    if ('restUrl' in flink) return requireFlink(flink);
    this.say(`Flink ${flink.version}: JobManager, TaskManager, SQL gateway`);
    return startFlink({
      version: flink.version,
      dir: join(dataDir, 'run', 'flink'),
      ports: { rest: flink.restPort, gateway: flink.gatewayPort },
      slots: 8,
      children: this.children,
      say: this.say,
    });
  }

  /** DynamoDB with its tables, and the examples in a fresh one; returns its URL. */
  private async definitions(): Promise<string> {
    const url = await this.dynamodbUrl();
    const client = dynamodbClient(url);
    try {
      const tables = readTables(TABLE_NAMES);
      // Do not change somebody else's DynamoDB.
      if (!('url' in this.options.dynamodb)) await upgradeTables(client, tables);
      await createMissingTables(client, tables);
      const table = definitionWriter(dynamoItems(client), TABLE_NAMES.DefinitionsTable);
      this.say(await applyExamples(table));
    } finally {
      client.destroy();
    }
    return url;
  }

  private async dynamodbUrl(): Promise<string> {
    const { dynamodb, dataDir } = this.options;
    if ('url' in dynamodb) {
      if (await answersDynamodb(dynamodb.url)) return dynamodb.url;
      throw new StartError(`No DynamoDB answers at ${shownAddress(dynamodb.url)} (--dynamodb).`);
    }
    this.dynamodb = await startDynamodb({ port: dynamodb.port, path: join(dataDir, 'dynamodb') });
    return this.dynamodb.endpoint;
  }

  private async api({ restUrl, gatewayUrl }: FlinkUrls, dynamodbUrl: string): Promise<Api> {
    this.say('API');
    return await startApi({
      port: this.options.port,
      auth: this.options.auth,
      adhoc: this.options.adhoc,
      dynamodbUrl,
      sqlGatewayUrl: gatewayUrl,
      flinkRest: hostAndPort(restUrl),
      secretsFile: join(this.options.dataDir, 'secrets.json'),
      children: this.children,
      logFile: join(this.options.dataDir, 'run', 'api.log'),
    });
  }

  private async fire(dynamodbUrl: string, scheduledUrl: string): Promise<void> {
    const client = dynamodbClient(dynamodbUrl);
    const table = definitionWriter(dynamoItems(client), TABLE_NAMES.DefinitionsTable);
    const tasks = async (): Promise<TaskDefinition[]> => tasksOf(await readStored(table));
    const deliver = (slot: AskedSlot): Promise<void> => deliverSlot(scheduledUrl, slot);
    try {
      await fireSchedules({ tasks, deliver, clock: systemClock(), say: this.say }, this.over.signal);
    } finally {
      client.destroy();
    }
  }
}

async function requireFlink({ restUrl, gatewayUrl }: FlinkUrls): Promise<FlinkUrls> {
  if ((await getJson(`${restUrl}/overview`)) === undefined) {
    throw new StartError(`No Flink JobManager answers at ${shownAddress(restUrl)} (--flink-rest).`);
  }
  if ((await getJson(`${gatewayUrl}/info`)) === undefined) {
    throw new StartError(`No Flink SQL gateway answers at ${shownAddress(gatewayUrl)} (--sql-gateway).`);
  }
  return { restUrl, gatewayUrl };
}

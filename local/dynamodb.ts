import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { StartError } from './start-error.ts';

/** DynamoDB on this machine accepts any credentials, but the SDK needs some. */
export const LOCAL_AWS = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'us-east-1',
} as const;

// On Node 20 the SDK prints eight lines of advice to upgrade, once per process; Lambda runs 24.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

export interface LocalDynamodb {
  endpoint: string;
  stop(): Promise<void>;
}

/** Time for requests under way when it is stopped. */
const MAX_WAIT_MS = 2_000;
const PAUSE_MS = 20;

/** An embedded DynamoDB on 127.0.0.1, in memory or, with `path`, in a folder. Port 0: any free one. */
export async function startDynamodb({ port = 0, path }: { port?: number; path?: string }): Promise<LocalDynamodb> {
  if (path !== undefined) mkdirSync(path, { recursive: true });
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(path !== undefined && { path }),
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let open = 0;
  server.on('request', (_request, response) => {
    open += 1;
    response.once('close', () => (open -= 1));
  });
  const stop = async (): Promise<void> => {
    // It closes its store at once: a request under way would then throw an error that nobody catches.
    for (let waited = 0; waited < MAX_WAIT_MS && (waited === 0 || open > 0); waited += PAUSE_MS) await sleep(PAUSE_MS);
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  if (await answersDynamodb(endpoint)) return { endpoint, stop };
  await stop();
  throw new StartError(
    `The embedded DynamoDB could not open ${path ?? 'its memory'}. Check that no other process uses this folder.`,
  );
}

export function dynamodbClient(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: LOCAL_AWS.AWS_ACCESS_KEY_ID, secretAccessKey: LOCAL_AWS.AWS_SECRET_ACCESS_KEY };
  return new DynamoDBClient({ endpoint, region: LOCAL_AWS.AWS_REGION, credentials, maxAttempts: 1 });
}

export async function answersDynamodb(endpoint: string): Promise<boolean> {
  const client = dynamodbClient(endpoint);
  try {
    await client.send(new ListTablesCommand({ Limit: 1 }), { abortSignal: AbortSignal.timeout(5_000) });
    return true;
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}

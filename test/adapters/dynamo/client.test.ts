/** How long the client waits for DynamoDB: a try that gets no answer ends, with an error, and is repeated twice. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dynamoClient } from '../../../lib/adapters/dynamo/client.ts';
import { LOCAL_AWS } from '../../../local/dynamodb.ts';

const BY_SETTING = 'AWS_ENDPOINT_URL_DYNAMODB';
let server: Server;
let url: string;

beforeAll(async () => {
  Object.assign(process.env, LOCAL_AWS);
  server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** What its connections are made with, known after the first request. */
async function settingsOf(endpoint?: string): Promise<object> {
  process.env[BY_SETTING] = url;
  const client = dynamoClient(endpoint);
  await client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } }));
  Reflect.deleteProperty(process.env, BY_SETTING);
  const handler = client.config.requestHandler as { httpHandlerConfigs(): object };
  return { ...handler.httpHandlerConfigs(), tries: await client.config.maxAttempts() };
}

it('three tries of a Lambda fit into the seconds that a submit keeps for its last write', async () => {
  const settings = await settingsOf();
  expect(settings).toMatchObject({ connectionTimeout: 1_000, requestTimeout: 1_000, tries: 3 });
  // Else the time-out of a request is a warning, and no more.
  expect(settings).toMatchObject({ throwOnRequestTimeout: true });
});

it('a DynamoDB on the same machine may be slower', async () => {
  const settings = await settingsOf(url);
  expect(settings).toMatchObject({ requestTimeout: 5_000, throwOnRequestTimeout: true, tries: 3 });
});

it('the SDK prepares no request for a log that nobody keeps: a submit waits for that', () => {
  expect(dynamoClient(url).middlewareStack.identify().join()).not.toMatch(/logger/i);
});

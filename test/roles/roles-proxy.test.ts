import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { LOCAL_AWS } from '../../local/dynamodb.ts';
import { grantedBy } from './granted.ts';
import { type RolesProxy, type SeenByRoles, startRolesProxy } from './roles-proxy.ts';
import { allow, policyOf, templateWith } from './template.ts';

const keys = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['A'] } };
const granted = grantedBy(templateWith({ Policies: [policyOf(allow('dynamodb:GetItem', { Condition: keys }))] }));

let passed: { readonly path: string; readonly body: unknown }[] = [];
const dynamodb = http.createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (part: string) => (body += part));
  request.on('end', () => {
    passed.push({ path: request.url ?? '', body: JSON.parse(body) });
    response.end('{"Item":{"pk":{"S":"A"}}}');
  });
});
let proxy: RolesProxy;

beforeAll(async () => {
  await once(dynamodb.listen(0, '127.0.0.1'), 'listening');
  proxy = await startRolesProxy(granted);
});
afterAll(async () => {
  await proxy.stop();
  dynamodb.close();
});
beforeEach(() => {
  passed = [];
});

async function getAs(accessKeyId: string, pk: string, name: string, table = 'runs'): Promise<unknown> {
  const endpoint = `${proxy.url}/${name}/127.0.0.1:${(dynamodb.address() as AddressInfo).port}`;
  const credentials = { accessKeyId, secretAccessKey: LOCAL_AWS.AWS_SECRET_ACCESS_KEY };
  const client = new DynamoDBClient({ endpoint, region: LOCAL_AWS.AWS_REGION, credentials, maxAttempts: 1 });
  try {
    return (await client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: pk } } }))).Item;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  } finally {
    client.destroy();
  }
}

async function seenAs(name: string): Promise<SeenByRoles> {
  return (await (await fetch(`${proxy.url}/${name}`)).json()) as SeenByRoles;
}

it('passes on what is granted, as it came', async () => {
  expect(await getAs('reader', 'A', 'granted')).toEqual({ pk: { S: 'A' } });
  expect(passed).toEqual([{ path: '/', body: { TableName: 'runs', Key: { pk: { S: 'A' } } } }]);
  expect(await seenAs('granted')).toEqual({ asked: ['reader dynamodb:GetItem runs'], refused: [] });
});

it('refuses what is not, as AWS says it, and remembers it under the name in the path alone', async () => {
  const text =
    'User: arn:aws:sts::123456789012:assumed-role/role/reader is not authorized to perform: dynamodb:GetItem ' +
    'on resource: arn:aws:dynamodb:us-east-1:123456789012:table/runs ' +
    'because no identity-based policy allows the dynamodb:GetItem action';
  expect(await getAs('reader', 'B', 'refused')).toBe(`AccessDeniedException: ${text}`);
  expect(passed).toEqual([]);
  expect(await seenAs('refused')).toEqual({ asked: ['reader dynamodb:GetItem runs'], refused: [text] });
  expect(await seenAs('another')).toEqual({ asked: [], refused: [] });
});

it('refuses whom it does not know, and what it can not judge', async () => {
  expect(await getAs('local', 'A', 'odd')).toBe('UnrecognizedClientException: There is no function "local".');
  expect(await getAs('reader', 'A', 'odd', 'others')).toMatch(/^AccessDeniedException: reader: .* no table others/);
  expect(passed).toEqual([]);
  expect((await seenAs('odd')).refused).toHaveLength(2);
});

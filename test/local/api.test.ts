/** The API of the local stack, as it is started: its servers answer no web page. Neither Flink nor DynamoDB is asked. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApi } from '../../local/api.ts';
import { Children } from '../../local/children.ts';
import { freePorts } from '../../local/ports.ts';
import { aSecret } from '../builders/access-key.ts';

const children = new Children();
const dir = mkdtempSync(join(tmpdir(), 'dinghy-test-'));
const logFile = join(dir, 'api.log');
let url = '';

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  const nobody = 'http://127.0.0.1:9';
  const places = {
    dynamodbUrl: nobody,
    sqlGatewayUrl: nobody,
    flinkRest: '127.0.0.1:9',
    secretsFile: join(dir, 'none'),
  };
  ({ url } = await startApi({ port, ...places, children, logFile }));
}, 120_000);
afterAll(() => children.endAll());

function ask(to: string, headers: Record<string, string>, method = 'GET'): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(to, { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

it('a client is answered', async () => {
  expect((await ask(`${url}/openapi/version`, {})).text).toContain('"data":"1.2.0"');
});

it('a key in the path is taken off it, and is in no log', async () => {
  const key = aSecret(1);
  expect((await ask(`${url}/k/${key}/openapi/version`, {})).text).toContain('"data":"1.2.0"');
  expect((await ask(`${url}/openapi/${key}`, {})).text).toContain('dk_******');
  const log = readFileSync(logFile, 'utf8');
  expect(log).toContain('dk_******');
  expect(log).not.toContain(key.slice(0, 20));
});

it.each<[string, Record<string, string>]>([
  ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
  ['a page under a name of its own that leads here', { host: 'evil.example:8888' }],
])('%s is not', async (_what, headers) => {
  const { status, text } = await ask(`${url}/openapi/version`, headers);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ code: 1, success: false, data: null });
});

it('the server that starts functions for the SDK does not either', async () => {
  const [, lambda = ''] = /\[http for lambda\] listening on (http:\S+)/.exec(readFileSync(logFile, 'utf8')) ?? [];
  const path = `${lambda}/2015-03-31/functions/dinghy-local-fallback/invocations`;
  expect((await ask(path, { origin: 'https://evil.example' }, 'POST')).status).toBe(403);
  expect((await ask(path, {}, 'POST')).status).not.toBe(403);
});

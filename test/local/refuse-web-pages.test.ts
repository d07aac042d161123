/** What a page in a browser may ask of the local stack: nothing. What everybody else asks goes through. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const GUARD = join(import.meta.dirname, '../../local/refuse-web-pages.mjs');
const SERVER = `
  const server = require('node:http').createServer((request, response) => response.end('reached ' + request.method));
  server.on('upgrade', (request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\\r\\n\\r\\nreached'));
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

let child: ChildProcess;
let port = 0;
beforeAll(async () => {
  child = spawn(process.execPath, ['--import', GUARD, '-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  port = Number(line.toString());
});
afterAll(() => child.kill());

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask({ method = 'GET', path = '/openapi/submitTask?id=1', headers = {} }: Asked) {
  const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  request.end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, cors: response.headers['access-control-allow-origin'], text };
}

const refused = (text: string) => JSON.parse(text) as { code: number; msg: string; success: boolean; data: null };

describe('a request of a web page of another site', () => {
  it.each<[string, Asked]>([
    ['cross-site', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['from another port of this machine', { headers: { 'sec-fetch-site': 'same-site' } }],
    ['of a kind that is not known yet', { headers: { 'sec-fetch-site': 'elsewhere' } }],
    ['that says two things', { headers: { 'sec-fetch-site': 'none, cross-site' } }],
    [
      'by a link',
      { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } },
    ],
    [
      'as an image',
      { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } },
    ],
    ['by POST', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' } }],
    ['of a browser that says only its origin', { method: 'POST', headers: { origin: 'https://evil.example' } }],
    ['of a browser that says only the page', { headers: { referer: 'https://evil.example/page' } }],
    ['of a page with a name that begins like ours', { headers: { referer: 'http://127.0.0.1.evil.example/' } }],
    ['of a file', { method: 'POST', headers: { origin: 'null' } }],
    [
      'before the real one',
      { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } },
    ],
    ['under a name that leads here', { headers: { host: 'evil.example:8888', 'sec-fetch-site': 'same-origin' } }],
    ['under a name that begins like ours', { headers: { host: '127.0.0.1.evil.example' } }],
    ['under a name that ends like ours', { headers: { host: 'evil-localhost:8888' } }],
    ['under another address', { headers: { host: '127.0.0.2:8888' } }],
    ['under another spelling', { headers: { host: '2130706433:8888' } }],
    ['with a user before the name', { headers: { host: 'localhost@evil.example' } }],
  ])('%s is refused in the envelope', async (_what, asked) => {
    const { status, cors, text } = await ask(asked);
    expect({ status, cors }).toEqual({ status: 200, cors: undefined });
    expect(refused(text)).toMatchObject({ code: 1, success: false, data: null });
    expect(refused(text).msg).toMatch(/^The local stack (?:answers|refuses) /);
  });

  it('to start a function as the SDK does is refused too', async () => {
    const path = '/2015-03-31/functions/scheduled/invocations';
    const { status, text } = await ask({ method: 'POST', path, headers: { origin: 'https://evil.example' } });
    expect([status, refused(text).success]).toEqual([403, false]);
  });

  it('that wants a connection of its own gets none', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('error', () => undefined);
    await once(socket, 'close');
    expect(text).toBe('');
  });
});

describe('everybody else', () => {
  it.each<[string, Asked]>([
    ['curl', {}],
    ['curl by name', { headers: { host: 'localhost:8888' } }],
    ['curl by name in capitals', { headers: { host: 'LOCALHOST' } }],
    ['curl by IPv6', { headers: { host: '[::1]:8888' } }],
    ['DolphinScheduler', { method: 'POST', headers: { 'content-type': 'application/json' } }],
    ['an address that was typed in', { headers: { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' } }],
    ['a page of its own', { headers: { 'sec-fetch-site': 'same-origin' } }],
  ])('%s goes through', async (_what, asked) => {
    expect(await ask(asked)).toMatchObject({ status: 200, text: `reached ${asked.method ?? 'GET'}` });
  });

  it('a page of its own that posts goes through', async () => {
    const headers = { 'sec-fetch-site': 'same-origin', origin: `http://127.0.0.1:${port}` };
    expect((await ask({ method: 'POST', headers })).text).toBe('reached POST');
    const fromPage = { ...headers, referer: `http://127.0.0.1:${port}/page` };
    expect((await ask({ method: 'POST', headers: fromPage })).text).toBe('reached POST');
  });

  it('a client of HTTP/1.0, which names no host, goes through', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /openapi/version HTTP/1.0\r\n\r\n');
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    await once(socket, 'close');
    expect(text).toContain('reached GET');
  });
});

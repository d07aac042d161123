/**
 * Requests on connections that were used before. A proxy, a NAT gateway, a load balancer or Flink may have closed such a
 * connection, or dropped it without a word. That says nothing about whether Flink can be reached.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpRequest, sendHttp } from '../../../lib/adapters/flink/http.ts';
import { KeptConnections } from '../../../lib/adapters/flink/kept-connections.ts';
import { sendFile } from '../../../lib/adapters/flink/send-file.ts';
import { AppError } from '../../../lib/domain/errors.ts';

const { signal } = new AbortController();
const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers.splice(0)) server.close();
});

/** What a connection does with everything after its first exchange. */
type Then =
  /** Closed while nobody uses it. */
  | 'closedSilently'
  | 'resetSilently'
  /** The next byte is met with a reset, or an end. */
  | 'resetOnByte'
  | 'endOnByte'
  /** Nothing comes back any more: no reset, no end. */
  | 'blackHole'
  /** An answer begins, and breaks off. */
  | 'halfReply'
  | 'works';

interface Wire {
  readonly url: string;
  /** Bytes that arrived on each connection, in order. */
  readonly seen: string[];
  /** The first connection has been closed. */
  readonly firstClosed: Promise<unknown>;
}

const REPLY = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

/** The first connection answers once and then misbehaves; those after it work. */
async function wire(then: Then): Promise<Wire> {
  const seen: string[] = [];
  let closed = (): void => undefined;
  const firstClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const at = seen.push('') - 1;
    if (at === 0) socket.once('close', closed);
    let exchanges = 0;
    socket.on('data', (chunk) => {
      seen[at] = `${seen[at]}${chunk.toString('latin1')}`;
      if (!isWhole(seen[at], exchanges)) return;
      exchanges += 1;
      if (at > 0 || exchanges === 1 || then === 'works') {
        socket.write(REPLY, () => {
          if (at === 0 && exchanges === 1) setTimeout(() => afterFirst(socket, then), 5);
        });
        return;
      }
      if (then === 'resetOnByte') socket.resetAndDestroy();
      if (then === 'endOnByte') socket.end();
      if (then === 'halfReply') socket.end(REPLY.slice(0, -1));
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, firstClosed };
}

function afterFirst(socket: Socket, then: Then): void {
  if (then === 'closedSilently') socket.end();
  if (then === 'resetSilently') socket.resetAndDestroy();
}

/** More than `before` whole requests have come. */
function isWhole(text: string, before: number): boolean {
  let at = 0;
  for (let whole = 0; whole <= before; whole += 1) {
    const head = text.slice(at, text.indexOf('\r\n\r\n', at));
    if (!text.includes('\r\n\r\n', at)) return false;
    at += head.length + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  }
  return text.length >= at;
}

type What = Pick<HttpRequest, 'method' | 'body' | 'repeatable'> & { readonly path: string };

const GET: What = { method: 'GET', path: '/jobs/overview' };
const OPEN: What = { method: 'POST', path: '/sessions', body: { properties: {} }, repeatable: true };
const STATEMENT: What = { method: 'POST', path: '/sessions/1/statements', body: { statement: 'INSERT' } };
const CLOSE: What = { method: 'DELETE', path: '/sessions/1' };
const CANCEL: What = { method: 'PATCH', path: '/jobs/1?mode=cancel' };

const send = (at: Pick<Wire, 'url'>, { path, ...what }: What, timeoutMs = 1_500): ReturnType<typeof sendHttp> =>
  sendHttp({ ...what, url: at.url + path, timeoutMs, signal });

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'answered';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code;
  }
}

/** One exchange on the connection that is then kept. */
async function warmedUp(then: Then): Promise<Wire> {
  const at = await wire(then);
  await send(at, GET);
  // What the server does by itself must have happened, also on a machine that is busy.
  if (then.endsWith('Silently')) await at.firstClosed;
  await delay(then.endsWith('Silently') ? 20 : 2);
  return at;
}

const FAULTS: readonly Then[] = [
  'closedSilently',
  'resetSilently',
  'resetOnByte',
  'endOnByte',
  'blackHole',
  'halfReply',
];

describe.each(FAULTS)('a kept connection with the fault %s', (then) => {
  it.each([
    ['a read', GET],
    ['opening a session', OPEN],
    ['closing a session', CLOSE],
    ['a cancel', CANCEL],
  ])('does not fail %s: it is sent again, on a new connection', async (_name, what) => {
    const at = await warmedUp(then);
    expect((await send(at, what)).status).toBe(200);
    expect(at.seen).toHaveLength(2);
    expect(at.seen[1]).toContain(what.path);
  });

  it('never makes a statement that may have arrived "unreachable", and never sends it twice', async () => {
    const at = await warmedUp(then);
    const code = await codeOf(send(at, STATEMENT, 300));
    const arrivals = at.seen.join('').split('/sessions/1/statements').length - 1;
    expect(arrivals).toBeLessThanOrEqual(1);
    expect(code).toBe(then.endsWith('Silently') ? 'answered' : 'flink.noReply');
  });

  it('does not fail an upload', async () => {
    const at = await warmedUp(then);
    const dir = mkdtempSync(join(tmpdir(), 'dinghy-kept-'));
    const path = join(dir, 'a.jar');
    writeFileSync(path, 'PK');
    try {
      const upload = { url: `${at.url}/jars/upload`, path, sizeBytes: 2, fileName: 'a.jar', signal };
      expect((await sendFile(upload)).status).toBe(200);
      expect((await sendFile(upload)).status).toBe(200);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('several kept connections, all of them dead', () => {
  it('are not tried one after the other', async () => {
    let dead = false;
    let connections = 0;
    const server = createServer((socket) => {
      sockets.add(socket);
      connections += 1;
      const isOld = (): boolean => dead && connections <= 4;
      const old = connections <= 4;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        if (old && dead) socket.resetAndDestroy();
        else setTimeout(() => socket.write(REPLY), isOld() ? 0 : 30);
      });
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    await Promise.all([1, 2, 3, 4].map(() => send(at, GET)));
    expect(connections).toBe(4);
    dead = true;
    expect((await send(at, GET)).status).toBe(200);
    expect(connections).toBe(5);
  });
});

describe('a connection that is fine', () => {
  it('is used again, for statements too', async () => {
    const at = await wire('works');
    for (const what of [GET, OPEN, STATEMENT, GET, CLOSE]) await send(at, what);
    expect(at.seen).toHaveLength(1);
  });

  it('a failure on a new connection is not repeated: it is about Flink', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.once('data', () => socket.resetAndDestroy());
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await codeOf(send({ url }, GET))).toBe('flink.noReply');
    expect(connections).toBe(1);
  });
});

describe('Flink gone, with a connection kept from before', () => {
  it.each([
    ['a read', GET],
    ['a statement', STATEMENT],
  ])('%s that no server saw is unreachable', async (_name, what) => {
    const at = await warmedUp('closedSilently');
    servers[0]!.close();
    await delay(10);
    expect(await codeOf(send(at, what))).toBe('flink.unreachable');
    expect(at.seen.join('')).not.toContain('statements');
  });

  it('a read that arrived before the end is not', async () => {
    const at = await warmedUp('resetOnByte');
    servers[0]!.close();
    expect(await codeOf(send(at, GET))).toBe('flink.noReply');
  });
});

describe('every point at which a connection may break while a statement is sent', () => {
  const payload = { statement: `INSERT ${'x'.repeat(100)}` };
  const WHOLE = 300;

  it('is "unreachable" only if the server saw no byte of it', async () => {
    for (let point = 0; point <= WHOLE; point += 25) {
      for (const kind of ['reset', 'end', 'hang'] as const) {
        let bytes = 0;
        const server = createServer((socket) => {
          sockets.add(socket);
          socket.on('error', () => undefined);
          const breakOff = (): void => {
            if (kind === 'reset') socket.resetAndDestroy();
            if (kind === 'end') socket.end();
          };
          if (point === 0) breakOff();
          socket.on('data', (chunk) => {
            bytes += chunk.length;
            if (bytes >= point) breakOff();
          });
        });
        servers.push(server);
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/statements`;
        const code = await codeOf(sendHttp({ method: 'POST', url, body: payload, timeoutMs: 60, signal }));
        await delay(1);
        if (code === 'flink.unreachable') expect([point, kind, bytes]).toEqual([point, kind, 0]);
        else expect(code).toBe('flink.noReply');
      }
    }
  });
});

describe('how long a connection is kept', () => {
  const exchange = async (kept: KeptConnections, url: string, maxIdleMs: number): Promise<void> => {
    const request = get(url, { agent: kept.agent(maxIdleMs) });
    const [reply] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    reply.resume();
    await once(reply, 'end');
    await delay(1);
  };

  /** A process that is frozen sees its monotonic clock stand still, or its wall clock jump: either tells. */
  it.each([
    ['monotonic', { monotonic: 501, now: 0 }],
    ['wall', { monotonic: 0, now: 501 }],
  ])('is over when the %s clock says that it was idle for too long', async (_name, passed) => {
    const time = { monotonic: 10, now: 1_000_000 };
    const kept = new KeptConnections(Agent, {
      monotonic: () => time.monotonic,
      now: () => time.now,
    });
    const at = await wire('works');
    await exchange(kept, at.url, 500);
    await exchange(kept, at.url, 500);
    expect(at.seen).toHaveLength(1);
    time.monotonic += passed.monotonic;
    time.now += passed.now;
    await exchange(kept, at.url, 1_000);
    expect(at.seen).toHaveLength(1);
    time.monotonic += passed.monotonic;
    time.now += passed.now;
    await exchange(kept, at.url, 500);
    expect(at.seen).toHaveLength(2);
  });
});

/** What this process lacks says nothing about Flink, and what waits in this process takes nothing of Flink's time. */
import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ownLimit, sendHttp } from '../../../lib/adapters/flink/http.ts';
import { MAX_SOCKETS } from '../../../lib/adapters/flink/kept-connections.ts';
import { AppError } from '../../../lib/domain/errors.ts';

const never = new AbortController().signal;
const servers: http.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Slow {
  readonly url: string;
  /** Connections that it has now, and the most it has had. */
  readonly most: () => number;
  readonly waiting: () => number;
  answerAll(): void;
}

/** Answers when it is told to. */
async function slow(): Promise<Slow> {
  const waiting: http.ServerResponse[] = [];
  let open = 0;
  let most = 0;
  const server = http.createServer((_, response) => void waiting.push(response));
  server.on('connection', (socket) => {
    most = Math.max(most, (open += 1));
    socket.on('close', () => (open -= 1));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
    most: () => most,
    waiting: () => waiting.length,
    answerAll: () => {
      for (const response of waiting.splice(0)) response.end('{}');
    },
  };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(2);
}

const get = (url: string, timeoutMs: number, signal: AbortSignal = never): Promise<unknown> =>
  sendHttp({ method: 'GET', url, timeoutMs, signal }).then(
    () => 'answered',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );

describe('connections to one host', () => {
  it(`are at most ${MAX_SOCKETS}; who waits for one is answered in turn`, async () => {
    const server = await slow();
    const all = Array.from({ length: MAX_SOCKETS + 20 }, () => get(server.url, 30_000));
    await until(() => server.waiting() === MAX_SOCKETS);
    server.answerAll();
    await until(() => server.waiting() === 20);
    server.answerAll();
    expect(new Set(await Promise.all(all))).toEqual(new Set(['answered']));
    expect(server.most()).toBe(MAX_SOCKETS);
  });

  it('one that waited for a connection is not Flink not answering, however it ends', async () => {
    const server = await slow();
    const first = Array.from({ length: MAX_SOCKETS }, () => get(server.url, 30_000));
    await until(() => server.waiting() === MAX_SOCKETS);
    const caller = new AbortController();
    const givenUp = get(server.url, 30_000, caller.signal);
    expect(await get(server.url, 20)).toBe('local.exhausted');
    caller.abort();
    expect(await givenUp).toBe('local.exhausted');
    server.answerAll();
    await Promise.all(first);
  });

  it('the time in the queue is not taken from the time that the request has', async () => {
    const server = await slow();
    const first = Array.from({ length: MAX_SOCKETS }, () => get(server.url, 30_000));
    await until(() => server.waiting() === MAX_SOCKETS);
    const queued = get(server.url, 2_000);
    await pause(1_300);
    server.answerAll();
    await Promise.all(first);
    await until(() => server.waiting() === 1);
    // Of its own time nothing is gone yet: more than what would be left if it had been counted from the start.
    await pause(1_000);
    server.answerAll();
    expect(await queued).toBe('answered');
  });

  it('a request whose time was up before it began was not sent, as before', async () => {
    const server = await slow();
    expect(await get(server.url, 30_000, AbortSignal.abort())).toBe('flink.unreachable');
  });
});

describe("this process's own limits", () => {
  const url = new URL('http://jm:8081/x');

  it.each(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM'])('%s has a code of its own', (code) => {
    const error = ownLimit(url, Object.assign(new Error('no'), { code }));
    expect(error?.code).toBe('local.exhausted');
    expect(error?.message).toContain(code);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', undefined])('%s is none of them', (code) => {
    expect(ownLimit(url, Object.assign(new Error('no'), { code }))).toBeNull();
  });
});

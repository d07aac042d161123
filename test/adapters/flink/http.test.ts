/** One request to a server that misbehaves: which code it becomes decides whether a run may be called not started. */
import { getEventListeners, once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendHttp } from '../../../lib/adapters/flink/http.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { BareServers } from '../../fakes/bare-servers.ts';

const never = new AbortController().signal;
const bare = new BareServers();

afterEach(() => {
  bare.close();
});

const serve = async (onConnection: (socket: Socket) => void): Promise<string> =>
  `${await bare.serve(onConnection)}/v1/x?secret=1`;

const reply = (text: string, status = '200 OK', length = Buffer.byteLength(text)): string =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${text}`;

async function failure(url: string, more: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<AppError> {
  const request = {
    method: 'POST',
    url,
    body: { statement: 'SELECT 1' },
    timeoutMs: 5_000,
    signal: never,
    ...more,
  } as const;
  const error: unknown = await sendHttp(request).then(
    () => new Error('it was expected to fail'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw error instanceof Error ? error : new Error(String(error));
}

describe('a reply', () => {
  it('is given as it is, whatever its status', async () => {
    for (const status of ['200 OK', '404 Not Found', '500 Internal Server Error']) {
      const url = await serve((socket) => socket.once('data', () => socket.end(reply('{"ü":1}', status))));
      expect(await sendHttp({ method: 'GET', url, timeoutMs: 5_000, signal: never })).toEqual({
        status: Number(status.slice(0, 3)),
        text: '{"ü":1}',
      });
    }
  });

  it('to a request with a body: JSON, with its length in bytes', async () => {
    let seen = '';
    const url = await serve((socket) =>
      socket.on('data', (chunk) => {
        seen += chunk.toString('utf8');
        if (seen.endsWith('}')) socket.end(reply('{}'));
      }),
    );
    await sendHttp({ method: 'POST', url, body: { a: 'ü' }, timeoutMs: 5_000, signal: never });
    expect(seen).toMatch(/^POST \/v1\/x\?secret=1 HTTP\/1\.1\r\n/);
    expect(seen.toLowerCase()).toContain('accept: application/json\r\n');
    expect(seen.toLowerCase()).toContain('content-type: application/json');
    expect(seen.toLowerCase()).toContain('content-length: 10');
    expect(seen.endsWith('\r\n\r\n{"a":"ü"}')).toBe(true);
  });
});

describe('an address', () => {
  it.each([
    ['https', /^\x16\x03/],
    ['http', /^POST \/v1\/x/],
  ])('%s is spoken to in its own protocol', async (protocol, first) => {
    let seen = '';
    const url = await serve((socket) =>
      socket.once('data', (chunk) => {
        seen = chunk.toString('latin1');
        socket.destroy();
      }),
    );
    const error = await failure(url.replace('http:', `${protocol}:`));
    expect(seen).toMatch(first);
    expect(error.code).toBe('flink.noReply');
  });
});

describe('unreachable: not a byte was sent', () => {
  it('a refused connection', async () => {
    const url = await serve(() => undefined);
    const server = bare.servers.pop();
    server?.close();
    if (server !== undefined) await once(server, 'close');
    const error = await failure(url);
    expect(error.code).toBe('flink.unreachable');
    expect(error.message).toMatch(/127\.0\.0\.1:\d+: connection refused/);
  });

  it('a host name that nobody knows', async () => {
    expect((await failure('http://no-such-host.invalid:8081/x')).code).toBe('flink.unreachable');
  });

  it('a request that was given up before it began', async () => {
    const url = await serve(() => undefined);
    expect((await failure(url, { signal: AbortSignal.abort() })).code).toBe('flink.unreachable');
    expect(bare.sockets).toHaveLength(0);
  });
});

describe('no reply: the request may have been delivered', () => {
  it.each([
    ['a reset before the request is read', (socket: Socket) => void setTimeout(() => socket.resetAndDestroy(), 20)],
    ['a close right after the connection', (socket: Socket) => void socket.destroy()],
    ['a reset after the request', (socket: Socket) => void socket.once('data', () => socket.resetAndDestroy())],
    ['an end without a reply', (socket: Socket) => void socket.once('data', () => socket.end())],
    ['half a header', (socket: Socket) => void socket.once('data', () => socket.end('HTTP/1.1 200 O'))],
    ['something that is no HTTP', (socket: Socket) => void socket.once('data', () => socket.end('hello\r\n\r\n'))],
    [
      'half a body and an end',
      (socket: Socket) => void socket.once('data', () => socket.end(reply('{"a":', '200 OK', 100))),
    ],
    [
      'half a body and a reset',
      (socket: Socket) =>
        void socket.once('data', () =>
          socket.write(reply('{"a":', '200 OK', 100), () => setTimeout(() => socket.resetAndDestroy(), 20)),
        ),
    ],
    [
      'chunks without an end',
      (socket: Socket) =>
        void socket.once('data', () =>
          socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n'),
        ),
    ],
  ])('%s', async (_name, behave) => {
    const url = await serve(behave);
    const error = await failure(url);
    expect(error.code).toBe('flink.noReply');
    expect(error.message).toMatch(/^No reply from Flink to POST http:\/\/127\.0\.0\.1:\d+\/v1\/x: /);
    expect(error.message).not.toContain('secret');
  });

  it('a reset at once: it may come before the connection exists for us, and then not a byte was sent', async () => {
    const url = await serve((socket) => void socket.resetAndDestroy());
    expect(['flink.noReply', 'flink.unreachable']).toContain((await failure(url)).code);
  });

  it('silence until the time-out, before and in the middle of the body', async () => {
    const silent = await serve(() => undefined);
    const stuck = await serve((socket) => void socket.once('data', () => socket.write(reply('{"a":', '200 OK', 100))));
    for (const url of [silent, stuck]) {
      const error = await failure(url, { timeoutMs: 100 });
      expect(error.code).toBe('flink.noReply');
      expect(error.message).toContain('within 100 ms');
    }
  });

  it.each([
    ['200 OK', 20, '104857600'],
    ['500 Internal Server Error', 2, '8388608'],
  ])('a reply larger than Flink ever sends, or than anybody reads of an error: %s', async (status, count, most) => {
    const piece = Buffer.alloc(8 * 1024 * 1024, 'x');
    const url = await serve(
      (socket) =>
        void socket.once('data', () => {
          socket.write(`HTTP/1.1 ${status}\r\ncontent-length: ${count * piece.length}\r\n\r\n`);
          for (let i = 0; i < count; i += 1) socket.write(piece);
        }),
    );
    const error = await failure(url, { timeoutMs: 30_000 });
    expect(error.code).toBe('flink.noReply');
    expect(error.message).toContain(`larger than ${most} bytes`);
  });
});

describe('budget exceeded: the caller gave up', () => {
  it.each([
    ['before a reply', () => undefined],
    ['in the middle of the body', (socket: Socket) => void socket.write(reply('{"a":', '200 OK', 100))],
  ])('%s', async (_name, behave) => {
    const controller = new AbortController();
    const url = await serve(
      (socket) =>
        void socket.once('data', () => {
          behave(socket);
          setTimeout(() => controller.abort(), 50);
        }),
    );
    const error = await failure(url, { signal: controller.signal });
    expect(error.code).toBe('budget.exceeded');
    expect(error.message).toMatch(/127\.0\.0\.1:\d+ did not answer within the time/);
  });

  it('counts as the caller giving up even where the time-out ends first or at once', async () => {
    const url = await serve(() => undefined);
    expect((await failure(url, { timeoutMs: 60_000, signal: AbortSignal.timeout(80) })).code).toBe('budget.exceeded');
  });

  it('before the request: nothing is sent, which proves that nothing was started', async () => {
    const seen: string[] = [];
    const answer = (socket: Socket, data: Buffer): void => {
      seen.push(data.toString().split(' ')[0]!);
      socket.end(reply('{}'));
    };
    const url = await serve((socket) => void socket.on('data', (data) => answer(socket, data)));
    expect((await failure(url, { signal: AbortSignal.abort() })).code).toBe('flink.unreachable');
    await sendHttp({ method: 'GET', url, timeoutMs: 5_000, signal: never });
    expect(seen).toEqual(['GET']);
  });
});

it('leaves nothing behind with its caller, however it ends', async () => {
  const { signal } = new AbortController();
  const url = await serve((socket) => socket.once('data', () => socket.end(reply('{}'))));
  await sendHttp({ method: 'GET', url, timeoutMs: 5_000, signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const silent = await serve(() => undefined);
  await failure(silent, { timeoutMs: 50, signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

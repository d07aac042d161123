/** What a request that failed proves, and which kept connections a request may use: decided without any connection. */
import { EventEmitter } from 'node:events';
import type http from 'node:http';
import { describe, expect, it } from 'vitest';
import { follow, type HttpRequest, keepingFor, readText, transportError } from '../../../lib/adapters/flink/http.ts';

const url = new URL('http://jm:8081/jobs?secret=1');
const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  ...{ method: 'GET', url: url.href, timeoutMs: 1_500, signal: new AbortController().signal },
  ...more,
});
const failed = (code?: string, name = 'Error'): Error =>
  Object.assign(new Error('why'), { name, ...(code && { code }) });

const WAITING = { connection: null, mayHaveLeft: false };
const CONNECTING = { connection: 'new', mayHaveLeft: false } as const;
const SENT = { connection: 'new', mayHaveLeft: true } as const;

describe('a request that failed', () => {
  it.each([
    ['ECONNREFUSED', 'connection refused'],
    ['ENOTFOUND', 'the host name is not known'],
    ['EAI_AGAIN', 'the host name could not be looked up'],
    ['ECONNRESET', 'the connection was reset'],
    ['EHOSTUNREACH', 'no route to that host'],
    ['ETIMEDOUT', 'the connection timed out'],
    ['EPROTO', 'EPROTO: why'],
    [undefined, 'Error: why'],
  ])('with %s is told in words, as out of reach or without a reply', (code, reason) => {
    const cause = failed(code);
    const early = transportError(request(), url, CONNECTING, cause);
    expect([early.code, early.cause]).toEqual(['flink.unreachable', cause]);
    expect(early.message).toBe(`Flink can't be reached at jm:8081: ${reason}.`);
    const late = transportError(request(), url, SENT, cause);
    expect([late.code, late.cause]).toEqual(['flink.noReply', cause]);
    expect(late.message).toBe(`No reply from Flink to GET http://jm:8081/jobs: ${reason}.`);
  });

  it('by the time is told with the time that it had', () => {
    const { code, message } = transportError(request(), url, SENT, failed(undefined, 'TimeoutError'));
    expect([code, message]).toEqual([
      'flink.noReply',
      'No reply from Flink to GET http://jm:8081/jobs: nothing arrived within 1500 ms.',
    ]);
  });

  it('quotes no long reason', () => {
    const cause = Object.assign(new Error('x'.repeat(5_000)), { code: 'EPROTO' });
    const { message } = transportError(request(), url, CONNECTING, cause);
    expect(message).toBe(`Flink can't be reached at jm:8081: EPROTO: ${'x'.repeat(192)}.`);
  });

  it.each([WAITING, CONNECTING, SENT])("for this machine's own want says nothing of Flink: %j", (progress) => {
    const cause = failed('EMFILE');
    for (const signal of [new AbortController().signal, AbortSignal.abort()]) {
      const error = transportError(request({ signal }), url, progress, cause);
      expect([error.code, error.cause]).toEqual(['local.exhausted', cause]);
      expect(error.message).toContain('(EMFILE)');
    }
  });

  it.each(['TimeoutError', 'AbortError'])('while it waited for a connection says nothing of Flink: %s', (name) => {
    const cause = failed(undefined, name);
    const error = transportError(request(), url, WAITING, cause);
    expect([error.code, error.cause]).toEqual(['local.exhausted', cause]);
    expect(error.message).toContain('no free connection to Flink at jm:8081: all 64 are in use. Nothing was sent.');
    expect(transportError(request(), url, CONNECTING, cause).code).toBe('flink.unreachable');
  });

  it('because its caller gave up says whether it may have arrived', () => {
    const gone = request({ signal: AbortSignal.abort() });
    const cause = failed(undefined, 'AbortError');
    const codes = [CONNECTING, SENT].map((progress) => {
      const error = transportError(gone, url, progress, cause);
      expect(error.cause).toBe(cause);
      return error.code;
    });
    expect(codes).toEqual(['flink.unreachable', 'budget.exceeded']);
  });
});

describe('the connections that a request may use', () => {
  it.each([
    [{}, { maxIdleMs: 4_000, keptWaitMs: 500 }],
    [{ timeoutMs: 60_000 }, { maxIdleMs: 4_000, keptWaitMs: 3_000 }],
    [{ method: 'PATCH' }, { maxIdleMs: 4_000, keptWaitMs: 500 }],
    [
      { method: 'POST', repeatable: true },
      { maxIdleMs: 4_000, keptWaitMs: 500 },
    ],
    [{ method: 'POST' }, { maxIdleMs: 500, keptWaitMs: Infinity }],
    [{ repeatable: false }, { maxIdleMs: 500, keptWaitMs: Infinity }],
  ] as const)('%j: %j', (more, keeping) => expect(keepingFor(request(more))).toEqual(keeping));
});

describe('how far a request got', () => {
  function begun(socket: { connecting: boolean; writable: boolean }) {
    const outgoing = Object.assign(new EventEmitter(), { destroyedWith: null as Error | null });
    const progress = { connection: null, mayHaveLeft: false } as Parameters<typeof follow>[1];
    let assigned = 0;
    const destroy = (error: Error): void => void (outgoing.destroyedWith = error);
    follow(Object.assign(outgoing, { destroy }) as unknown as http.ClientRequest, progress, () => (assigned += 1));
    expect([progress.connection, progress.mayHaveLeft, assigned]).toEqual([null, false, 0]);
    const given = Object.assign(new EventEmitter(), socket);
    outgoing.emit('socket', given);
    expect(assigned).toBe(1);
    return { outgoing, progress, given };
  }

  it('on a new connection: nothing has left before that is made', () => {
    const { progress, given, outgoing } = begun({ connecting: true, writable: true });
    expect(progress).toEqual({ connection: 'new', mayHaveLeft: false });
    given.emit('connect');
    expect(progress).toEqual({ connection: 'new', mayHaveLeft: true });
    expect(outgoing.destroyedWith).toBeNull();
  });

  it('on a kept connection: bytes may have left at once', () => {
    const { progress, outgoing } = begun({ connecting: false, writable: true });
    expect(progress).toEqual({ connection: 'kept', mayHaveLeft: true });
    expect(outgoing.destroyedWith).toBeNull();
  });

  it('on a kept connection that has been closed: nothing leaves, and the request ends', () => {
    const { progress, outgoing } = begun({ connecting: false, writable: false });
    expect(progress).toEqual({ connection: 'kept', mayHaveLeft: false });
    expect(outgoing.destroyedWith?.message).toBe('the connection was closed before it was used');
  });
});

describe('how much of a reply is read', () => {
  const MIB = 1024 * 1024;

  it.each([
    [200, 100],
    [299, 100],
    [300, 8],
    [500, 8],
  ])('with status %i: %i MiB, and not a byte more', async (statusCode, maxMiB) => {
    const receive = async (...chunks: readonly Buffer[]): Promise<[string, number]> => {
      const incoming = new EventEmitter();
      const destroy = (error: Error): void => void incoming.emit('error', error);
      const text = readText(Object.assign(incoming, { statusCode, destroy }) as unknown as http.IncomingMessage);
      for (const chunk of chunks) incoming.emit('data', chunk);
      incoming.emit('end');
      return await text.then(
        ({ length }) => ['read', length],
        (error: unknown) => [(error as Error).message, 0],
      );
    };
    const piece = Buffer.alloc(MIB);
    const pieces = Array.from({ length: maxMiB }, () => piece);
    expect(await receive(...pieces)).toEqual(['read', maxMiB * MIB]);
    expect(await receive(...pieces, Buffer.from('x'))).toEqual([`the reply is larger than ${maxMiB * MIB} bytes`, 0]);
  });
});

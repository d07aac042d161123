/** How long a request waits. The time is the test's: no test waits itself, and none measures. */
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sendHttp } from '../../../lib/adapters/flink/http.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { BareServers } from '../../fakes/bare-servers.ts';

const bare = new BareServers();

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));

afterEach(() => {
  vi.useRealTimers();
  bare.close();
});

/** Answers so many requests, and no other. */
async function answering(answers: number): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const origin = await bare.serve((socket) => {
    socket.on('data', () => {
      requests += 1;
      if (requests <= answers) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
  });
  return { url: `${origin}/jobs`, requests: () => requests };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await turn();
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** What would have happened by now has happened. */
async function turns(): Promise<void> {
  for (let i = 0; i < 50; i += 1) await turn();
}

const signal = new AbortController().signal;
const get = (url: string, timeoutMs: number): Promise<string> =>
  sendHttp({ method: 'GET', url, timeoutMs, signal }).then(
    () => 'answered',
    (error: unknown) => (error instanceof AppError ? error.message : String(error)),
  );

describe('silence', () => {
  it('on a kept connection ends after a third of the time, and a new connection has all of it', async () => {
    const { url, requests } = await answering(1);
    expect(await get(url, 1_500)).toBe('answered');
    await turns();
    let ended = false;
    const answer = get(url, 1_500).finally(() => (ended = true));
    await until(() => requests() === 2);
    await vi.advanceTimersByTimeAsync(499);
    await turns();
    expect([requests(), bare.sockets.length]).toEqual([2, 1]);
    await vi.advanceTimersByTimeAsync(1);
    await until(() => requests() === 3);
    expect(bare.sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_499);
    await turns();
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toContain('nothing arrived within 1500 ms');
    expect(requests()).toBe(3);
  });
});

describe('silence on a new connection', () => {
  it('ends when the time of the request is up, and not before', async () => {
    const { url, requests } = await answering(0);
    let ended = false;
    const answer = get(url, 1_500).finally(() => (ended = true));
    await until(() => requests() === 1);
    await vi.advanceTimersByTimeAsync(1_499);
    await turns();
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toContain('nothing arrived within 1500 ms');
    expect(bare.sockets).toHaveLength(1);
  });
});

describe('nothing is left of a request', () => {
  it.each([
    ['that was answered', 1, 'answered'],
    ['that failed', 0, 'nothing arrived'],
  ])('%s: no timer, and nothing that listens to its caller', async (_name, answers, expected) => {
    const { url, requests } = await answering(answers);
    const answer = get(url, 1_500);
    await until(() => requests() === 1);
    if (answers === 0) await vi.advanceTimersByTimeAsync(1_500);
    expect(await answer).toContain(expected);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

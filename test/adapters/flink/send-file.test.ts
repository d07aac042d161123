/** An upload leaves nothing open, however it ends, and says what it ended with. */
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { sendFile } from '../../../lib/adapters/flink/send-file.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';
import { BareServers } from '../../fakes/bare-servers.ts';

/** Streams that uploads have opened. */
const opened: Readable[] = [];
const dir = mkdtempSync(join(tmpdir(), 'dinghy-upload-'));
const path = join(dir, 'a.jar');
const SIZE = 8 * 1024 * 1024;
writeFileSync(path, Buffer.alloc(SIZE, 'x'));
const bare = new BareServers();

afterEach(() => {
  opened.splice(0);
  bare.close();
});
afterAll(() => rmSync(dir, { recursive: true }));

const serve = async (onConnection: (socket: Socket) => void): Promise<string> =>
  `${await bare.serve(onConnection)}/jars/upload`;

const readFile = (file: string): Readable => createReadStream(file);

const upload = (
  url: string,
  { signal = new AbortController().signal, openFile = readFile } = {},
): ReturnType<typeof sendFile> =>
  sendFile({ url, path, sizeBytes: SIZE, fileName: 'a.jar', signal }, (file) => {
    const stream = openFile(file);
    opened.push(stream);
    return stream;
  });

/** The file has been closed, or will be at once. */
function isClosed(): boolean {
  return opened.length === 1 && opened.every(({ destroyed }) => destroyed);
}

function failsWith(error: Error): () => Readable {
  return () => {
    const broken = new Readable({ read: () => void broken.destroy(error) });
    return broken;
  };
}

describe('the file is closed', () => {
  it('when the server refuses before it has read it', async () => {
    const refusal = 'HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}';
    const url = await serve((socket) => void socket.once('data', () => socket.pause().write(refusal)));
    expect(await upload(url)).toEqual({ status: 413, text: '{}' });
    await expect.poll(isClosed).toBe(true);
  });

  it('when the server goes away', async () => {
    const url = await serve((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    expect((await appErrorOf(upload(url))).code).toBe('flink.noReply');
    await expect.poll(isClosed).toBe(true);
  });

  it('when nobody waits any more', async () => {
    const stop = new AbortController();
    const url = await serve((socket) => void socket.once('data', () => stop.abort()));
    expect((await appErrorOf(upload(url, { signal: stop.signal }))).message).toContain('the time ran out');
    await expect.poll(isClosed).toBe(true);
  });
});

it('the connection is closed when the file can not be read to its end', async () => {
  let closed = (): void => undefined;
  const isOver = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const url = await serve((socket) => void socket.on('data', () => undefined).once('close', closed));
  const openFile = failsWith(Object.assign(new Error('read'), { code: 'EIO' }));
  const { code, message } = await appErrorOf(upload(url, { openFile }));
  expect([code, message]).toEqual([
    'flink.noReply',
    `a.jar could not be uploaded to Flink at ${new URL(url).host}: EIO.`,
  ]);
  await isOver;
});

describe('a failure is told', () => {
  it('by its words where it has no code', async () => {
    const openFile = failsWith(new Error('it is broken'));
    const error = await appErrorOf(upload(await serve(() => undefined), { openFile }));
    expect([error.code, (error.cause as Error).message]).toEqual(['flink.noReply', 'it is broken']);
    expect(error.message).toMatch(/: it is broken\.$/);
  });

  it("as this machine's own when it has run out of something", async () => {
    const openFile = failsWith(Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
    const error = await appErrorOf(upload(await serve(() => undefined), { openFile }));
    expect(error.code).toBe('local.exhausted');
    expect(error.message).toContain('(EMFILE)');
  });
});

it.each([
  ['https', /^\x16\x03/],
  ['http', /^POST \/jars\/upload/],
])('an address with %s is spoken to in its own protocol', async (protocol, first) => {
  let seen = '';
  const url = await serve((socket) =>
    socket.once('data', (chunk) => {
      seen = chunk.toString('latin1');
      socket.destroy();
    }),
  );
  await appErrorOf(upload(url.replace('http:', `${protocol}:`)));
  expect(seen).toMatch(first);
});

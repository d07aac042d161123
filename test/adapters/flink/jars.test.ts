/** The jar requests themselves, against a server that answers as told. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { jarRunner, toBody } from '../../../lib/adapters/flink/jars.ts';
import type { JarRun, LocalJar } from '../../../lib/domain/run/jar.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';

const never = new AbortController().signal;
const servers: Server[] = [];
const dir = mkdtempSync(join(tmpdir(), 'dinghy-test-'));
const CONTENT = 'PK\u0003\u0004 some bytes \r\n--boundary\r\n';

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));

interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** `wait` false: answers before it has read what it is sent. */
async function serve(status: number, text: string, wait = true): Promise<{ address: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const answer = (body: string): void => {
      asked.push({ line: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers, body });
      response.writeHead(status).end(text);
    };
    if (!wait) {
      answer('');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(Buffer.concat(chunks).toString('latin1')));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function aJar(content = CONTENT): LocalJar {
  const path = join(dir, 'a.jar');
  writeFileSync(path, content, 'latin1');
  return { sha256: 'ab'.repeat(32), name: 'a.jar', sizeBytes: content.length, path, release: () => undefined };
}

const RUN: JarRun = {
  jobId: 'f'.repeat(32),
  entryClass: 'a.B',
  args: ['--a', 'b c'],
  parallelism: 2,
  savePointPath: 's3://sp',
  allowNonRestoredState: true,
  flinkConfiguration: { 'a.b': 'c' },
};

describe('upload', () => {
  it('sends the file as the one part of a form, named by its hash, and takes the id from the path', async () => {
    const reply = '{"filename":"/tmp/flink-web-upload/1234_x.jar","status":"success"}';
    const { address, asked } = await serve(200, reply);
    expect(await jarRunner().upload(address, aJar(), never)).toBe('1234_x.jar');
    const [{ line, headers, body } = { line: '', headers: {}, body: '' }] = asked;
    expect(line).toBe('POST /jars/upload');
    expect(headers.accept).toBe('application/json');
    expect(headers['content-length']).toBe(String(body.length));
    const boundary = /^multipart\/form-data; boundary=(\w+)$/.exec(headers['content-type'] ?? '')?.[1] ?? 'none';
    const part = `Content-Disposition: form-data; name="jarfile"; filename="${'ab'.repeat(32)}_a.jar"`;
    const type = 'Content-Type: application/x-java-archive';
    expect(body).toBe(`--${boundary}\r\n${part}\r\n${type}\r\n\r\n${CONTENT}\r\n--${boundary}--\r\n`);
  });

  it('says what to do about a JobManager that takes no jars', async () => {
    const { address } = await serve(404, '{"errors":["Not found: /jars/upload"]}');
    expect(await appErrorOf(jarRunner().upload(address, aJar(), never))).toMatchObject({ code: 'cluster.invalid' });
  });

  it.each([
    [200, '{}', 'flink.protocol', 'sent a reply that is not from Flink'],
    [200, '<html>', 'flink.protocol', 'sent a reply that is not from Flink'],
    [202, '<html>', 'flink.protocol', "answered HTTP 202, which is not Flink's JobManager"],
    [500, '{"errors":["a.b.CException: disk full"]}', 'flink.failed', 'disk full'],
  ])('takes nothing else for an id: HTTP %i %s', async (status, text, code, message) => {
    const { address } = await serve(status, text);
    const error = await appErrorOf(jarRunner().upload(address, aJar(), never));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(error.message).toContain(`JobManager ${address}`);
  });

  it.each([
    ['1_a.jar', '1_a.jar'],
    ['C:\\\\tmp\\\\flink\\\\1_a.jar', '1_a.jar'],
    ['/tmp/new\\nline/1_a.jar', '1_a.jar'],
  ])('takes the id from any path: %s', async (filename, id) => {
    const { address } = await serve(200, `{"filename":"${filename}"}`);
    expect(await jarRunner().upload(address, aJar(), never)).toBe(id);
  });

  it('hears a server that refuses before it has read the file', async () => {
    const { address } = await serve(404, '{"errors":["Not found: /jars/upload"]}', false);
    const error = await appErrorOf(jarRunner().upload(address, aJar('x'.repeat(20_000_000)), never));
    expect(['cluster.invalid', 'flink.noReply']).toContain(error.code);
  });

  it('says that a file which has gone could not be uploaded', async () => {
    const { address } = await serve(200, '');
    const error = await appErrorOf(jarRunner().upload(address, { ...aJar(), path: join(dir, 'gone') }, never));
    expect(error).toMatchObject({ code: 'flink.noReply' });
    expect(error.message).toMatch(/could not be uploaded .*ENOENT/);
  });

  it('ends when nobody waits any more', async () => {
    const server = createServer(() => undefined);
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stop = new AbortController();
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const uploading = appErrorOf(jarRunner().upload(address, aJar(), stop.signal));
    stop.abort();
    expect((await uploading).message).toMatch(/the time ran out/);
  });
});

describe('find', () => {
  it('knows a jar by the name it was uploaded under', async () => {
    const files = [
      { id: '1_other.jar', name: 'other.jar' },
      { id: `2_${'ab'.repeat(32)}_a.jar`, name: `${'ab'.repeat(32)}_a.jar` },
    ];
    const { address } = await serve(200, JSON.stringify({ address: 'x', files }));
    expect(await jarRunner().find(address, 'ab'.repeat(32), never)).toBe(`2_${'ab'.repeat(32)}_a.jar`);
    expect(await jarRunner().find(address, 'cd'.repeat(32), never)).toBeNull();
  });

  it('says what to do about a JobManager that takes no jars', async () => {
    const { address } = await serve(404, '{"errors":["Not found: /jars"]}');
    const error = await appErrorOf(jarRunner().find(address, 'ab', never));
    expect(error).toMatchObject({ code: 'cluster.invalid' });
    expect(error.message).toMatch(/web\.submit\.enable.*flink-runtime-web/);
  });
});

describe('run', () => {
  it('sends everything by value, and the id in the path', async () => {
    const { address, asked } = await serve(200, `{"jobid":"${RUN.jobId}"}`);
    await jarRunner().run(address, '1_a b.jar', RUN, never);
    expect(asked[0]?.line).toBe('POST /jars/1_a%20b.jar/run');
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      jobId: RUN.jobId,
      entryClass: 'a.B',
      programArgsList: ['--a', 'b c'],
      parallelism: 2,
      savepointPath: 's3://sp',
      allowNonRestoredState: true,
      flinkConfiguration: { 'a.b': 'c' },
    });
  });

  it('leaves out what is to be taken from the options', () => {
    const bare = { ...RUN, entryClass: null, args: [], parallelism: null, savePointPath: null };
    expect(toBody({ ...bare, allowNonRestoredState: false })).toEqual({
      jobId: RUN.jobId,
      programArgsList: [],
      flinkConfiguration: { 'a.b': 'c' },
    });
  });

  it('concludes nothing from the answer of a proxy, or from another job', async () => {
    const proxy = await serve(502, '<html>');
    expect(await appErrorOf(jarRunner().run(proxy.address, 'x', RUN, never))).toMatchObject({ code: 'flink.protocol' });
    const other = await serve(200, `{"jobid":"${'0'.repeat(32)}"}`);
    expect(await appErrorOf(jarRunner().run(other.address, 'x', RUN, never))).toMatchObject({ code: 'flink.failed' });
  });
});

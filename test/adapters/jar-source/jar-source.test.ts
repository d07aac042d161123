/** Jars from web servers, buckets and files: what is read, what is refused, and that nothing is read twice. */
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { jarSource } from '../../../lib/adapters/jar-source/jar-source.ts';
import { signedGet } from '../../../lib/adapters/jar-source/open-s3.ts';
import type { JarSource } from '../../../lib/domain/ports.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';

const never = new AbortController().signal;
const servers: Server[] = [];
const dir = mkdtempSync(join(tmpdir(), 'dinghy-test-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(answer: Answer): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(
      `${request.url ?? ''} ${request.headers['if-none-match'] ?? request.headers['if-modified-since'] ?? '-'}`,
    );
    answer(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** The smallest thing that passes for a jar: it begins and ends as a zip file does. */
const jarOf = (content: string): Buffer => Buffer.from(`PK\x03\x04${content}PK\x05\x06${'\0'.repeat(18)}`, 'latin1');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const JAR = jarOf('first');

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };

interface Given {
  readonly allowFiles?: boolean;
  readonly endpoint?: string;
  readonly maxJarBytes?: number;
  readonly maxKeptBytes?: number;
}

function source({ allowFiles = true, endpoint, maxJarBytes = 1_000, maxKeptBytes = 2_000 }: Given = {}): JarSource {
  const s3 = {
    credentials: () => Promise.resolve(CREDENTIALS),
    region: () => Promise.resolve('eu-west-1'),
    endpoint,
  };
  return jarSource({ s3, http: { namedHosts: ['127.0.0.1'] }, allowFiles, maxJarBytes, maxKeptBytes });
}

describe('a jar on a web server', () => {
  it('is brought to the disk, with its hash and its name', async () => {
    const { url } = await serve((_, response) => response.end(JAR));
    const jar = await source().read(`${url}/jobs/my%20job-1.2.jar?version=3`, never);
    expect(jar).toMatchObject({ sha256: sha256(JAR), sizeBytes: JAR.length, name: 'my_job-1.2.jar' });
    expect(readFileSync(jar.path)).toEqual(JAR);
  });

  it.each([
    ['ETag', { etag: '"v1"' }, '"v1"'],
    ['Last-Modified', { 'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 'Wed, 21 Oct 2015 07:28:00 GMT'],
  ])('is not read again while its %s stays', async (_what, headers, condition) => {
    const { url, asked } = await serve((request, response) => {
      const conditional = request.headers['if-none-match'] ?? request.headers['if-modified-since'];
      if (conditional === undefined) response.writeHead(200, headers).end(JAR);
      else response.writeHead(304).end();
    });
    const jars = source();
    const first = await jars.read(`${url}/a.jar`, never);
    first.release();
    expect(await jars.read(`${url}/a.jar`, never)).toMatchObject({ sha256: first.sha256, path: first.path });
    expect(asked).toEqual(['/a.jar -', `/a.jar ${condition}`]);
  });

  it('is read anew when it has changed, and the copy in use stays', async () => {
    const contents = [JAR, jarOf('second')];
    const { url } = await serve((_, response) =>
      response.writeHead(200, { etag: `"${contents.length}"` }).end(contents.shift()),
    );
    const jars = source();
    const first = await jars.read(`${url}/a.jar`, never);
    const second = await jars.read(`${url}/a.jar`, never);
    expect(second.sha256).not.toBe(first.sha256);
    expect(readFileSync(first.path)).toEqual(JAR);
  });

  it('is read once after the other for callers that come at once', async () => {
    const { url, asked } = await serve((request, response) => {
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end(JAR);
    });
    const jars = source();
    const all = await Promise.all([1, 2, 3].map(() => jars.read(`${url}/a.jar`, never)));
    expect(new Set(all.map(({ path }) => path)).size).toBe(1);
    expect(asked).toEqual(['/a.jar -', '/a.jar "1"', '/a.jar "1"']);
  });

  it('is found behind redirects, but not without end, nor away from https', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/start') response.writeHead(302, { location: 'next' }).end();
      else if (request.url === '/next') response.writeHead(307, { location: `${url}/a.jar` }).end();
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (request.url === '/away') response.writeHead(301, { location: 'ftp://elsewhere/a.jar' }).end();
      else response.end(JAR);
    });
    expect((await source().read(`${url}/start`, never)).sha256).toBe(sha256(JAR));
    expect((await appErrorOf(source().read(`${url}/loop`, never))).message).toMatch(/redirected more than 5 times/);
    expect((await appErrorOf(source().read(`${url}/away`, never))).message).toMatch(/redirected to ftp:\/\/elsewhere/);
  });

  it('is asked for with the name and password of its URL, which no message shows', async () => {
    const { url } = await serve((request, response) => {
      const good = request.headers.authorization === `Basic ${Buffer.from('me:geheim').toString('base64')}`;
      if (request.url === '/a.jar' && good) response.end(JAR);
      else response.writeHead(good ? 404 : 401).end();
    });
    const base = url.replace('http://', 'http://me:geheim@');
    expect((await source().read(`${base}/a.jar`, never)).sizeBytes).toBe(JAR.length);
    const { message } = await appErrorOf(source().read(`${base}/b.jar?X-Amz-Signature=geheim`, never));
    const shown = url.replace('http://', 'http://******@');
    expect(message).toBe(`The jar ${shown}/b.jar?****** does not exist. Check its URL.`);
    expect((await appErrorOf(source().read(`${url}/a.jar`, never))).message).toMatch(/may not be read \(HTTP 401\)/);
  });

  it.each(['100%', '%zz', 'a%4', '%E4%B8', '%C3%A4'])('is asked for with the password %s', async (password) => {
    let sent = '';
    const { url } = await serve((request, response) => {
      sent = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString('utf8');
      response.end(JAR);
    });
    await source().read(`${url.replace('http://', `http://me:${password}@`)}/a.jar`, never);
    expect(sent).toBe(`me:${password === '%C3%A4' ? 'ä' : password}`);
  });

  it.each([
    [404, 'jar.invalid', /does not exist/],
    [403, 'jar.invalid', /denies access/],
    [500, 'jar.unavailable', /answered HTTP 500/],
    [206, 'jar.unavailable', /answered HTTP 206/],
  ])('HTTP %i', async (status, code, text) => {
    const { url } = await serve((_, response) => response.writeHead(status).end());
    const error = await appErrorOf(source().read(`${url}/a.jar`, never));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(text);
  });

  it.each([
    ['empty', Buffer.from('')],
    ['a web page', Buffer.from('<html>log in</html>')],
  ])('that is %s is no jar', async (_what, bytes) => {
    const { url } = await serve((_, response) => response.end(bytes));
    const error = await appErrorOf(source().read(`${url}/a.jar`, never));
    expect(error).toMatchObject({ code: 'jar.invalid' });
    expect(error.message).toMatch(/is not a jar: it does not begin like a zip file/);
  });

  it('that breaks off is no jar, or not there', async () => {
    const half = await serve((_, response) => response.end(JAR.subarray(0, 8)));
    expect((await appErrorOf(source().read(`${half.url}/a.jar`, never))).message).toMatch(
      /is not a jar: it is incomplete/,
    );
    const dropped = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '900' });
      response.write(JAR);
      setTimeout(() => response.destroy(), 20);
    });
    expect(await appErrorOf(source().read(`${dropped.url}/a.jar`, never))).toMatchObject({ code: 'jar.unavailable' });
  });

  it('that is too large is refused, announced or not', async () => {
    const announced = await serve((_, response) => response.writeHead(200, { 'content-length': '1001' }).end());
    const text = /is larger than .* MB, the limit for a jar/;
    expect((await appErrorOf(source().read(`${announced.url}/a.jar`, never))).message).toMatch(text);
    const silent = await serve((_, response) => {
      for (let n = 0; n < 100; n++) response.write(Buffer.alloc(100));
      response.end();
    });
    expect((await appErrorOf(source().read(`${silent.url}/a.jar`, never))).message).toMatch(text);
  });

  it('is given up when the time is over, and another one is read then', async () => {
    let slow = true;
    const { url } = await serve((_, response) => (slow ? response.write(JAR.subarray(0, 4)) : response.end(JAR)));
    const stop = new AbortController();
    const jars = source();
    const reading = appErrorOf(jars.read(`${url}/a.jar`, stop.signal));
    const next = jars.read(`${url}/b.jar`, never);
    setTimeout(() => {
      slow = false;
      stop.abort();
    }, 50);
    expect((await reading).message).toMatch(/could not be read: the time ran out/);
    expect((await next).sizeBytes).toBe(JAR.length);
  });

  it('that nobody answers for is unavailable', async () => {
    const error = await appErrorOf(source().read('http://127.0.0.1:9/a.jar', never));
    expect(error).toMatchObject({
      code: 'jar.unavailable',
      message: 'The jar http://127.0.0.1:9/a.jar could not be read: ECONNREFUSED.',
    });
  });
});

describe('the disk', () => {
  it('keeps jars that nobody uses only as far as there is room, and never removes one in use', async () => {
    const { url } = await serve((request, response) => response.end(jarOf((request.url ?? '').repeat(40))));
    const jars = source({ maxJarBytes: 200, maxKeptBytes: 400 });
    const paths: string[] = [];
    const held = await jars.read(`${url}/a`, never);
    for (const name of ['b', 'c', 'd', 'e']) {
      const jar = await jars.read(`${url}/${name}`, never);
      paths.push(jar.path);
      jar.release();
      jar.release();
    }
    expect(existsSync(held.path)).toBe(true);
    expect(paths.map((path) => existsSync(path))).toEqual([false, false, true, true]);
    held.release();
    expect(existsSync(held.path)).toBe(true);
  });
});

describe('a jar in a file', () => {
  const path = join(dir, 'a job.jar');
  const uri = pathToFileURL(path).href;

  it('is read where the deployment allows it, and anew when it has changed', async () => {
    const jars = source();
    writeFileSync(path, JAR);
    expect(await jars.read(uri, never)).toMatchObject({ sha256: sha256(JAR), name: 'a_job.jar' });
    writeFileSync(path, jarOf('a longer second one'));
    expect((await jars.read(uri, never)).sha256).toBe(sha256(jarOf('a longer second one')));
  });

  it('is refused elsewhere', async () => {
    writeFileSync(path, JAR);
    const error = await appErrorOf(source({ allowFiles: false }).read(uri, never));
    expect(error).toMatchObject({ code: 'jar.invalid' });
    expect(error.message).toMatch(/this deployment reads no files.*s3:\/\/bucket\/key/);
  });

  it.each([pathToFileURL(join(dir, 'gone.jar')).href, pathToFileURL(dir).href, 'file://host/a.jar'])(
    '%s',
    async (gone) => {
      expect((await appErrorOf(source().read(gone, never))).message).toMatch(
        /does not exist|does not name a file on this machine/,
      );
    },
  );
});

interface Signing {
  readonly path: string;
  readonly region: string;
  readonly secret: string;
  readonly at: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Signature version 4 of a GET without a body, by the book. */
function signatureOf({ path, region, secret, at, headers }: Signing): string {
  const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const empty = sha256(Buffer.from(''));
  const all = Object.entries({ ...headers, 'x-amz-content-sha256': empty, 'x-amz-date': at }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const lines = all.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = ['GET', path, '', lines, all.map(([name]) => name).join(';'), empty].join('\n');
  const day = at.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', at, scope, sha256(Buffer.from(canonical))].join('\n');
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${secret}`, day), region));
  return hmac(key, toSign).toString('hex');
}

describe('a jar in S3', () => {
  it('is asked for with a signature as S3 makes it itself', async () => {
    const credentials = {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    };
    const at = '20130524T000000Z';
    const request = { path: '/test.txt', region: 'us-east-1', secret: credentials.secretAccessKey, at };
    // "Example: GET Object" of S3's documentation of signing: it proves the signature made here.
    const example = { host: 'examplebucket.s3.amazonaws.com', range: 'bytes=0-9' };
    const expected = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
    expect(signatureOf({ ...request, headers: example })).toBe(expected);

    const access = { credentials: () => Promise.resolve(credentials), region: () => Promise.resolve('us-east-1') };
    const uri = new URL('s3://examplebucket/test.txt');
    const time = new Date('2013-05-24T00:00:00Z');
    const { headers } = await signedGet(access, uri, { region: 'us-east-1', headers: { range: 'bytes=0-9' } }, time);
    const own = { host: 'examplebucket.s3.us-east-1.amazonaws.com', range: 'bytes=0-9' };
    expect(headers['authorization']).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
        'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ' +
        `Signature=${signatureOf({ ...request, headers: own })}`,
    );
  });

  it.each([
    ['s3://jars/a.jar', 'eu-west-1', 'https://jars.s3.eu-west-1.amazonaws.com/a.jar'],
    ['s3://my.jars/deep/a.jar', 'us-east-1', 'https://s3.us-east-1.amazonaws.com/my.jars/deep/a.jar'],
    ['s3://jars/a b(1)+ü.jar', 'eu-west-1', 'https://jars.s3.eu-west-1.amazonaws.com/a%20b%281%29%2B%C3%BC.jar'],
    ['s3://jars/a.jar', 'cn-north-1', 'https://jars.s3.cn-north-1.amazonaws.com.cn/a.jar'],
  ])('%s in %s', async (uri, region, url) => {
    const access = { credentials: () => Promise.resolve(CREDENTIALS), region: () => Promise.resolve(region) };
    const signed = await signedGet(access, new URL(uri), { region, headers: {} }, new Date());
    expect(signed.url.href).toBe(url);
    expect(signed.headers['x-amz-security-token']).toBe('session');
  });

  it('is read, and then only asked for changes; the bucket may be elsewhere', async () => {
    const regions: string[] = [];
    const { url, asked } = await serve((request, response) => {
      const region =
        /\/s3\/aws4_request/.exec(request.headers.authorization ?? '') && request.headers.authorization?.split('/')[2];
      regions.push(region ?? 'unsigned');
      if (region !== 'us-west-2') response.writeHead(301, { 'x-amz-bucket-region': 'us-west-2' }).end();
      else if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end(JAR);
    });
    const jars = source({ endpoint: url });
    expect((await jars.read('s3://jars/deep/a.jar', never)).sha256).toBe(sha256(JAR));
    await jars.read('s3://jars/deep/a.jar', never);
    expect(regions).toEqual(['eu-west-1', 'us-west-2', 'us-west-2']);
    expect(asked.at(-1)).toBe('/jars/deep/a.jar "1"');
  });

  it.each([
    [403, /does not exist, or the functions may not read it\. .*jarObjects/],
    [404, /does not exist/],
  ])('HTTP %i', async (status, text) => {
    const { url } = await serve((_, response) => response.writeHead(status).end());
    const error = await appErrorOf(source({ endpoint: url }).read('s3://jars/a.jar', never));
    expect(error).toMatchObject({ code: 'jar.invalid' });
    expect(error.message).toMatch(text);
  });
});

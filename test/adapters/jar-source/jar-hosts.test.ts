/** From which servers jars are read: by https and from public addresses, unless the deployment names the host. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HttpRules, lookupFor } from '../../../lib/adapters/jar-source/http-rules.ts';
import { reachOf } from '../../../lib/adapters/jar-source/inner-addresses.ts';
import { jarSource } from '../../../lib/adapters/jar-source/jar-source.ts';
import type { AppError } from '../../../lib/domain/errors.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';

const never = new AbortController().signal;
const JAR = Buffer.from(`PK\x03\x04PK\x05\x06${'\0'.repeat(18)}`, 'latin1');

/** Where a name leads to: the next of its addresses with each look, as a name that is rebound does. */
type Names = Readonly<Record<string, readonly string[]>>;

function lookupIn(names: Names): NonNullable<HttpRules['lookup']> {
  const left = new Map(Object.entries(names).map(([name, found]) => [name, [...found]]));
  const look = (name: string, _options: object, done: (error: Error | null, found: object[]) => void): void => {
    const addresses = left.get(name);
    const next = addresses !== undefined && addresses.length > 1 ? addresses.shift() : addresses?.[0];
    const found = next?.split(' ').map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (found === undefined) done(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), []);
    else done(null, found);
  };
  return look as never;
}

const s3 = { credentials: () => Promise.reject(new Error('none')), region: () => Promise.resolve('us-east-1') };
const source = (http: HttpRules) => jarSource({ s3, http, allowFiles: false, maxJarBytes: 1_000, maxKeptBytes: 2_000 });
const refusal = (uri: string, http: HttpRules = { namedHosts: [] }): Promise<AppError> =>
  appErrorOf(source(http).read(uri, never));

let port = 0;
let asked = 0;
let location: string | null = null;
const server = createServer((_request, response) => {
  asked += 1;
  if (location === null) response.end(JAR);
  else response.writeHead(302, { location }).end();
});
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  asked = 0;
  location = null;
});
afterAll(() => server.close());

const INNER = [
  ...['127.0.0.1', '127.8.9.1', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '0.0.0.0'],
  ...['100.127.255.255', '192.0.2.1', '198.18.0.1', '203.0.113.9', '224.0.0.1', '255.255.255.255', '::1', '::'],
  ...['fc00::1', 'fd12:3456::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::FFFF:10.0.0.1', '2001:db8::1'],
  ...[
    '2002:7f00:1::',
    '2001:0:1::',
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    'fec0::1',
  ],
];
const METADATA = [
  ...['169.254.169.254', '169.254.0.1', '169.254.170.2', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', '168.63.129.16'],
  ...['fd20:ce::254', 'fd00:c1::a9fe:a9fe', 'fd00:42::42', '::169.254.169.254', '::ffff:0:169.254.169.254'],
  ...['64:ff9b:1::a9fe:a9fe', '64:ff9b:1:2:3:4:169.254.169.254', '2002:a9fe:a9fe::1', '2002:6464:64c8::'],
  ...['100.100.100.200', '192.0.0.192', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe'],
];
const PUBLIC = [
  ...['93.184.216.34', '8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '192.167.1.1'],
  ...['11.0.0.1', '126.255.255.255', '128.0.0.1', '169.253.1.1', '223.255.255.255', '2606:2800:220:1::1', '2a00::1'],
  ...['::ffff:8.8.8.8', '64:ff9b::808:808', '2003::1'],
];

describe('an address', () => {
  it.each(INNER)('%s is inner', (address) => expect(reachOf(address)).toBe('inner'));
  it.each(METADATA)('%s is that of metadata', (address) => expect(reachOf(address)).toBe('metadata'));
  it.each(PUBLIC)('%s is public', (address) => expect(reachOf(address)).toBe('public'));
});

describe('a jar by http', () => {
  it('is refused with what to do, and nobody is asked', async () => {
    const { code, message } = await refusal(`http://127.0.0.1:${port}/a.jar`);
    expect(code).toBe('jar.invalid');
    expect(message).toMatch(
      /^The jar http:\/\/127.* is refused: http is not secure.*JAR_HOSTS.*Use an https:\/\/ or s3:\/\/ URL/,
    );
    expect(asked).toBe(0);
  });

  it.each([
    ['the host', (at: number) => ['127.0.0.1', `other:${at}`]],
    ['the host with its port', (at: number) => [`127.0.0.1:${at}`]],
  ])('is read when the deployment names %s', async (_what, hosts) => {
    const jar = await source({ namedHosts: hosts(port) }).read(`http://127.0.0.1:${port}/a.jar`, never);
    expect(jar.sizeBytes).toBe(JAR.length);
  });

  it.each([['127.0.0.1:1'], ['127.0.0'], ['127.0.0.11'], ['example.com'], [''], ['*']])(
    'is refused when it names %j',
    async (host) => {
      expect((await refusal(`http://127.0.0.1:${port}/a.jar`, { namedHosts: [host] })).code).toBe('jar.invalid');
      expect(asked).toBe(0);
    },
  );

  it('the default port is a port too', async () => {
    const names = lookupIn({ 'jars.test': ['127.0.0.1'] });
    const { code } = await refusal('http://jars.test/a.jar', { namedHosts: ['jars.test:80'], lookup: names });
    expect(code).toBe('jar.unavailable');
    expect((await refusal('http://jars.test/a.jar', { namedHosts: ['jars.test:443'], lookup: names })).code).toBe(
      'jar.invalid',
    );
  });
});

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);
const SPELLINGS = [
  ...['2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '127.1', '127.0.1', '127.0.0.1.', '0', '0x0', '[::]'],
  ...[
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '１２７.0.0.1',
    '127。0。0。1',
    '[::ffff:127.0.0.1]',
  ],
];

describe('a jar at an address that is not public', () => {
  it.each([...INNER, ...METADATA.filter((it) => !it.includes('%'))].map(bracketed).concat(SPELLINGS))(
    'https://%s is refused',
    async (host) => {
      const { code, message } = await refusal(`https://${host}/a.jar`);
      expect(code).toBe('jar.invalid');
      expect(message).toMatch(/has no public address.*JAR_HOSTS/);
    },
  );

  it.each([...INNER, ...METADATA])('a name that leads to %s is refused', async (address) => {
    const lookup = lookupIn({ 'evil.test': [address] });
    const { code, message } = await refusal('https://evil.test/a.jar', { namedHosts: [], lookup });
    expect(code).toBe('jar.invalid');
    expect(message).toMatch(/has no public address/);
    // It would tell who asks what stands behind a name of this network.
    expect(message).not.toContain(address);
  });

  it.each(['localhost', 'LOCALHOST'])('%s is refused, as the system looks it up', async (host) => {
    expect((await refusal(`https://${host}:${port}/a.jar`)).code).toBe('jar.invalid');
    expect(asked).toBe(0);
  });

  it('a name is judged by where this very connection leads', async () => {
    const lookup = lookupIn({ 'rebound.test': ['93.184.216.34', '127.0.0.1'] });
    const url = new URL('https://rebound.test/a.jar');
    const found = (): Promise<unknown> =>
      new Promise((resolve) => {
        lookupFor(url, url, { namedHosts: [], lookup })('rebound.test', { all: true }, (error, to) =>
          resolve(error ?? to),
        );
      });
    expect(await found()).toEqual([{ address: '93.184.216.34', family: 4 }]);
    expect(await found()).toMatchObject({ code: 'jar.invalid' });
  });

  it('of several addresses only the public ones are asked', async () => {
    const lookup = lookupIn({ 'mixed.test': ['10.0.0.1 2a00::1 8.8.8.8 ::1'] });
    const url = new URL('https://mixed.test/a.jar');
    const found = (all: boolean): Promise<unknown> =>
      new Promise((resolve) => {
        lookupFor(url, url, { namedHosts: [], lookup })('mixed.test', { all }, (_error, to) => resolve(to));
      });
    expect(await found(true)).toEqual([
      { address: '2a00::1', family: 6 },
      { address: '8.8.8.8', family: 4 },
    ]);
    expect(await found(false)).toBe('2a00::1');
  });

  it('is read from a named host, but metadata is not, whoever is named', async () => {
    const lookup = lookupIn({ 'jars.test': ['127.0.0.1'], 'meta.test': ['169.254.169.254'] });
    const namedHosts = ['jars.test', 'meta.test', '169.254.169.254'];
    expect((await source({ namedHosts, lookup }).read(`http://jars.test:${port}/a.jar`, never)).sizeBytes).toBe(
      JAR.length,
    );
    expect((await refusal('http://meta.test/a.jar', { namedHosts, lookup })).code).toBe('jar.invalid');
    expect((await refusal('http://169.254.169.254/latest', { namedHosts, lookup })).code).toBe('jar.invalid');
  });

  it('a name that nobody knows is another matter', async () => {
    expect((await refusal('https://nowhere.test/a.jar', { namedHosts: [], lookup: lookupIn({}) })).message).toMatch(
      /could not be read: ENOTFOUND/,
    );
  });
});

describe('a redirect', () => {
  const lookup = lookupIn({ 'evil.test': ['10.0.0.1'], 'meta.test': ['169.254.169.254'] });
  const rules = (): HttpRules => ({ namedHosts: [`127.0.0.1:${port}`], lookup });

  it.each([
    'http://127.0.0.2/a.jar',
    'https://127.0.0.2/a.jar',
    'https://[::1]/a.jar',
    'https://2130706434/a.jar',
    'https://evil.test/a.jar',
    'http://evil.test/a.jar',
    'http://8.8.8.8/a.jar',
    '//meta.test/latest/meta-data/',
    'http://169.254.169.254/latest/meta-data/',
    'file:///etc/passwd',
    's3://bucket/a.jar',
    'gopher://127.0.0.1/',
    'http://127.0.0.1:1/a.jar',
  ])('to %s is not followed', async (to) => {
    location = to;
    expect((await refusal(`http://127.0.0.1:${port}/a.jar`, rules())).code).toBe('jar.invalid');
    expect(asked).toBe(1);
  });
});

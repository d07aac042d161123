/** Addresses lose their credentials wherever they are shown, however badly they are written. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownAddress } from '../../../lib/domain/secrets/shown-address.ts';

describe('an address as it is shown', () => {
  it.each([
    ['https://gw:8083', 'https://gw:8083'],
    ['https://gw/base/path', 'https://gw/base/path'],
    ['jm:8081', 'jm:8081'],
    ['a:1,b:2', 'a:1,b:2'],
    ['[::1]:8081', '[::1]:8081'],
    ['', ''],
    ['file:///jars/job.jar', 'file:///jars/job.jar'],
    ['https://me:hush@gw:8083', 'https://******@gw:8083'],
    ['https://hush@gw:8083', 'https://******@gw:8083'],
    ['HTTPS://me:hush@gw:8083/x', 'HTTPS://******@gw:8083/x'],
    ['me:hush@gw:8083', '******@gw:8083'],
    ['a:1,me:hush@b:2', '******@b:2'],
    ['a:1,https://me:hu,sh@b:2', '******@b:2'],
    ['https://me:hu@sh@gw', 'https://******@gw'],
    ['https://me:hu/sh@gw', 'https://******@gw'],
    ['https://me:2024#hush@gw', 'https://******@gw'],
    ['https://me:2024?hush@gw', 'https://******@gw'],
    ['https://me:hu sh@gw', 'https://******@gw'],
    ['https://me:hu\nsh@gw', 'https://******@gw'],
    ['https://gw?token=hush', 'https://gw?******'],
    ['https://gw/a.jar?X-Amz-Signature=hush&x=1', 'https://gw/a.jar?******'],
    ['https://gw;p=hush', 'https://gw;******'],
    ['https://gw/a.jar;jsessionid=hush?x=1', 'https://gw/a.jar;******'],
    ['jm:8081;password=hush', 'jm:8081;******'],
    ['nats://hush@gw:4222', 'nats://******@gw:4222'],
    ['redis://:hush@gw', 'redis://******@gw'],
    ['https://gw/a.jar#hush', 'https://gw/a.jar#******'],
    ['https://me:hush@gw/a.jar?token=hush', 'https://******@gw/a.jar?******'],
    ['https://me:hush@[::1]:8083/{clusterId}', 'https://******@[::1]:8083/{clusterId}'],
    ['s3://key:hush@bucket/a.jar', 's3://******@bucket/a.jar'],
    ['//me:hush@gw', '******@gw'],
    ['https://gw/token=hush/a.jar', 'https://gw/token=******/a.jar'],
    ['https://gw/&access_token=hush', 'https://gw/&access_token=******'],
    ['https://gw/a.jar%3Ftoken=hush', 'https://gw/a.jar%3F******'],
    ['https://gw/a.jar%3bp=hush', 'https://gw/a.jar%3b******'],
    ['https://gw/token=hush=hu%0Ash/a.jar', 'https://gw/token=******/a.jar'],
    ['https://gw/token=hu\nsh', 'https://gw/token=******'],
    ['https://gw/tokens/password', 'https://gw/tokens/password'],
    ['https://gw/a.jar?hu\nsh', 'https://gw/a.jar?******'],
    ['https://@gw', 'https://******@gw'],
    ['s3://bucket/dt=2026-01-31/savepoint-1', 's3://bucket/dt=2026-01-31/savepoint-1'],
  ])('%s is %s', (address, shown) => expect(shownAddress(address)).toBe(shown));

  it('law: nothing of the credentials is shown, and a host without any stays as it is', () => {
    const hush = fc.stringMatching(/^[a-z0-9!#$%&/:=?@+,;~ -]{1,40}$/).map((text) => `Q${text}Z`);
    const scheme = fc.constantFrom('', 'http://', 'https://', 's3://', 'ftp://');
    const host = fc.constantFrom('gw', 'gw.example.com:8083', '[::1]:8083', '10.0.0.1');
    const path = fc.constantFrom('', '/', '/base', '/a/job.jar');
    fc.assert(
      fc.property(scheme, hush, host, path, (start, secret, at, rest) => {
        expect(shownAddress(`${start}${secret}@${at}${rest}`)).toBe(`${start}******@${at}${rest}`);
        expect(shownAddress(`${start}me:${secret}@${at}${rest}`)).toBe(`${start}******@${at}${rest}`);
        const asked = `${start}${at}${rest}?token=${encodeURIComponent(secret)}`;
        expect(shownAddress(asked)).toBe(`${start}${at}${rest}?******`);
        const listed = `${start}${at}${rest};p=${encodeURIComponent(secret)}`;
        expect(shownAddress(listed)).toBe(`${start}${at}${rest};******`);
        expect(shownAddress(`${start}${at}${rest}`)).toBe(`${start}${at}${rest}`);
      }),
    );
  });
});

/** Names under which addresses go in this code. */
const ADDRESS =
  /(?:^|\.)(?:\w*(?:[uU]rl|URL|[uU]ri|URI|[hH]osts|[aA]ddress|[eE]ndpoint|jobManager|pattern)|href)(?: \?\? '')?$/;

/** What is no message: requests, keys, and addresses that the local stack has made itself. */
const NO_MESSAGES: ReadonlySet<string> = new Set([
  ...['lib/usecases/reconcile/guarded-flink.ts: hosts', 'lib/usecases/reconcile/guarded-flink.ts: url'],
  'lib/domain/run/execution-config.ts: address',
  // Of a parameter's value.
  ...[
    'lib/domain/definition/parameter-pattern.ts: pattern',
    'lib/domain/variables/parameters.ts: pattern',
    'cli/explain.ts: pattern',
  ],
  'lib/adapters/flink/address.ts: address',
  'lib/adapters/flink/sql-gateway.ts: url',
  'lib/adapters/jar-source/inner-addresses.ts: address',
  'lib/adapters/dynamo/job-keys.ts: hosts',
  'local/api.ts: url',
  ...['local/flink.ts: restUrl', 'local/flink.ts: gatewayUrl', 'local/stack.ts: restUrl', 'local/stack.ts: gatewayUrl'],
  ...['local/welcome.ts: apiUrl', 'cli/api/api.ts: apiUrl', 'local/build-example-job.ts: pathToFileURL(jarFile).href'],
]);

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('every text that names an address', () => {
  it('takes it from shownAddress', () => {
    const bare = ['lib', 'cli', 'local'].flatMap(sources).flatMap((file) => {
      const placed = [...readFileSync(file, 'utf8').matchAll(/\$\{([^{}`]+)\}/g)].map(([, code = '']) => code.trim());
      return placed.filter((code) => ADDRESS.test(code)).map((code) => `${file}: ${code}`);
    });
    expect(bare.filter((place) => !NO_MESSAGES.has(place))).toEqual([]);
    // Each exception is still needed.
    expect([...NO_MESSAGES].filter((place) => !bare.includes(place))).toEqual([]);
  });

  it('fields of log lines too', () => {
    const bare = /\blog\.(?:info|warn|error)\([^;]*?[{,]\s*(?:hosts|address|url|gatewayUrl|jobManager|uri)\s*[,}]/;
    const found = ['lib', 'cli', 'local'].flatMap(sources).filter((file) => bare.test(readFileSync(file, 'utf8')));
    expect(found).toEqual([]);
  });
});

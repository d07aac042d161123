import { once } from 'node:events';
import { existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findStack, stackFileIn } from '../../cli/running-stack.ts';
import { startFlink } from '../../local/flink.ts';
import { descendants, running, type StackProcess, startStack, survivors, until } from './stack-process.ts';

const START_MS = 120_000;
const JVMS = 3;

let stack: StackProcess | undefined;
const start = async (args: string[] = [], env?: NodeJS.ProcessEnv): Promise<StackProcess> => {
  stack = await startStack(args, env && { env });
  return stack;
};
afterEach(async () => {
  stack?.child.kill('SIGKILL');
  await stack?.ended;
});

/** A PATH with nothing on it but what starting a process takes. */
function pathWithout(...missing: string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-path-'));
  for (const name of ['sh', 'node', 'java', 'mvn'].filter((it) => !missing.includes(it))) {
    const found = (process.env['PATH'] ?? '').split(':').map((part) => join(part, name));
    const file = found.find((it) => existsSync(it));
    if (file !== undefined) symlinkSync(file, join(dir, name));
  }
  return dir;
}

/** Waits until Flink's processes are there, each beside its guard: that is half-way through a start. */
async function halfWay({ child, dataDir, output }: StackProcess): Promise<number[]> {
  await until(() => running(`-Djava.io.tmpdir=${dataDir}`).length >= 2 * JVMS, START_MS);
  expect(output()).not.toContain('ready');
  return descendants(child.pid ?? 0);
}

describe('npm start says in one line what is wrong, exits 1 and leaves nothing', () => {
  it('an unknown option', async () => {
    const { ended, output } = await start(['--flnk']);
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^Unknown option '--flnk'\. [^\n]*\n$/);
  });

  it('no Java', async () => {
    const env = { ...process.env, PATH: pathWithout('java'), JAVA_HOME: '' };
    const { ended, output, dataDir } = await start([], env);
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^Java was not found \(java\)\. Flink needs Java 11 or later[^\n]*\n$/);
    expect(running(dataDir)).toEqual([]);
  });

  it('no Maven, when jars are missing', async () => {
    const env = { ...process.env, PATH: pathWithout('mvn') };
    const { ended, output } = await start(['--flink-version', '0.0.1'], env);
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^Maven was not found \(mvn\)[^\n]*\n$/);
  });

  it('a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = (server.address() as AddressInfo).port;
    const { ended, output } = await start(['--gateway-port', `${port}`]);
    expect(await ended).toBe(1);
    expect(output()).toMatch(
      new RegExp(`^Port ${port} \\(Flink's SQL gateway\\) is in use\\. .*--gateway-port PORT\\n$`),
    );
    server.close();
  });

  it('no Flink where one should be', async () => {
    const { ended, output } = await start([
      '--flink-rest',
      'http://127.0.0.1:9',
      '--sql-gateway',
      'http://127.0.0.1:9',
    ]);
    expect(await ended).toBe(1);
    expect(output()).toContain('No Flink JobManager answers at http://127.0.0.1:9 (--flink-rest).\n');
  });

  it('a version that does not exist', async () => {
    const { ended, output, dataDir } = await start(['--flink-version', '0.0.1']);
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^Flink 0\.0\.1 could not be fetched\. Check that this version exists [^\n]*$/m);
    expect(output()).not.toMatch(/^ +at /m);
    expect(running(dataDir)).toEqual([]);
  });
});

describe('nothing outlives a start', () => {
  it('that fails half-way', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'dinghy-half-'));
    const extraConfig = { 'taskmanager.memory.network.max': '1g' };
    await expect(startFlink({ version: '2.3.0', dir, extraConfig })).rejects.toThrow(
      /^Flink's TaskManager ended while starting \(exit code \d+\)\. Its log, /,
    );
    // The guard of a process ends itself a moment after it.
    expect(await survivors(running(dir))).toEqual([]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGKILL', 'SIGKILL'],
  ] as const)('that gets %s half-way', async (signal, expected) => {
    const it = await start();
    const pids = await halfWay(it);
    it.child.kill(signal);
    expect(await it.ended).toBe(expected);
    expect(await survivors(pids)).toEqual([]);
    expect(running(it.dataDir)).toEqual([]);
    expect(it.output()).not.toMatch(/rror/);
  });

  it('that succeeded and gets Ctrl-C', async () => {
    const it = await start();
    await until(() => it.output().includes('Ctrl-C stops everything') || it.child.exitCode !== null, START_MS);
    const answer = await fetch(`http://127.0.0.1:${it.port}/openapi/version`);
    expect(await answer.json()).toMatchObject({ code: 0, success: true });
    // What the dinghy command finds it by.
    const { apiUrl, restUrl, gatewayUrl, dynamodbUrl } = findStack(it.dataDir);
    const ports = [it.port, it.flinkPort, it.gatewayPort, it.dynamodbPort].map(String);
    expect([apiUrl, restUrl, gatewayUrl, dynamodbUrl].map((url) => new URL(url).port)).toEqual(ports);
    const pids = descendants(it.child.pid ?? 0);
    expect(pids.length).toBeGreaterThan(JVMS);
    it.child.kill('SIGINT');
    expect(await it.ended).toBe(0);
    expect(await survivors(pids)).toEqual([]);
    expect(existsSync(stackFileIn(it.dataDir))).toBe(false);
  });
});

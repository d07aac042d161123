/** The packed command, unpacked beside no other package: in a pipe, on a terminal, and with a reader that leaves. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../local/paths.ts';
import { instance, jobResult } from '../cli/api-answers.ts';
import { type ApiDouble, apiDouble } from '../cli/api-double.ts';
import { folder } from '../cli/folder.ts';
import { copyProject } from './copy-project.ts';

/** Runs its arguments on a terminal of their own. */
const ON_TERMINAL = 'import os, pty, sys; sys.exit(os.WEXITSTATUS(pty.spawn(sys.argv[1:])))';

const MANIFEST = 'tasks:\n  - {name: a, type: local, statement: SELECT 1}\n';

let project: string;
let unpacked: string;
let command: string;
let api: ApiDouble | undefined;

beforeAll(() => {
  project = copyProject(['cli', 'local', 'docs', 'examples', 'CHANGELOG.md', 'README.md', 'LICENSE']);
  unpacked = mkdtempSync(join(tmpdir(), 'dinghy-unpacked-'));
  execFileSync('npm', ['pack', '--pack-destination', unpacked], { cwd: project, stdio: 'ignore' });
  execFileSync('tar', ['-xzf', join(unpacked, 'dinghy-0.1.0.tgz'), '-C', unpacked]);
  command = join(unpacked, 'package', 'cli', 'dinghy.cjs');
});
afterAll(() => {
  for (const path of [project, unpacked]) rmSync(path, { recursive: true, force: true });
});
afterEach(async () => {
  await api?.stop();
  api = undefined;
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const options = { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...env } };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const inPipe = (args: readonly string[], env?: NodeJS.ProcessEnv) => run(process.execPath, [command, ...args], env);
const onTerminal = (args: readonly string[], env?: NodeJS.ProcessEnv) =>
  run('python3', ['-c', ON_TERMINAL, process.execPath, command, ...args], env);

async function anApi(): Promise<NodeJS.ProcessEnv> {
  const statuses = ['RUNNING', 'RUNNING', 'FINISHED'];
  api = await apiDouble(({ method }) =>
    method === 'POST' ? { data: jobResult() } : { data: instance(statuses.shift() ?? 'FINISHED') },
  );
  return { DINGHY_URL: api.url };
}

describe('the packed command', () => {
  it('has its version and its help', async () => {
    expect(await inPipe(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' });
    expect((await inPipe(['submit', '--help'])).out).toContain('--savepoint');
  });

  it('checks a manifest', async () => {
    const good = await inPipe(['validate', folder({ 'm.yaml': MANIFEST })]);
    expect(good).toEqual({ code: 0, out: '1 definition in 1 file: no errors.\n', err: '' });
    const bad = await inPipe(['validate', folder({ 'm.yaml': MANIFEST.replace('SELECT', 'SELCT') })]);
    expect(bad).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "SELECT"?') as string });
  });

  it('asks a table', async () => {
    const { code, err } = await inPipe(['list', '--table', 't', '--endpoint', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(err).toMatch(/^dinghy: DynamoDB could not be used .*ECONNREFUSED[^\n]*\n$/);
  });

  it('starts in a fraction of the time that its sources take', () => {
    const fastest = (file: string): number => Math.min(...[1, 2, 3].map(() => cpuSecondsOf([file, '--version'])));
    expect(fastest(command)).toBeLessThan(fastest(join(ROOT, 'cli', 'dinghy.mjs')) / 2);
  });

  it('prints plain lines in a pipe while it waits', async () => {
    const { code, out, err } = await inPipe(['submit', '1', '--wait'], await anApi());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toMatch(/[\r\u001b]/);
    expect(out.match(/^run 13: RUNNING, .*$/gm)).toHaveLength(1);
    expect(out).toMatch(/\nrun 13 of task 1 "orders": FINISHED, .*\n$/);
  });

  it('moves one line on a terminal while it waits, and takes it back', async () => {
    const { code, out } = await onTerminal(['submit', '1', '--wait'], await anApi());
    expect(code).toBe(0);
    expect(out.match(/\r\u001b\[2Krun 13: RUNNING, [^\r\n]*/g)).toHaveLength(2);
    expect(out).toMatch(/\r\u001b\[2Krun 13 of task 1 "orders": FINISHED, [^\r\n]*\r\n$/);
  });

  it.each(['--help', 'completion zsh'])('says nothing of a reader that leaves: %s', async (words) => {
    const script = `{ "$NODE" "$COMMAND" ${words}; echo "$?" >&2; } | true`;
    const ended = await run('sh', ['-c', script], { NODE: process.execPath, COMMAND: command });
    expect(ended).toEqual({ code: 0, out: '', err: '0\n' });
  });

  it('does not watch for a reader that has left', async () => {
    api = await apiDouble(() => ({ data: instance('RUNNING') }));
    const script = '{ "$NODE" "$COMMAND" watch 13; echo "$?" >&2; } | true';
    const env = { NODE: process.execPath, COMMAND: command, DINGHY_URL: api.url };
    expect(await run('sh', ['-c', script], env)).toEqual({ code: 0, out: '', err: '124\n' });
  });
});

/** User and system time of a process, which a busy machine does not lengthen as it does the clock's. */
function cpuSecondsOf(args: readonly string[]): number {
  const ask =
    'import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime)';
  return Number(execFileSync('python3', ['-c', ask, process.execPath, ...args], { encoding: 'utf8' }));
}

/** What the tests of a deployment need: an emulator of AWS and a linter from PyPI, and the Node.js of the functions from npm. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { STATE_DIR } from '../../local/paths.ts';
import { NODE_PACKAGE, NODE_VERSION } from '../package/runtime/install.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const NODE = `${NODE_PACKAGE}@${NODE_VERSION}`;
const TEN_MINUTES_MS = 600_000;
const DONE = '.complete';

export interface Installed {
  readonly emulator: string;
  readonly linter: string;
  /** The folder that the `node` of the functions is in. */
  readonly nodeFolder: string;
}

/** Installs what is missing; the first time this takes about half a minute. A folder that was cut off is never used. */
export function install(): Installed {
  const wanted = readFileSync(REQUIREMENTS, 'utf8') + NODE;
  const folder = join(STATE_DIR, 'deploy', createHash('sha256').update(wanted).digest('hex').slice(0, 12));
  if (!existsSync(join(folder, DONE))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    // In its place: a virtual environment holds its own path.
    run('python3', ['-m', 'venv', join(folder, 'python')], 'Python 3 with its module venv');
    run(
      join(folder, 'python/bin/pip'),
      ['install', '--quiet', '--requirement', REQUIREMENTS],
      'an emulator of AWS and cfn-lint',
    );
    writeFileSync(join(folder, 'package.json'), '{"private": true}');
    run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, NODE], 'Node.js 24');
    writeFileSync(join(folder, `${DONE}.new`), '');
    renameSync(join(folder, `${DONE}.new`), join(folder, DONE));
  }
  const node = join(folder, 'node_modules', NODE_PACKAGE, 'bin/node');
  const command = (name: string): string => join(folder, 'python/bin', name);
  return { emulator: command('ministack'), linter: command('cfn-lint'), nodeFolder: dirname(node) };
}

const SHOWN_LENGTH = 1_000;

function run(command: string, args: readonly string[], what: string): void {
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: TEN_MINUTES_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.status === 0) return;
  const said = `${done.stdout}\n${done.stderr}\n${done.error?.message ?? ''}`.trim().slice(-SHOWN_LENGTH);
  throw new Error(`The tests of a deployment need ${what}, which could not be installed: ${said}`);
}

/**
 * AWS's own runtime client for Node.js (aws-lambda-ric) and the Node.js of AWS Lambda, from npm. They are no dependencies of
 * package.json: part of the client is C++ that is compiled when it is installed, which needs tools that many machines lack.
 * Where it can't be compiled, native-stand-in.cjs takes the place of that part, and `withoutNative` says why.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LambdaRuntime {
  /** Command and arguments that run a handler. */
  readonly command: string;
  readonly args: readonly string[];
  readonly nodeVersion: string;
  /** Null: all of the client is AWS's. */
  readonly withoutNative: string | null;
}

/** The Node.js of the functions (`runtime` in serverless.yml). */
export const NODE_VERSION = '24.22.3';
const CLIENT_VERSION = '4.0.2';
const FOLDER = join(
  import.meta.dirname,
  '../../../.dinghy/lambda-runtime',
  `node-${NODE_VERSION}-ric-${CLIENT_VERSION}`,
);
export const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;
const TEN_MINUTES_MS = 600_000;

/** Any one of each row. */
const TOOLS = [['cmake', 'cmake3'], ['make'], ['g++', 'c++'], ['python3'], ['xz']];
const HOW_TO_GET_TOOLS = 'apt-get install cmake make g++ python3 xz-utils';

/** Installs what is missing; the first time this takes about a minute. */
export function lambdaRuntime(): LambdaRuntime {
  const inTheWay = whatStopsTheBuild();
  if (recordedReason(FOLDER) === undefined || (recordedReason(FOLDER) !== null && inTheWay === null)) install(inTheWay);
  const withoutNative = recordedReason(FOLDER) ?? null;
  const client = join(clientFolder(FOLDER), 'index.mjs');
  const standIn = join(import.meta.dirname, 'native-stand-in.cjs');
  const args = withoutNative === null ? [client] : ['--require', standIn, client];
  return { command: join(nodeFolder(FOLDER), 'bin/node'), args, nodeVersion: NODE_VERSION, withoutNative };
}

const clientFolder = (folder: string): string => join(folder, 'node_modules/aws-lambda-ric');
const nodeFolder = (folder: string): string => join(folder, 'node_modules', NODE_PACKAGE);
const reasonFile = (folder: string): string => join(folder, 'without-native.json');

/** Why the folder has no native part; null: it has one; undefined: nothing is installed. */
function recordedReason(folder: string): string | null | undefined {
  return existsSync(reasonFile(folder))
    ? (JSON.parse(readFileSync(reasonFile(folder), 'utf8')) as string | null)
    : undefined;
}

function whatStopsTheBuild(): string | null {
  if (process.platform !== 'linux') return 'it is compiled on Linux alone.';
  const missing = TOOLS.filter((names) => !names.some(isCommand)).map(([name = '']) => name);
  return missing.length === 0
    ? null
    : `these tools are missing: ${missing.join(', ')}. To get them: ${HOW_TO_GET_TOOLS}`;
}

function isCommand(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

/** Beside its place until it is whole: an install that was cut off is never used. */
function install(inTheWay: string | null): void {
  const folder = `${FOLDER}.${process.pid}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, 'package.json'), '{"private": true}');
    const packages = [`aws-lambda-ric@${CLIENT_VERSION}`, `${NODE_PACKAGE}@${NODE_VERSION}`];
    const npm = run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], folder);
    if (npm !== null) throw new Error(`AWS's runtime client could not be installed. npm said: ${npm}`);
    writeFileSync(reasonFile(folder), JSON.stringify(inTheWay ?? compile(folder)));
    rmSync(FOLDER, { recursive: true, force: true });
    renameSync(folder, FOLDER);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The scripts of the package itself. Without `nodedir` they would fetch Node's headers from its web site. */
function compile(folder: string): string | null {
  const env = {
    npm_config_nodedir: nodeFolder(folder),
    PATH: `${join(folder, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
  };
  for (const script of ['preinstall.sh', 'postinstall.sh']) {
    const said = run('sh', [join('scripts', script)], clientFolder(folder), env);
    if (said !== null) return `its ${script} failed: ${said}`;
  }
  return null;
}

const SHOWN_LENGTH = 1_000;

/** Null: it went well; else the end of what the command said. */
function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string | null {
  const done = spawnSync(command, args, {
    ...{ cwd, encoding: 'utf8', timeout: TEN_MINUTES_MS, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...process.env, NPM_CONFIG_UPDATE_NOTIFIER: 'false', ...env },
  });
  if (done.status === 0) return null;
  return `${done.stdout}\n${done.stderr}\n${done.error?.message ?? ''}`.trim().slice(-SHOWN_LENGTH);
}

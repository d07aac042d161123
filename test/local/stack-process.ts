import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../../local/paths.ts';
import { freePorts } from '../../local/ports.ts';

/** `npm start` as a process of its own, on free ports and with its own data. */
export interface StackProcess {
  child: ChildProcess;
  port: number;
  /** Of the Flink that it starts. */
  flinkPort: number;
  gatewayPort: number;
  /** Of the DynamoDB that it embeds. */
  dynamodbPort: number;
  dataDir: string;
  output(): string;
  /** Resolves with the exit code, or the signal's name. */
  ended: Promise<number | NodeJS.Signals | null>;
}

export interface StackSettings {
  env?: NodeJS.ProcessEnv;
  /** An earlier stack, stopped by now: this one takes its ports and its data. */
  after?: StackProcess;
}

export async function startStack(args: string[] = [], { env, after }: StackSettings = {}): Promise<StackProcess> {
  const place = after ?? (await freePlace());
  const { port, flinkPort, gatewayPort, dynamodbPort, dataDir } = place;
  const ports = { port, 'flink-port': flinkPort, 'gateway-port': gatewayPort, 'dynamodb-port': dynamodbPort };
  const options = Object.entries({ ...ports, 'data-dir': dataDir }).flatMap(([name, value]) => [
    `--${name}`,
    `${value}`,
  ]);
  const command = ['--import', 'tsx', 'local/start.ts', ...options, ...args];
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  return { child, port, flinkPort, gatewayPort, dynamodbPort, dataDir, output: () => text, ended };
}

async function freePlace() {
  const [port = 0, flinkPort = 0, gatewayPort = 0, dynamodbPort = 0] = await freePorts(4);
  return { port, flinkPort, gatewayPort, dynamodbPort, dataDir: mkdtempSync(join(tmpdir(), 'dinghy-stack-')) };
}

interface Row {
  pid: number;
  parent: number;
  args: string;
}

/** What runs now; the dead whom nobody has collected do not count. */
function processes(): Row[] {
  const text = execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8', maxBuffer: 1 << 24 });
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+([^Z]\S*)\s+(.*)$/gm)].map(([, pid, parent, , args = '']) => ({
    pid: Number(pid),
    parent: Number(parent),
    args,
  }));
}

/** The processes below `pid`, all generations. */
export function descendants(pid: number): number[] {
  const rows = processes();
  const below = (parent: number): number[] =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row.pid, ...below(row.pid)]);
  return below(pid);
}

/** Processes that have `text` in their command line. */
export function running(text: string): number[] {
  return processes()
    .filter(({ args }) => args.includes(text))
    .map(({ pid }) => pid);
}

/** Those of `pids` that are still there after a moment of patience. */
export async function survivors(pids: readonly number[], patienceMs = 5_000): Promise<number[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const alive = processes().filter(({ pid }) => pids.includes(pid));
    if (alive.length === 0 || Date.now() > deadline) return alive.map(({ pid }) => pid);
    await sleep(100);
  }
}

export async function until(condition: () => boolean, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Not so after ${timeoutMs} ms.`);
    await sleep(100);
  }
}

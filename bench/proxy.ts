/** A proxy before DynamoDB or Flink (proxy-process.ts), and what it has counted. */
import { join } from 'node:path';
import type { Children } from '../local/children.ts';
import { freePorts } from '../local/ports.ts';
import { waitUntil } from '../local/wait-until.ts';
import type { Counts } from './request-counts.ts';

const READY_MS = 30_000;

export interface Proxied {
  readonly name: string;
  /** "http://host:port" */
  readonly target: string;
  readonly delayMs: number;
}

/** Gives the address to use instead of the target. */
export async function startProxy(children: Children, logDir: string, proxied: Proxied): Promise<string> {
  const { name, target, delayMs } = proxied;
  const [port = 0] = await freePorts(1);
  const child = children.start({
    name: `The proxy before ${name}`,
    command: process.execPath,
    args: ['--import', 'tsx', join(import.meta.dirname, 'proxy-process.ts'), String(port), target, String(delayMs)],
    logFile: join(logDir, `proxy-${name.toLowerCase()}.log`),
    cwd: join(import.meta.dirname, '..'),
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = (): Promise<boolean> =>
    takeCounts(url).then(
      () => true,
      () => false,
    );
  await waitUntil(child.name, answers, { timeoutMs: READY_MS, needs: [child] });
  return url;
}

/** Since they were last taken. */
export async function takeCounts(proxyUrl: string): Promise<Counts> {
  return (await (await fetch(`${proxyUrl}/bench/counts`)).json()) as Counts;
}

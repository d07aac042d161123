import { once } from 'node:events';
import { createServer } from 'node:net';
import { StartError } from './start-error.ts';

const HOST = '127.0.0.1';
/** Below the range from which systems take ports for outgoing connections: a free one stays free until it is used. */
const FIRST_PORT = 20_000;
const LAST_PORT = 31_999;

/** `count` different free ports. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    if ((await whyTaken(port)) === undefined) found.add(port);
  }
  return [...found];
}

/** @throws StartError that says what the port is for and which option changes it */
export async function requireFreePort(port: number, use: string, option: string): Promise<void> {
  const reason = await whyTaken(port);
  if (reason === undefined) return;
  const problem = reason === 'EADDRINUSE' ? 'is in use' : `cannot be used (${reason})`;
  throw new StartError(
    `Port ${port} (${use}) ${problem}. Stop what uses it, or choose another: npm start -- ${option} PORT`,
  );
}

async function whyTaken(port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown reason';
  } finally {
    server.close();
  }
}

/** The example job as a jar behind HTTP, on this machine alone: the local stack reads jars from there. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildTestJar } from '../live/test-jar.ts';

export interface ServedJar {
  readonly url: string;
  stop(): void;
}

export async function serveJar(flinkVersion: string): Promise<ServedJar> {
  const jar = await buildTestJar(flinkVersion);
  const server = createServer((request, response) => {
    const isThere = request.url === '/numbers.jar';
    response.writeHead(isThere ? 200 : 404).end(isThere ? readFileSync(jar.path) : 'none');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/numbers.jar`,
    stop: () => {
      server.close();
      jar.remove();
    },
  };
}

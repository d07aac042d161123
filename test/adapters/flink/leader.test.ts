/** Which JobManager leads, asked over real connections: of several hosts, the first that answers. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobManager } from '../../../lib/adapters/flink/job-manager.ts';

const CONFIG = JSON.stringify([
  { key: 'web.tmpdir', value: '/tmp/flink-web-7' },
  { key: 'high-availability.type', value: 'zookeeper' },
  { key: 'job-result-store.delete-on-commit', value: 'false' },
]);
const ELECTION = JSON.stringify({ errors: ['Service temporarily unavailable due to an ongoing leader election.'] });

const servers: Server[] = [];
let leader: string;
let electing: string;
let closed: string;

async function serve(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  leader = await serve(200, CONFIG);
  electing = await serve(503, ELECTION);
  closed = await serve(200, CONFIG);
  servers.pop()?.close();
});

afterAll(() => {
  for (const server of servers) server.close();
});

describe('the leader among several hosts', () => {
  const signal = new AbortController().signal;
  const found = (): object => ({
    address: leader,
    jmId: '/tmp/flink-web-7',
    highAvailability: true,
    forgetsEnded: false,
    haCluster: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
  });

  it('is the first that answers, past one that is closed and one in an election', async () => {
    expect(await jobManager().identify(`${closed},${electing}, ${leader}`, signal)).toEqual(found());
    expect(await jobManager().identify(leader, signal)).toEqual(found());
  });

  it('is nobody when none answers: the first failure says why', async () => {
    await expect(jobManager().identify(`${closed},${electing}`, signal)).rejects.toMatchObject({
      code: 'flink.unreachable',
      message: expect.stringContaining(closed) as unknown,
    });
    await expect(jobManager().identify(electing, signal)).rejects.toMatchObject({
      code: 'flink.failed',
      message: expect.stringContaining('leader election') as unknown,
    });
  });
});

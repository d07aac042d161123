/** The fake Flink's JobManager over HTTP, for what talks to one by its address: packaged functions. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeFlink } from './fake-flink.ts';

export interface JobManagerServer {
  /** "127.0.0.1:40123" */
  readonly address: string;
  stop(): Promise<void>;
}

export async function startJobManagerServer(flink: FakeFlink): Promise<JobManagerServer> {
  const server: Server = createServer((request, response) => {
    const { status, body } = answer(flink, request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function answer(flink: FakeFlink, url: string): Answer {
  if (url === '/jobmanager/config') return { status: 200, body: [{ key: 'web.tmpdir', value: flink.jmId }] };
  if (url === '/jobs/overview') {
    return { status: 200, body: { jobs: [...flink.jobs.values()].map(({ id: jid, state }) => ({ jid, state })) } };
  }
  const [, , id = '', what] = url.split('/');
  const job = what === undefined ? flink.jobs.get(id) : undefined;
  if (job === undefined) return { status: 404, body: { errors: [`Could not find Flink job (${id})`] } };
  const { state, ranAt, endedAt } = job;
  return {
    status: 200,
    body: { jid: id, state, 'end-time': endedAt ?? -1, timestamps: { RUNNING: ranAt ?? 0 }, vertices: [] },
  };
}

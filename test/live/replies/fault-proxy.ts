/** Stands between a gateway and its JobManager, passes everything on, and spoils what has to do with a submission. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

interface Fault {
  /** Which requests it spoils. */
  readonly spoils: (method: string, path: string) => boolean;
  /** Whether the JobManager gets the request all the same. */
  readonly passedOn: boolean;
  /** Null: the connection is cut. */
  readonly reply: { readonly status: number; readonly text: string } | null;
}

const submission = (method: string, path: string): boolean => method === 'POST' && /^(\/v1)?\/jobs$/.test(path);
const statusOfJob = (method: string, path: string): boolean => method === 'GET' && /\/jobs\/[^/]+/.test(path);

const HTML = '<html><body>502 Bad Gateway</body></html>';
const error = (text: string): string => JSON.stringify({ errors: ['Internal server error.', text] });
/** What a planner's refusal looks like, said by somebody who is no gateway. */
const LIKE_A_REFUSAL = `<Exception on server side:
org.apache.flink.table.api.ValidationException: SQL validation failed.
\tat org.apache.flink.table.planner.delegation.ParserImpl.parse(ParserImpl.java:108)
\tat org.apache.flink.table.gateway.service.operation.OperationExecutor.executeStatement(OperationExecutor.java:189)
\tat org.apache.flink.table.gateway.service.operation.OperationManager$Operation.lambda$run$0(OperationManager.java:258)
\t... 7 more

End of exception on server side>`;

const REPLIES: Readonly<Record<string, Fault['reply']>> = {
  cut: null,
  html: { status: 502, text: HTML },
  unavailable: { status: 503, text: error('org.apache.flink.X: Service temporarily unavailable') },
  refused: {
    status: 500,
    text: error('org.apache.flink.runtime.client.JobSubmissionException: Failed to submit job.'),
  },
  empty: { status: 200, text: '' },
  otherForm: { status: 202, text: '{"nothing":true}' },
  garbage: { status: 202, text: '{"jobUrl": "/jo' },
  likeARefusal: { status: 400, text: error(LIKE_A_REFUSAL) },
};

/** By name; "...After": the JobManager has got the request. */
export const FAULTS: Readonly<Record<string, Fault>> = Object.fromEntries(
  Object.entries(REPLIES).flatMap(([name, reply]) => [
    [name, { spoils: submission, passedOn: false, reply }],
    [`${name}After`, { spoils: submission, passedOn: true, reply }],
    [`${name}Status`, { spoils: statusOfJob, passedOn: true, reply }],
  ]),
);

export interface FaultProxy {
  readonly port: number;
  fault: Fault | null;
  stop(): Promise<void>;
}

export async function startFaultProxy(restUrl: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(restUrl);
  const proxy = { port: 0, fault: null as Fault | null };
  const server = http.createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming;
    const fault = proxy.fault?.spoils(method, url) === true ? proxy.fault : null;
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      if (fault !== null && !fault.passedOn) {
        spoil(fault, incoming, outgoing);
        return;
      }
      const headers = { ...incoming.headers, host: `${hostname}:${port}` };
      const passed = http.request({ hostname, port, method, path: url, headers }, (reply) => {
        const got: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => got.push(chunk));
        reply.on('end', () => {
          if (fault !== null) spoil(fault, incoming, outgoing);
          else outgoing.writeHead(reply.statusCode ?? 500, reply.headers).end(Buffer.concat(got));
        });
      });
      passed.on('error', () => incoming.socket.destroy());
      passed.end(Buffer.concat(chunks));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.port = (server.address() as AddressInfo).port;
  return Object.assign(proxy, {
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

function spoil({ reply }: Fault, incoming: http.IncomingMessage, outgoing: http.ServerResponse): void {
  if (reply === null) incoming.socket.destroy();
  else outgoing.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.text);
}

/** Stands before DynamoDB or Flink, passes everything on, and counts. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tells of each request and of its reply. */
type Seen = (request: http.IncomingMessage, body: string, reply: { status: number; body: string }) => void;

export interface Proxy {
  readonly url: string;
  stop(): void;
}

/** `change`: what goes on in place of a body. */
export async function startProxy(
  target: string,
  seen: Seen,
  change: (request: http.IncomingMessage, body: string) => string = (_, body) => body,
): Promise<Proxy> {
  const server = http.createServer((request, response) => {
    const pass = async (): Promise<void> => {
      const body = await textOf(request);
      const method = request.method ?? 'GET';
      const sent = method === 'GET' ? {} : { body: change(request, body) };
      const headers = headersOf(request);
      const reply = await fetch(`${target}${request.url ?? '/'}`, { method, headers, ...sent });
      const received = await reply.text();
      seen(request, body, { status: reply.status, body: received });
      const type = reply.headers.get('content-type') ?? 'application/json';
      response.writeHead(reply.status, { 'content-type': type }).end(received);
    };
    pass().catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** Without those of the connection, which is another one. */
function headersOf({ headers }: http.IncomingMessage): Record<string, string> {
  const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, expect: _____, ...own } = headers;
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)]));
}

async function textOf(message: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += String(chunk);
  return text;
}

/**
 * Stands before DynamoDB or Flink and makes each request take longer, as a network does. In a process of its own, so that it
 * takes no computing time from the handler that is measured. Arguments: port, target ("http://host:port"), delay in ms.
 *
 * `GET /bench/counts` tells what DynamoDB was asked since the last time: requests by operation, and write units.
 */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readTables } from '../local/tables.ts';
import { operationOf, RequestCounts, tellingAll } from './request-counts.ts';
import { TABLE_NAMES } from './table-names.ts';

const [port = '', target = '', delayMs = '0'] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const counts = new RequestCounts(readTables(TABLE_NAMES));

http
  .createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(502);
      response.end(String(error));
    });
  })
  .listen(Number(port), '127.0.0.1');

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  if (request.url === '/bench/counts') {
    response.end(JSON.stringify(counts.take()));
    return;
  }
  const operation = operationOf(request.headers);
  const asked = await bodyOf(request);
  if (Number(delayMs) > 0) await sleep(Number(delayMs));
  const reply = await forward(request, operation === null ? asked : Buffer.from(tellingAll(operation, String(asked))));
  response.writeHead(reply.status, reply.headers);
  response.end(reply.body);
  if (operation !== null) counts.add(operation, String(asked), { status: reply.status, body: String(reply.body) });
}

async function bodyOf(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface Reply {
  readonly status: number;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: Buffer;
}

function forward({ method, url, headers }: http.IncomingMessage, body: Buffer): Promise<Reply> {
  const sent = { ...headers, 'content-length': String(body.length) };
  return new Promise((resolve, reject) => {
    const request = http.request(`${target}${url ?? '/'}`, { method, headers: sent, agent }, (reply) => {
      bodyOf(reply).then(
        (received) =>
          resolve({ status: reply.statusCode ?? 502, headers: withoutChunks(reply.headers), body: received }),
        reject,
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The body is known by now, so that it goes back in one piece. */
function withoutChunks({ 'transfer-encoding': _, ...headers }: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  return headers;
}

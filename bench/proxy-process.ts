/**
 * Stands before DynamoDB or Flink and makes each request take longer, as a network does. In a process of its own, so that it
 * takes no computing time from the handler that is measured. Arguments: port, target ("http://host:port"), delay in ms.
 *
 * `GET /bench/counts` tells what DynamoDB was asked since the last time: requests by operation, and write units.
 */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const [port = '', target = '', delayMs = '0'] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

export interface Counts {
  readonly requests: Record<string, number>;
  writeUnits: number;
}

let counts: Counts = { requests: {}, writeUnits: 0 };

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
    response.end(JSON.stringify(counts));
    counts = { requests: {}, writeUnits: 0 };
    return;
  }
  const operation = operationOf(request);
  const asked = await bodyOf(request);
  if (Number(delayMs) > 0) await sleep(Number(delayMs));
  const { status, headers, body } = await forward(request, operation === null ? asked : counting(asked, operation));
  if (operation !== null) count(operation, body);
  response.writeHead(status, headers);
  response.end(body);
}

function operationOf({ headers }: http.IncomingMessage): string | null {
  const name = headers['x-amz-target'];
  return typeof name === 'string' ? (name.split('.')[1] ?? null) : null;
}

/** Asks DynamoDB to say what a write costs. The embedded one does not check the signature of what it is asked. */
function counting(body: Buffer, operation: string): Buffer {
  if (!WRITES.has(operation)) return body;
  const asked = JSON.parse(body.toString('utf8')) as object;
  return Buffer.from(JSON.stringify({ ...asked, ReturnConsumedCapacity: 'TOTAL' }));
}

function count(operation: string, body: Buffer): void {
  counts.requests[operation] = (counts.requests[operation] ?? 0) + 1;
  if (!WRITES.has(operation)) return;
  const { ConsumedCapacity } = JSON.parse(body.toString('utf8')) as { ConsumedCapacity?: { CapacityUnits?: number } };
  counts.writeUnits += ConsumedCapacity?.CapacityUnits ?? 0;
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

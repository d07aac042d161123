/**
 * Stands before DynamoDB or Flink and makes each request take longer, as a network does. In a process of its own, so that it
 * takes no computing time from the handler that is measured. Arguments: port, target ("http://host:port"), delay in ms.
 *
 * `GET /bench/counts` tells what DynamoDB was asked since the last time: requests by operation, and write units.
 */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readTables } from '../local/tables.ts';
import { TABLE_NAMES } from './table-names.ts';
import { type IndexedTable, type Item, writeUnits } from './write-units.ts';

const [port = '', target = '', delayMs = '0'] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

export interface Counts {
  readonly requests: Record<string, number>;
  writeUnits: number;
}

/** By table and key: items that went through here. */
const written = new Map<string, Item>();
const TABLES = new Map(readTables(TABLE_NAMES).map((table) => [table.TableName, indexed(table)]));

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
  const reply = await forward(request, operation === null ? asked : counting(asked, operation));
  response.writeHead(reply.status, reply.headers);
  response.end(reply.body);
  if (operation !== null) count(operation, asked, reply);
}

function indexed({ KeySchema, GlobalSecondaryIndexes }: ReturnType<typeof readTables>[number]): IndexedTable {
  const keysOf = (schema: typeof KeySchema): string[] => (schema ?? []).map(({ AttributeName = '' }) => AttributeName);
  const indexes = (GlobalSecondaryIndexes ?? []).map((index) => ({
    key: keysOf(index.KeySchema),
    projected: index.Projection?.NonKeyAttributes ?? [],
  }));
  return { key: keysOf(KeySchema), indexes };
}

function operationOf({ headers }: http.IncomingMessage): string | null {
  const name = headers['x-amz-target'];
  return typeof name === 'string' ? (name.split('.')[1] ?? null) : null;
}

interface Write {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
}

/** Lets an update tell the item after it. The embedded DynamoDB does not check the signature of what it is asked. */
function counting(body: Buffer, operation: string): Buffer {
  if (operation !== 'UpdateItem') return body;
  return Buffer.from(JSON.stringify({ ...(JSON.parse(body.toString('utf8')) as Write), ReturnValues: 'ALL_NEW' }));
}

function count(operation: string, asked: Buffer, { status, body }: Reply): void {
  counts.requests[operation] = (counts.requests[operation] ?? 0) + 1;
  if (!WRITES.has(operation)) return;
  const write = JSON.parse(asked.toString('utf8')) as Write;
  const { Attributes } = JSON.parse(body.toString('utf8')) as { Attributes?: Item };
  const table = TABLES.get(write.TableName);
  if (table === undefined) throw new Error(`${write.TableName} is no table of serverless.yml.`);
  const id = JSON.stringify(table.key.map((name) => (write.Key ?? write.Item)?.[name]));
  const before = written.get(id) ?? null;
  // A condition that failed changes nothing, and costs what the item costs.
  const after = status === 200 ? (write.Item ?? Attributes ?? null) : before;
  counts.writeUnits += writeUnits(table, before, after);
  if (after === null) written.delete(id);
  else written.set(id, after);
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

/**
 * One HTTP request to Flink, over node:http because it tells whether a connection ever existed: "refused before a byte
 * was sent" proves that a submission started nothing (protocol.md section 5), "no reply" proves nothing.
 */
import http from 'node:http';
import https from 'node:https';
import { AppError } from '../../domain/errors.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly text: string;
}

/** Flink's own limit for what its REST servers send and take. */
const MOST_REPLY_BYTES = 104_857_600;
const SHOWN_LENGTH = 200;

const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

export async function sendHttp(request: HttpRequest): Promise<HttpReply> {
  const url = new URL(request.url);
  const payload = request.body === undefined ? undefined : JSON.stringify(request.body);
  const options: https.RequestOptions = {
    method: request.method,
    agent: agents[url.protocol === 'https:' ? 'https:' : 'http:'],
    headers: headersFor(payload),
    signal: AbortSignal.any([request.signal, AbortSignal.timeout(request.timeoutMs)]),
  };
  return await new Promise<HttpReply>((resolve, reject) => {
    let connected = false;
    const fail = (cause: Error): void => reject(transportError(request, url, connected, cause));
    const outgoing = (url.protocol === 'https:' ? https : http).request(url, options, (incoming) => {
      readText(incoming).then((text) => resolve({ status: incoming.statusCode ?? 0, text }), fail);
    });
    outgoing.on('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => (connected = true));
      else connected = true;
    });
    outgoing.on('error', fail);
    outgoing.end(payload);
  });
}

function headersFor(payload: string | undefined): http.OutgoingHttpHeaders {
  const base = { accept: 'application/json' };
  if (payload === undefined) return base;
  return { ...base, 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
}

export async function readText(incoming: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MOST_REPLY_BYTES) throw new Error(`the reply is larger than ${MOST_REPLY_BYTES} bytes`);
    chunks.push(bytes);
  }
  if (!incoming.complete) throw new Error('the reply ended half-way');
  return Buffer.concat(chunks).toString('utf8');
}

function transportError(request: HttpRequest, url: URL, connected: boolean, cause: Error): AppError {
  const where = `${request.method} ${url.protocol}//${url.host}${url.pathname}`;
  if (request.signal.aborted) {
    const message = `Flink at ${url.host} did not answer in the time a request has.`;
    return new AppError(connected ? 'budget.exceeded' : 'flink.unreachable', message, { cause });
  }
  const reason = reasonOf(cause, request.timeoutMs);
  if (!connected) {
    return new AppError('flink.unreachable', `Flink can't be reached at ${url.host}: ${reason}.`, { cause });
  }
  return new AppError('flink.noReply', `No reply from Flink to ${where}: ${reason}.`, { cause });
}

function reasonOf(cause: Error, timeoutMs: number): string {
  if (cause.name === 'TimeoutError' || cause.name === 'AbortError') return `nothing came within ${timeoutMs} ms`;
  const code = (cause as NodeJS.ErrnoException).code;
  const known: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    ENOTFOUND: 'the host name is not known',
    EAI_AGAIN: 'the host name could not be looked up',
    ECONNRESET: 'the connection was reset',
    EHOSTUNREACH: 'no way to that host',
    ETIMEDOUT: 'the connection timed out',
  };
  return known[code ?? ''] ?? `${code ?? cause.name}: ${cause.message}`.slice(0, SHOWN_LENGTH);
}

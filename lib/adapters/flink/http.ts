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
  };
  const connection = { made: false };
  const outgoing = (url.protocol === 'https:' ? https : http).request(url, options);
  outgoing.on('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => (connection.made = true));
    else connection.made = true;
  });
  const limit = limited(outgoing, request);
  try {
    const replied = reply(outgoing);
    outgoing.end(payload);
    return await replied;
  } catch (error) {
    throw transportError(request, url, connection.made, limit.reached() ?? (error as Error));
  } finally {
    limit.lift();
  }
}

function reply(outgoing: http.ClientRequest): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    outgoing.on('response', (incoming) => {
      readText(incoming).then((text) => resolve({ status: incoming.statusCode ?? 0, text }), reject);
    });
    outgoing.on('error', reject);
  });
}

interface Limit {
  /** What ended the request, if the time or the caller did. */
  reached(): Error | null;
  lift(): void;
}

/** By hand: a signal that joins time-out and caller takes a quarter of the computing time of a whole request. */
function limited(outgoing: http.ClientRequest, { timeoutMs, signal }: HttpRequest): Limit {
  let reached: Error | null = null;
  const end = (name: string): void => {
    reached = Object.assign(new Error(`no reply within ${timeoutMs} ms`), { name });
    outgoing.destroy(reached);
  };
  const giveUp = (): void => end('AbortError');
  const timer = setTimeout(() => end('TimeoutError'), timeoutMs);
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  return {
    reached: () => reached,
    lift: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    },
  };
}

function headersFor(payload: string | undefined): http.OutgoingHttpHeaders {
  const base = { accept: 'application/json' };
  if (payload === undefined) return base;
  return { ...base, 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
}

export function readText(incoming: http.IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_REPLY_BYTES) incoming.destroy(new Error(`the reply is larger than ${MOST_REPLY_BYTES} bytes`));
      else chunks.push(chunk);
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    incoming.on('error', reject);
    incoming.on('close', () => reject(new Error('the reply ended half-way')));
  });
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
  if (cause.name === 'TimeoutError') return `nothing came within ${timeoutMs} ms`;
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

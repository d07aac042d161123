/**
 * One HTTP request to Flink, over node:http because it tells whether a connection ever existed: "refused before a byte
 * was sent" proves that a submission started nothing (protocol.md section 5), "no reply" proves nothing.
 */
import http from 'node:http';
import https from 'node:https';
import { AppError } from '../../domain/errors.ts';
import { KeptConnections, MAX_SOCKETS } from './kept-connections.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body?: unknown;
  /** Arriving twice does no harm. Said by nobody: every method but POST. */
  readonly repeatable?: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly text: string;
}

/** Flink's own limit for what its REST servers send and take. */
const MAX_REPLY_BYTES = 104_857_600;
/** People read an error. It may quote a statement (256 KB) in each of its causes; only this much is read. */
const MAX_ERROR_BYTES = 8 * 1024 * 1024;
const SHOWN_LENGTH = 200;

const connections = {
  'http:': new KeptConnections(http.Agent),
  'https:': new KeptConnections(https.Agent),
};

/** Most servers and proxies keep an idle connection for 5 s or more. */
const MAX_IDLE_MS = 4_000;
/** For what can't be repeated. Long enough for the requests of one submission, which follow each other at once. */
const MAX_IDLE_ONCE_MS = 500;
/** A kept connection may lead nowhere, which only silence tells: then there must be time left for a new one. */
const MAX_KEPT_WAIT_MS = 3_000;
const KEPT_SHARE = 1 / 3;

/** How far a request got. */
interface Progress {
  /** Null: it waits in this process alone. `kept`: its connection existed before it; `new`: one is made for it. */
  connection: 'kept' | 'new' | null;
  /** Some of its bytes may have left. */
  mayHaveLeft: boolean;
}

/**
 * What fails on a kept connection says nothing about Flink: it may have been closed or dropped while it was idle. It is sent
 * again, once and on a new connection, if it is repeatable or if nothing of it was sent.
 */
export async function sendHttp(request: HttpRequest): Promise<HttpReply> {
  const first: Progress = { connection: null, mayHaveLeft: false };
  try {
    return await attempt(request, first, keepingFor(request));
  } catch (error) {
    const again = first.connection === 'kept' && (isRepeatable(request) || !first.mayHaveLeft);
    if (!again || request.signal.aborted) throw error;
    return await attempt(request, { ...first, connection: null }, NEW);
  }
}

function isRepeatable({ repeatable, method }: HttpRequest): boolean {
  return repeatable ?? method !== 'POST';
}

/** Which kept connections may be used, and how long is waited on one. */
interface Keeping {
  readonly maxIdleMs: number;
  readonly keptWaitMs: number;
}

const NEW: Keeping = { maxIdleMs: 0, keptWaitMs: Infinity };

export function keepingFor(request: HttpRequest): Keeping {
  if (!isRepeatable(request)) return { maxIdleMs: MAX_IDLE_ONCE_MS, keptWaitMs: Infinity };
  return { maxIdleMs: MAX_IDLE_MS, keptWaitMs: Math.min(MAX_KEPT_WAIT_MS, request.timeoutMs * KEPT_SHARE) };
}

async function attempt(request: HttpRequest, progress: Progress, keeping: Keeping): Promise<HttpReply> {
  const url = new URL(request.url);
  // It makes an empty list from nothing.
  const payload = JSON.stringify(request.body) as string | undefined;
  const options: https.RequestOptions = {
    method: request.method,
    agent: connections[url.protocol === 'https:' ? 'https:' : 'http:'].agent(keeping.maxIdleMs),
    headers: headersFor(payload),
  };
  // The agent knows the protocol.
  const outgoing = http.request(url, options);
  const limit = limited(outgoing, request);
  follow(outgoing, progress, () => limit.begin(progress.connection === 'kept' ? keeping.keptWaitMs : Infinity));
  try {
    const replied = reply(outgoing, limit);
    outgoing.end(payload);
    return await replied;
  } catch (error) {
    throw transportError(request, url, progress, error as Error);
  } finally {
    limit.lift();
  }
}

/** Nothing is written before the event 'socket', or before the connection is made. */
export function follow(outgoing: http.ClientRequest, progress: Progress, onAssigned: () => void): void {
  outgoing.on('socket', (socket) => {
    progress.connection = socket.connecting ? 'new' : 'kept';
    onAssigned();
    if (socket.connecting) {
      socket.once('connect', () => (progress.mayHaveLeft = true));
      return;
    }
    if (socket.writable) progress.mayHaveLeft = true;
    else outgoing.destroy(new Error('the connection was closed before it was used'));
  });
}

function reply(outgoing: http.ClientRequest, limit: Limit): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    // A request that waits for a connection learns of its end only when it gets one.
    limit.whenReached(reject);
    outgoing.on('response', (incoming) => {
      readText(incoming).then((text) => resolve({ status: incoming.statusCode ?? 0, text }), reject);
    });
    outgoing.on('error', reject);
  });
}

const GIVEN_UP = 'AbortError';

interface Limit {
  /** The time or the caller has ended the request. */
  whenReached(listener: (error: Error) => void): void;
  /** From now on Flink needs the time: `maxMs` of it, or the rest of the request's time. */
  begin(maxMs: number): void;
  lift(): void;
}

/** Not by AbortSignal.any: joining time-out and caller takes a quarter of the computing time of a whole request. */
function limited(outgoing: http.ClientRequest, { timeoutMs, signal }: HttpRequest): Limit {
  let reached: Error | null = null;
  let listener: (error: Error) => void = () => undefined;
  const end = (name: string): void => {
    reached = Object.assign(new Error(name), { name });
    outgoing.destroy(reached);
    listener(reached);
  };
  const giveUp = (): void => end(GIVEN_UP);
  const endIn = (ms: number): NodeJS.Timeout => setTimeout(() => end('TimeoutError'), ms);
  let timer = endIn(timeoutMs);
  signal.addEventListener('abort', giveUp);
  // Stryker disable next-line StringLiteral: any name that is none of WAITED
  if (signal.aborted) end('TooLate');
  return {
    whenReached: (then) => {
      listener = then;
      if (reached !== null) then(reached);
    },
    begin: (maxMs) => {
      clearTimeout(timer);
      timer = endIn(Math.min(maxMs, timeoutMs));
    },
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
    const maxBytes = (incoming.statusCode ?? 0) < 300 ? MAX_REPLY_BYTES : MAX_ERROR_BYTES;
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) incoming.destroy(new Error(`the reply is larger than ${maxBytes} bytes`));
      else chunks.push(chunk);
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    // Also if the connection ends half-way.
    incoming.on('error', reject);
  });
}

/** Resources that this process or its machine has run out of. This says nothing about the server. */
const OWN_LIMITS: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);

export function ownLimit(url: URL, cause: Error): AppError | null {
  const { code } = cause as NodeJS.ErrnoException;
  if (!OWN_LIMITS.has(code)) return null;
  const message = `Dinghy's own machine has no socket, file handle or memory left to ask Flink at ${url.host} (${String(code)}). Try again later; if this continues, raise its limits.`;
  return new AppError('local.exhausted', message, { cause });
}

/** Ends a request that has no connection yet. */
const WAITED: ReadonlySet<string> = new Set(['TimeoutError', GIVEN_UP]);

function noConnectionFree(url: URL, cause: Error): AppError {
  const message = `Dinghy has no free connection to Flink at ${url.host}: all ${MAX_SOCKETS} are in use. Nothing was sent. Try again.`;
  return new AppError('local.exhausted', message, { cause });
}

export function transportError(request: HttpRequest, url: URL, progress: Progress, cause: Error): AppError {
  const connected = progress.mayHaveLeft;
  const own = ownLimit(url, cause);
  if (own !== null) return own;
  // One that was given up before it began has not waited.
  if (progress.connection === null && WAITED.has(cause.name)) return noConnectionFree(url, cause);
  const where = `${request.method} ${url.protocol}//${url.host}${url.pathname}`;
  if (request.signal.aborted) {
    const message = `Flink at ${url.host} did not answer within the time of the request.`;
    return new AppError(connected ? 'budget.exceeded' : 'flink.unreachable', message, { cause });
  }
  const reason = reasonOf(cause, request.timeoutMs);
  if (!connected) {
    return new AppError('flink.unreachable', `Flink can't be reached at ${url.host}: ${reason}.`, { cause });
  }
  return new AppError('flink.noReply', `No reply from Flink to ${where}: ${reason}.`, { cause });
}

function reasonOf(cause: Error, timeoutMs: number): string {
  if (cause.name === 'TimeoutError') return `nothing arrived within ${timeoutMs} ms`;
  const code = (cause as NodeJS.ErrnoException).code ?? cause.name;
  return KNOWN_REASONS.get(code) ?? `${code}: ${cause.message}`.slice(0, SHOWN_LENGTH);
}

const KNOWN_REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ENOTFOUND', 'the host name is not known'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['ECONNRESET', 'the connection was reset'],
  ['EHOSTUNREACH', 'no route to that host'],
  ['ETIMEDOUT', 'the connection timed out'],
]);

/**
 * A real server on 127.0.0.1 between Dinghy and what it talks to. Each request may meet a fault; a request is delivered
 * whole or not at all, so that "delivered" is known.
 */
import { once, setMaxListeners } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../../local/ports.ts';
import type { Prng } from '../chaos/prng.ts';
import type { Counts } from './counts.ts';
import { chooseFault, type FaultKind, lateMs, type Link, wrongReply } from './fault-kinds.ts';

export interface ProxyOptions {
  readonly target: string;
  readonly linkOf: (path: string) => Link;
  readonly rng: Prng;
  readonly counts: Counts;
}

interface Delivery {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

const HOST = '127.0.0.1';
const REFUSED_MS = [100, 900] as const;
const LONGEST_SILENCE_MS = 30_000;

export class FaultProxy {
  /** False: transparent. */
  active = false;
  /** Requests delivered and not answered yet, or still to be delivered. */
  underWay = 0;
  /** When the last request of Flink's own client (a submission) passed. */
  lastSubmissionAt = 0;
  /** Where requests go. Another server here is what a change of DNS brings: who answers is not who answered before. */
  target: string;
  /** Requests with such a path are never delivered, and nobody answers. Null: there are none. */
  loses: RegExp | null = null;
  /** How many wishes to end a job have passed. */
  cancels = 0;
  readonly port: number;
  readonly #options: ProxyOptions;
  readonly #sockets = new Set<Socket>();
  readonly #over = new AbortController();
  #server: http.Server | null = null;

  private constructor(options: ProxyOptions, port: number) {
    this.#options = options;
    this.target = options.target;
    this.port = port;
    // One listener for each request under way.
    setMaxListeners(0, this.#over.signal);
  }

  static async start(options: ProxyOptions): Promise<FaultProxy> {
    const [port = 0] = await freePorts(1);
    const proxy = new FaultProxy(options, port);
    await proxy.listen();
    return proxy;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  get host(): string {
    return `${HOST}:${this.port}`;
  }

  async listen(): Promise<void> {
    if (this.#server !== null || this.#over.signal.aborted) return;
    const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.#take(request, response).catch(() => request.socket.destroy());
    });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    this.#server = server;
    server.listen(this.port, HOST);
    await once(server, 'listening');
  }

  /** From here on connections are refused, and those that exist are reset. */
  refuse(): void {
    this.#server?.close();
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.#over.abort();
    this.refuse();
  }

  async #take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { rng, linkOf, counts } = this.#options;
    const { method = 'GET', url: path = '/' } = request;
    const link = linkOf(path);
    if (link === 'flinkClient' && method === 'POST') this.lastSubmissionAt = Date.now();
    if (method === 'PATCH') this.cancels += 1;
    const chosen = this.active ? chooseFault(rng, link, method, path) : null;
    const fault = this.loses?.test(path) === true ? 'request lost' : chosen;
    if (fault !== null) counts.add(`${link}: ${fault}`);
    const delivery = { method, path, headers: request.headers, body: await bodyOf(request) };
    await this.#treat(fault, link, delivery, request.socket, response);
  }

  async #treat(
    fault: FaultKind | null,
    link: Link,
    delivery: Delivery,
    socket: Socket,
    response: http.ServerResponse,
  ): Promise<void> {
    const { rng } = this.#options;
    switch (fault) {
      case null: {
        answer(response, await this.#deliver(delivery));
        return;
      }
      case 'connection refused': {
        await this.#refuseForAMoment(rng.int(...REFUSED_MS));
        return;
      }
      case 'reset before delivery':
        socket.destroy();
        return;
      case 'reset after delivery':
        await this.#deliver(delivery);
        socket.destroy();
        return;
      case 'request lost': {
        await this.#silence(socket);
        return;
      }
      case 'reply lost':
        await this.#deliver(delivery);
        {
          await this.#silence(socket);
          return;
        }
      case 'reply late': {
        const reply = await this.#deliver(delivery);
        await this.#pause(lateMs(rng, link));
        answer(response, reply);
        return;
      }
      case 'delivered late': {
        answer(response, await this.#deliver(delivery, lateMs(rng, link)));
        return;
      }
      case 'half a body': {
        answerHalf(response, await this.#deliver(delivery), socket);
        return;
      }
      default: {
        const wrong = wrongReply(fault, link, rng);
        if (wrong === null) throw new Error(`no reply for ${fault}`);
        // A proxy's error says nothing about whether the request went through.
        if (fault !== 'throttled' && rng.chance(0.5)) await this.#deliver(delivery).catch(() => undefined);
        answer(response, { ...wrong, headers: { 'content-type': wrong.type }, body: Buffer.from(wrong.body) });
        return;
      }
    }
  }

  async #refuseForAMoment(ms: number): Promise<void> {
    this.refuse();
    await this.#pause(ms);
    await this.listen();
  }

  /** Until the client has had enough. */
  async #silence(socket: Socket): Promise<void> {
    if (socket.destroyed) return;
    await Promise.race([once(socket, 'close').catch(() => undefined), this.#pause(LONGEST_SILENCE_MS)]);
    socket.destroy();
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#over.signal, ref: false }).catch(() => undefined);
  }

  async #deliver(delivery: Delivery, afterMs = 0): Promise<Reply> {
    this.underWay += 1;
    try {
      if (afterMs > 0) await this.#pause(afterMs);
      return await forward(this.target, delivery, this.#over.signal);
    } finally {
      this.underWay -= 1;
    }
  }
}

async function bodyOf(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function forward(target: string, { method, path, headers, body }: Delivery, signal: AbortSignal): Promise<Reply> {
  const { 'transfer-encoding': _chunked, connection: _connection, ...kept } = headers;
  const own = { ...kept, connection: 'close', 'content-length': String(body.length) };
  return await new Promise<Reply>((resolve, reject) => {
    const outgoing = http.request(target + path, { method, headers: own, agent: false, signal }, (incoming) => {
      bodyOf(incoming).then((bytes) => {
        resolve({ status: incoming.statusCode ?? 502, headers: incoming.headers, body: bytes });
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function headersOf({ headers, body }: Reply): http.OutgoingHttpHeaders {
  const { 'transfer-encoding': _chunked, connection: _connection, ...kept } = headers;
  return { ...kept, 'content-length': String(body.length) };
}

function answer(response: http.ServerResponse, reply: Reply): void {
  response.on('error', () => undefined);
  response.writeHead(reply.status, headersOf(reply));
  response.end(reply.body);
}

function answerHalf(response: http.ServerResponse, reply: Reply, socket: Socket): void {
  response.on('error', () => undefined);
  response.writeHead(reply.status, headersOf(reply));
  response.write(reply.body.subarray(0, Math.floor(reply.body.length / 2)), () => socket.destroy());
}

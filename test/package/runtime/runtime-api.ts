/** The Runtime API, as Lambda serves it to one container: it hands out one event after the other and takes what comes back. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  readonly deadlineMs: number;
}

/** `failed`: the handler threw; `notLoaded`: it could not be loaded. Both as the client reports it. */
export type Outcome =
  | { readonly kind: 'answered'; readonly payload: string }
  | { readonly kind: 'failed' | 'notLoaded'; readonly errorType: string; readonly errorMessage: string };

type Take = (outcome: Outcome) => void;

const PREFIX = '/2018-06-01/runtime';

export class RuntimeApi {
  readonly #server: Server;
  /** The request for the next event, when the container waits for one. */
  #waiting: ServerResponse | null = null;
  #whenWaiting: (() => void) | null = null;
  #next: Invocation | null = null;
  #take: Take | null = null;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<RuntimeApi> {
    const api = new RuntimeApi();
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  /** For AWS_LAMBDA_RUNTIME_API. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  invoke(invocation: Invocation, take: Take): void {
    this.#take = take;
    this.#next = invocation;
    this.#handOut();
  }

  /** When the container has finished with an event and asks for another one: then Lambda freezes it. */
  async untilIdle(): Promise<void> {
    if (this.#waiting !== null) return;
    await new Promise<void>((resolve) => {
      this.#whenWaiting = resolve;
    });
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path === `${PREFIX}/invocation/next`) {
      this.#waiting = response;
      this.#whenWaiting?.();
      this.#handOut();
      return;
    }
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += String(part);
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    this.#take?.(outcomeOf(path, body));
  }

  #handOut(): void {
    if (this.#waiting === null || this.#next === null) return;
    const { requestId, payload, deadlineMs } = this.#next;
    this.#waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadlineMs),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-west-1:123456789012:function:dinghy',
      'lambda-runtime-trace-id': 'Root=1-65b0c6f0-0123456789abcdef01234567;Sampled=0',
    });
    this.#waiting.end(payload);
    this.#waiting = null;
    this.#next = null;
  }
}

function outcomeOf(path: string, body: string): Outcome {
  if (path.endsWith('/response')) return { kind: 'answered', payload: body };
  const { errorType, errorMessage } = JSON.parse(body) as { errorType: string; errorMessage: string };
  return { kind: path === `${PREFIX}/init/error` ? 'notLoaded' : 'failed', errorType, errorMessage };
}

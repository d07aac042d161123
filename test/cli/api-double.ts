/** An API for the acting commands: a bare HTTP server that answers what a test says. test/e2e/command.test.ts holds it to the real one. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { main } from '../../cli/main.ts';
import type { Output } from './run-dinghy.ts';

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An envelope; with an error code it is a refusal. Or something that no API of Dinghy's would do. */
export type Reply =
  | { readonly data: unknown; readonly msg?: string; readonly success?: boolean; readonly code?: string }
  | { readonly http: number; readonly text?: string; readonly headers?: Readonly<Record<string, string>> }
  /** The connection breaks after the request has arrived. */
  | 'drop';

export interface ApiDouble {
  readonly url: string;
  readonly asked: Asked[];
  stop(): Promise<void>;
}

/** `answer` of the nth request, from 0. */
export async function apiDouble(answer: (asked: Asked, nth: number) => Reply): Promise<ApiDouble> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const text = Buffer.concat(chunks).toString('utf8');
      const one = { method, path: url, headers, body: text === '' ? null : (JSON.parse(text) as unknown) };
      asked.push(one);
      respond(response, answer(one, asked.length - 1));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, asked, stop };
}

function respond(response: ServerResponse, reply: Reply): void {
  if (reply === 'drop') {
    response.socket?.destroy();
    return;
  }
  if ('http' in reply) {
    response.writeHead(reply.http, reply.headers).end(reply.text ?? '');
    return;
  }
  const { data, code, success = code === undefined, msg = 'Execute Successfully' } = reply;
  response.writeHead(200, {
    'content-type': 'application/json',
    ...(code === undefined ? {} : { 'x-error-code': code }),
  });
  response.end(JSON.stringify({ code: success ? 0 : 1, msg, data, success, time: '2026-01-31 12:00:00' }));
}

/** The command as a user of this shell has it. */
export async function dinghy(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Output> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await main(args, env, io);
  return { code, out, err };
}

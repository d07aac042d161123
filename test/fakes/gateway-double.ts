/**
 * A SQL gateway over real HTTP that writes down what it is asked and answers as the real one of Flink 2.3.0 does; where no
 * Kubernetes and no YARN is, it stands for a gateway that has them. Its errors are recorded from the real one.
 */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

interface SeenRequest {
  readonly method: string;
  /** Without the prefix that the double is reached under. */
  readonly path: string;
  readonly body: unknown;
}

interface ScriptReply {
  readonly status: number;
  readonly body: unknown;
}

interface ScriptBody {
  readonly script: string;
  readonly executionConfig: Readonly<Record<string, string>>;
}

export interface GatewayDouble {
  /** Base URL, with the prefix. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Bodies of the scripts it was given. */
  scripts(): readonly unknown[];
  /** What it answers a script with; null: the connection is cut after the request was read. */
  reply: ((body: ScriptBody) => ScriptReply) | ScriptReply | null;
  version: string;
  /** Forgets what it was asked, and answers well again. */
  forget(): void;
  stop(): Promise<void>;
}

export const SESSION = '0e4e1a3c-5f1d-4a8e-9a44-2b7b5d0f6c11';

export async function startGatewayDouble(prefix = ''): Promise<GatewayDouble> {
  const requests: SeenRequest[] = [];
  const serve = async (incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> => {
    const { method = '', url = '' } = incoming;
    const body = await readBody(incoming);
    if (!url.startsWith(prefix)) {
      send(outgoing, 404, '<html>no such place</html>');
      return;
    }
    const path = url.slice(prefix.length);
    requests.push({ method, path, body });
    const answer = answerTo(double, method, path, body);
    if (answer === null) incoming.socket.destroy();
    else send(outgoing, answer.status, JSON.stringify(answer.body));
  };
  const server = http.createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const double: GatewayDouble = {
    url: `http://127.0.0.1:${port}${prefix}`,
    requests,
    scripts: () => requests.filter(({ path }) => path.endsWith('/scripts')).map(({ body }) => body),
    reply: GOOD,
    version: '2.3.0',
    forget: () => {
      requests.splice(0);
      double.reply = GOOD;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return double;
}

function answerTo(double: GatewayDouble, method: string, path: string, body: unknown): ScriptReply | null {
  const call = `${method} ${path}`;
  if (call === 'GET /info') return ok({ productName: 'Apache Flink', version: double.version });
  if (call === 'POST /sessions') return ok({ sessionHandle: SESSION });
  if (call === `DELETE /sessions/${SESSION}`) return ok({ status: 'CLOSED' });
  if (call === `POST /v4/sessions/${SESSION}/scripts`) {
    return typeof double.reply === 'function' ? double.reply(body as ScriptBody) : double.reply;
  }
  return { status: 404, body: { errors: [`Not found: ${path}`] } };
}

const GOOD: ScriptReply = { status: 200, body: { clusterID: 'cluster' } };

const ok = (body: unknown): ScriptReply => ({ status: 200, body });

function send(outgoing: http.ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

async function readBody(incoming: http.IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text === '' ? null : JSON.parse(text);
}

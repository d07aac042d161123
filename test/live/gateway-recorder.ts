/** Stands between Dinghy and a real SQL gateway, passes everything on, and keeps what a test wants to know of it. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

interface SentStatement {
  readonly session: string;
  readonly sql: string;
  readonly executionConfig: Readonly<Record<string, string>>;
  /** configure: by configure-session; statement: as an operation. */
  readonly via: 'configure' | 'statement';
}

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface GatewayRecorder {
  readonly url: string;
  /** Handles of all sessions that were opened, in order. */
  readonly sessions: readonly string[];
  readonly sent: readonly SentStatement[];
  /** The path of every request. */
  readonly paths: readonly string[];
  /** Every request as it came. */
  readonly requests: readonly SentRequest[];
  /** The session's configuration, asked of the gateway just before a statement with a job id of Dinghy's was sent. */
  configurationBefore(jobId: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function recordGateway(gatewayUrl: string): Promise<GatewayRecorder> {
  const sessions: string[] = [];
  const sent: SentStatement[] = [];
  const paths: string[] = [];
  const requests: SentRequest[] = [];
  const configurations = new Map<string, Record<string, string>>();

  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const body = await textOf(request);
    const path = request.url ?? '';
    paths.push(path);
    requests.push({ method: request.method ?? 'GET', path, headers: request.headers, body });
    const statement = readStatement(path, body);
    if (statement !== null) {
      sent.push(statement);
      const jobId = statement.executionConfig['$internal.pipeline.job-id'];
      if (jobId !== undefined) configurations.set(jobId, await configurationOf(gatewayUrl, statement.session));
    }
    const method = request.method ?? 'GET';
    const reply = await fetch(gatewayUrl + path, { method, ...(method === 'GET' ? {} : { body }) });
    const text = await reply.text();
    if (method === 'POST' && path === '/sessions' && reply.ok) sessions.push(handleIn(text));
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(text);
  };

  const server = http.createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions,
    sent,
    paths,
    requests,
    configurationBefore: (jobId) => {
      const found = configurations.get(jobId);
      if (found === undefined) throw new Error(`no statement with job id ${jobId} was sent`);
      return found;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const STATEMENT_PATH = /^\/sessions\/([^/]+)\/(statements|configure-session)$/;

function readStatement(path: string, body: string): SentStatement | null {
  const [, session, kind] = STATEMENT_PATH.exec(path) ?? [];
  if (session === undefined) return null;
  const parsed = JSON.parse(body) as { statement: string; executionConfig?: Record<string, string> };
  const via = kind === 'statements' ? 'statement' : 'configure';
  return { session, sql: parsed.statement, executionConfig: parsed.executionConfig ?? {}, via };
}

async function configurationOf(gatewayUrl: string, session: string): Promise<Record<string, string>> {
  const reply = await fetch(`${gatewayUrl}/sessions/${session}`);
  return ((await reply.json()) as { properties: Record<string, string> }).properties;
}

function handleIn(text: string): string {
  return (JSON.parse(text) as { sessionHandle: string }).sessionHandle;
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The fake Flink's SQL gateway over HTTP, for what talks to a gateway by its address: the `dinghy` command. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../lib/domain/errors.ts';
import type { GatewaySession } from '../../lib/domain/ports.ts';
import type { Cell } from '../../lib/domain/results/cell.ts';
import type { ResultPage } from '../../lib/domain/results/result-page.ts';
import type { FakeFlink } from './fake-flink.ts';

export interface GatewayServer {
  readonly url: string;
  stop(): Promise<void>;
}

const KINDS: Readonly<Record<Cell['op'], string>> = {
  '+I': 'INSERT',
  '-U': 'UPDATE_BEFORE',
  '+U': 'UPDATE_AFTER',
  '-D': 'DELETE',
};

export async function startGatewayServer(flink: FakeFlink): Promise<GatewayServer> {
  const sessions = new Map<string, GatewaySession>();
  const server: Server = createServer((request, response) => {
    answer(flink, sessions, request).then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => {
        response.statusCode = 500;
        const text = error instanceof AppError ? error.message : String(error);
        response.end(JSON.stringify({ errors: [`org.apache.flink.table.api.ValidationException: ${text}`] }));
      },
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(
  flink: FakeFlink,
  sessions: Map<string, GatewaySession>,
  request: IncomingMessage,
): Promise<unknown> {
  const { signal } = new AbortController();
  const [, , handle = '', what, operation = '', , token] = (request.url ?? '').replace(/\?.*/, '').split('/');
  const body = await readBody(request);
  if ((request.url ?? '').startsWith('/info')) {
    return { productName: 'Apache Flink', version: await flink.version('', signal) };
  }
  if (handle === '') {
    const sessionHandle = String(sessions.size + 1);
    sessions.set(sessionHandle, await flink.open('', (body['properties'] ?? {}) as Record<string, string>, signal));
    return { sessionHandle };
  }
  const session = sessions.get(handle);
  if (session === undefined) throw new Error(`Session '${handle}' does not exist.`);
  const statement = String(body['statement']);
  if (what === 'configure-session') {
    await session.configure(statement, signal);
    return {};
  }
  if (what === 'statements')
    return {
      operationHandle: await session.start(
        statement,
        (body['executionConfig'] ?? {}) as Record<string, string>,
        signal,
      ),
    };
  if (what === 'operations') return toWire(await session.fetch(operation, Number(token), signal));
  await session.close(signal);
  return { status: 'CLOSED' };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function toWire({ kind, jobId, columns, rows }: ResultPage): object {
  if (kind === 'notReady') return { resultType: 'NOT_READY' };
  const data = rows.map(({ op, fields }) => ({ kind: KINDS[op], fields }));
  const results = { columns: columns.map((name) => ({ name })), data };
  return { resultType: kind === 'end' ? 'EOS' : 'PAYLOAD', ...(jobId !== null && { jobID: jobId }), results };
}

/**
 * A small HTTP server that speaks the JSON protocol of SSM and Secrets Manager, as far as Dinghy asks them: no emulator of
 * these services is at hand. It keeps every request and can be told to fail.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface SeenRequest {
  readonly target: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface AwsDouble {
  readonly endpoint: string;
  readonly parameters: Map<string, string>;
  readonly secrets: Map<string, Readonly<Record<string, unknown>>>;
  readonly seen: SeenRequest[];
  /** Answered instead: `status` and `__type`, as AWS does. `hang`: never answered. */
  failure: { readonly status: number; readonly type: string; readonly message?: string } | 'hang' | null;
  /** Answered with 200, whatever was asked; null: what is there. */
  reply: string | null;
  stop(): Promise<void>;
}

export async function awsDouble(): Promise<AwsDouble> {
  const server = createServer((request, response) => {
    read(request).then(
      (seen) => answer(double, seen, response),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const double: AwsDouble = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parameters: new Map(),
    secrets: new Map(),
    seen: [],
    failure: null,
    reply: null,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return double;
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as SeenRequest['body'];
  return { target: String(request.headers['x-amz-target']), body };
}

function answer(double: AwsDouble, seen: SeenRequest, response: ServerResponse): void {
  double.seen.push(seen);
  if (double.failure === 'hang') return;
  if (double.failure !== null) {
    const { status, type, message = '' } = double.failure;
    send(response, status, { __type: type, message });
    return;
  }
  if (double.reply !== null) {
    response.end(double.reply);
    return;
  }
  const found = lookUp(double, seen);
  if (found !== null) send(response, 200, found);
  else send(response, 400, { __type: notFound(seen.target), message: '' });
}

function lookUp({ parameters, secrets }: AwsDouble, { target, body }: SeenRequest): object | null {
  if (target === 'AmazonSSM.GetParameter') {
    const value = parameters.get(String(body['Name']));
    return value === undefined ? null : { Parameter: { Name: body['Name'], Type: 'SecureString', Value: value } };
  }
  return secrets.get(String(body['SecretId'])) ?? null;
}

const notFound = (target: string): string =>
  target === 'AmazonSSM.GetParameter' ? 'ParameterNotFound' : 'ResourceNotFoundException';

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}

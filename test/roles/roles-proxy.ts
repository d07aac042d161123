/**
 * Stands between functions and DynamoDB, and refuses what the role of a function does not grant, in the words of AWS. The
 * access key id says which function asks (./run-as-function.mjs does that). The path is /<any name>/<host and port of
 * DynamoDB>; GET /<that name> tells what was seen under the name.
 */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Asked, askedOf, type RequestBody } from './asked.ts';
import type { Granted } from './granted.ts';
import { refusedOf } from './refused.ts';
import { ACCOUNT } from './template-values.ts';

/** What a stack's functions have asked for: each right once, and each refusal. */
export interface SeenByRoles {
  /** "dinghy-local-read dynamodb:Query dinghy-jobs-local/index/byTask" */
  readonly asked: readonly string[];
  readonly refused: readonly string[];
}

export interface RolesProxy {
  readonly url: string;
  stop(): Promise<void>;
}

interface Refusal {
  readonly type: string;
  readonly message: string;
}

export async function startRolesProxy(granted: Granted): Promise<RolesProxy> {
  const seen = new Map<string, { readonly asked: Set<string>; readonly refused: string[] }>();
  const seenUnder = (name: string) => {
    const found = seen.get(name) ?? { asked: new Set<string>(), refused: [] };
    seen.set(name, found);
    return found;
  };

  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const [, name = '', target = ''] = (request.url ?? '').split('/');
    const { asked, refused } = seenUnder(name);
    if (request.method === 'GET') {
      answer(response, 200, { asked: [...asked].sort(), refused });
      return;
    }
    const body = await bytesOf(request);
    const found = judge(granted, request.headers, body, asked);
    if (found === null) {
      pass(request, body, target, response);
      return;
    }
    refused.push(found.message);
    answer(response, 400, { __type: `com.amazon.coral.service#${found.type}`, Message: found.message });
  };

  const server = http.createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** Null: granted. What can't be judged is refused too, and said. */
function judge(
  { functions, tables }: Granted,
  headers: http.IncomingHttpHeaders,
  body: Buffer,
  seen: Set<string>,
): Refusal | null {
  const [, name = ''] = /Credential=([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const grants = functions[name];
  if (grants === undefined) return refusal('UnrecognizedClientException', `There is no function "${name}".`);
  try {
    const operation = String(headers['x-amz-target']).split('.')[1] ?? '';
    const asked = askedOf(operation, JSON.parse(body.toString('utf8')) as RequestBody, tables);
    for (const { action, resource } of asked) seen.add(`${name} ${action} ${resource.split(':table/')[1]}`);
    const denied = refusedOf(grants, asked);
    return denied === null ? null : refusal('AccessDeniedException', deniedText(name, denied));
  } catch (error) {
    // Any error: what could not be judged must not pass.
    return refusal('AccessDeniedException', `${name}: ${String(error)}`);
  }
}

const refusal = (type: string, message: string): Refusal => ({ type, message });

function deniedText(name: string, { action, resource }: Asked): string {
  const user = `arn:aws:sts::${ACCOUNT}:assumed-role/role/${name}`;
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
}

function pass(incoming: http.IncomingMessage, body: Buffer, target: string, response: http.ServerResponse): void {
  const [hostname, port] = target.split(':');
  const headers = { ...incoming.headers, host: target };
  const onward = http.request({ hostname, port, method: incoming.method, path: '/', headers }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  });
  onward.on('error', () => response.destroy());
  onward.end(body);
}

function answer(response: http.ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}

async function bytesOf(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

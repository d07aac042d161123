/**
 * The API of a Kubernetes in memory, as far as Flink's client asks it to make a cluster: objects are kept and given back,
 * nothing is ever run. It can be told to refuse.
 */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
}

export interface KubernetesApi {
  readonly url: string;
  /** By path: "/apis/apps/v1/namespaces/etl/deployments/name". */
  readonly objects: ReadonlyMap<string, KubernetesObject>;
  /** What a POST is refused with; null: it is taken. */
  refusal: { readonly code: number; readonly reason: string } | null;
  stop(): Promise<void>;
}

interface Answer {
  readonly code: number;
  readonly body: unknown;
}

export async function startKubernetesApi(): Promise<KubernetesApi> {
  const objects = new Map<string, KubernetesObject>();
  const answer = (method: string, path: string, body: string): Answer => {
    const there = objects.get(path);
    if (method === 'POST') return api.refusal === null ? create(objects, path, body) : failure(api.refusal);
    if (method === 'DELETE') objects.delete(path);
    if (there === undefined) return failure({ code: 404, reason: 'NotFound' });
    return { code: 200, body: there };
  };
  const server = http.createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    let text = '';
    incoming.on('data', (chunk) => (text += String(chunk)));
    incoming.on('end', () => {
      const { code, body } = answer(method, url.split('?')[0] ?? '', text);
      outgoing.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api: KubernetesApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    refusal: null,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return api;
}

function create(objects: Map<string, KubernetesObject>, path: string, body: string): Answer {
  const given = JSON.parse(body) as KubernetesObject;
  const uid = `uid-${objects.size + 1}`;
  const made = { ...given, metadata: { ...given.metadata, uid, resourceVersion: String(objects.size + 1) } };
  objects.set(`${path}/${given.metadata.name}`, made);
  return { code: 201, body: made };
}

function failure({ code, reason }: { readonly code: number; readonly reason: string }): Answer {
  const message = `the double of the API says ${reason}`;
  return { code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message } };
}

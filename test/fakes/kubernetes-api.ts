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
  /** What happens to a request instead of an answer, by its method and path. */
  fault: ((method: string, path: string) => Fault | null) | null;
  /** Paths of all the POSTs that came, whatever became of them. */
  readonly posts: readonly string[];
  stop(): Promise<void>;
}

export type Fault =
  | { readonly code: number; readonly reason: string }
  /** The connection ends without an answer, before or after it was done. */
  | 'lost'
  | 'lostAfter';

interface Answer {
  readonly code: number;
  readonly body: unknown;
}

export async function startKubernetesApi(): Promise<KubernetesApi> {
  const objects = new Map<string, KubernetesObject>();
  const posts: string[] = [];
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
      const path = url.split('?')[0] ?? '';
      if (method === 'POST') posts.push(path);
      const fault = api.fault?.(method, path) ?? null;
      if (fault === 'lost') return void outgoing.destroy();
      const known = fault === null || fault === 'lostAfter';
      const { code, body } = known ? answer(method, path, text) : failure(fault);
      if (fault === 'lostAfter') return void outgoing.destroy();
      outgoing.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api: KubernetesApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    refusal: null,
    fault: null,
    posts,
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

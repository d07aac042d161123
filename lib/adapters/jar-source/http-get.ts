/** One GET whose body is read as a stream. Redirects are followed by the caller, who may have to sign anew. */
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Must be read to its end, or destroyed. */
  readonly body: http.IncomingMessage;
}

/** A server that says nothing for so long is given up. */
const QUIET_MS = 10_000;

export async function httpGet(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  lookup?: LookupFunction,
): Promise<HttpAnswer> {
  return await new Promise<HttpAnswer>((resolve, reject) => {
    // A connection of its own: one that was kept may be dead.
    const options = { headers: { ...headers, accept: '*/*' }, signal, timeout: QUIET_MS, agent: false, lookup };
    const outgoing = (url.protocol === 'https:' ? https : http).get(url, options, (incoming) => {
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: incoming });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`nothing arrived for ${QUIET_MS / 1000} s`)));
    outgoing.on('error', reject);
  });
}

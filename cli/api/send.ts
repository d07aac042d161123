/** One HTTP request to the API, and its outcome. */
import * as v from 'valibot';
import type { Api } from './api.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** With its query: /openapi/cancel?id=1 */
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const ENVELOPE = v.object({ success: v.boolean(), msg: v.string(), data: v.unknown() });

export type Sent =
  | {
      readonly kind: 'answer';
      readonly success: boolean;
      readonly msg: string;
      readonly data: unknown;
      readonly errorCode: string | null;
    }
  /** No byte of it can have arrived. */
  | { readonly kind: 'unsent'; readonly why: string }
  /** It may have arrived. */
  | { readonly kind: 'lost'; readonly why: string }
  /** Refused before Dinghy saw it: too many requests. */
  | { readonly kind: 'throttled'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string }
  /** Another server answers there. */
  | { readonly kind: 'foreign'; readonly why: string };

/** Longer than Dinghy or API Gateway (30 s) take to answer. */
const ANSWER_WITHIN_MS = 35_000;

export async function send({ url, key }: Api, { method, path, body, headers }: ApiRequest): Promise<Sent> {
  try {
    const reply = await fetch(url + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect must not get the key.
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return readReply(reply, await reply.text());
  } catch (error) {
    // Any error: fetch throws only errors of the network.
    return noReply(error);
  }
}

function readReply({ status, headers }: Response, text: string): Sent {
  const read = v.safeParse(ENVELOPE, parse(text));
  if (read.success && status === 200) return { kind: 'answer', ...read.output, errorCode: headers.get('x-error-code') };
  if (status === 401 || status === 403) return { kind: 'refused', why: `HTTP ${status}` };
  if (status === 429) return { kind: 'throttled', why: 'too many requests (HTTP 429)' };
  if (status >= 500) return { kind: 'lost', why: `HTTP ${status}` };
  return { kind: 'foreign', why: `HTTP ${status}, ${headers.get('content-type') ?? 'without a content type'}` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Any error: it is no JSON, so it is no answer of Dinghy's.
    return null;
  }
}

const NO_CONNECTION: readonly string[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** Names the problem by its code: other texts may quote an address with a key in it. */
function noReply(error: unknown): Sent {
  if (isBadPort(error)) return { kind: 'unsent', why: 'browsers and fetch refuse this port' };
  const code = codeOf(error);
  if (code === null)
    return {
      kind: 'lost',
      why: isTimeout(error) ? `no answer within ${ANSWER_WITHIN_MS / 1000} s` : 'the connection broke',
    };
  return { kind: NO_CONNECTION.includes(code) || isTls(code) ? 'unsent' : 'lost', why: code };
}

function codeOf(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : null;
  // Of several addresses of a name: the first says enough.
  const first = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  return first instanceof Error && 'code' in first ? String(first.code) : null;
}

/** A certificate that is not trusted, or a server that speaks no TLS: nothing of the request was sent. */
const isTls = (code: string): boolean => /CERT|^ERR_TLS|^ERR_SSL|^EPROTO$|VERIFY/.test(code);

/** Ports of other services, such as 25, which fetch refuses. */
const isBadPort = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port';

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

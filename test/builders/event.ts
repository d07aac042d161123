/** Events as API Gateway's HTTP API sends them (payload format 2.0), and what a handler answers. */
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { HttpHandler } from '../../lib/http/route.ts';

export interface Call {
  readonly method?: string;
  readonly path?: string;
  /** As in the URL, without "?". */
  readonly query?: string;
  readonly body?: string;
  readonly base64?: boolean;
}

export function anEvent(call: Call = {}): APIGatewayProxyEventV2 {
  const { method = 'GET', path = '/openapi/submitTask', query = '', body, base64 = false } = call;
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: query,
    headers: { 'Content-Type': 'application/json', host: 'abc123.execute-api.eu-west-1.amazonaws.com' },
    ...(query === '' ? {} : { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      domainName: 'abc123.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'abc123',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'curl/8' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '31/Jan/2026:12:00:00 +0000',
      timeEpoch: 1769860800000,
    },
    ...(body === undefined ? {} : { body: base64 ? Buffer.from(body).toString('base64') : body }),
    isBase64Encoded: base64,
  };
}

export interface Envelope {
  readonly code: number;
  readonly msg: string;
  readonly success: boolean;
  readonly time: string;
  readonly data: Record<string, unknown> | null;
  readonly datas: Record<string, unknown> | null;
}

/** Calls a handler as Lambda does, and checks what every answer must keep to. */
export async function callHandler(handler: HttpHandler, call: Call, remainingMs = 29_000): Promise<Envelope> {
  const context = { getRemainingTimeInMillis: () => remainingMs, awsRequestId: 'request-1' } as Context;
  const result = await handler(anEvent(call), context);
  if (result.statusCode !== 200) throw new Error(`HTTP ${String(result.statusCode)}, not 200`);
  const envelope = JSON.parse(result.body ?? '') as Envelope;
  if (envelope.success !== (envelope.code === 0)) throw new Error(`code and success disagree: ${result.body ?? ''}`);
  if (/\n\s*at |Exception\b.*\n/.test(envelope.msg)) throw new Error(`a stack trace in msg: ${envelope.msg}`);
  return envelope;
}

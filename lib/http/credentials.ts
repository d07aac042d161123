/** The credentials of a request: where API keys are accepted, and where callers put them by mistake. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Presented } from '../domain/access/admission.ts';
import { mentionsApiKey } from '../domain/access/api-key.ts';
import { apiPath } from './api-path.ts';

export function presentedBy(event: APIGatewayProxyEventV2, requestId: string): Presented {
  const headers = headersOf(event);
  const { iam, jwt } = authorizerOf(event);
  return {
    keys: [...inTokenHeader(headers), ...inAuthorization(headers), ...inPath(event.rawPath)],
    misplaced: () => misplacedIn(event, headers),
    iamArn: textOf(iam?.['userArn']),
    jwtSubject: textOf((jwt?.['claims'] as Fields | undefined)?.['sub']),
    sourceIp: event.requestContext.http.sourceIp || null,
    requestId,
  };
}

type Fields = Readonly<Record<string, unknown>>;
type Headers = ReadonlyMap<string, string>;

function headersOf({ headers }: APIGatewayProxyEventV2): Headers {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value ?? '']));
}

/** API Gateway joins repeated headers with commas. */
function itemsOf(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function inTokenHeader(headers: Headers): string[] {
  return itemsOf(headers.get('dinky-token'));
}

const BEARER = /^bearer\s+(\S+)$/i;

function inAuthorization(headers: Headers): string[] {
  return itemsOf(headers.get('authorization')).flatMap((item) => BEARER.exec(item)?.[1] ?? []);
}

/** The part between /k/ and the path of the API counts as a key: it is never shown. A base path may precede it. */
const KEY_PATH = /\/k\/([^/]+)$/;

function inPath(rawPath: string): string[] {
  const before = rawPath.slice(0, rawPath.length - apiPath(rawPath).length);
  const [, text] = KEY_PATH.exec(before) ?? [];
  return text === undefined ? [] : [decoded(text)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Any error: it is not encoded, and no key.
    return text;
  }
}

/** In words, for a message; null: nowhere. */
function misplacedIn(event: APIGatewayProxyEventV2, headers: Headers): string | null {
  if (mentionsApiKey(decoded(event.rawQueryString))) return 'the query';
  if ((event.cookies ?? []).some(mentionsApiKey)) return 'a cookie';
  const header = [...headers].find(([, value]) => mentionsApiKey(value));
  if (header !== undefined)
    return header[0] === 'authorization' ? 'the header "authorization" without "Bearer"' : 'another header';
  if (mentionsApiKey(decoded(event.rawPath))) return 'another part of the path';
  const body = event.body ?? '';
  return mentionsApiKey(event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body)
    ? 'the body'
    : null;
}

/** The caller as an authorizer of API Gateway has identified it. */
function authorizerOf({ requestContext }: APIGatewayProxyEventV2): { iam?: Fields; jwt?: Fields } {
  return (requestContext as { authorizer?: { iam?: Fields; jwt?: Fields } }).authorizer ?? {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

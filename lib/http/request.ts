/** An API Gateway event as a plain request, and what may be read from it. The event goes no further than this. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { MAX_ID } from '../domain/constants.ts';
import { AppError } from '../domain/errors.ts';
import { numbersAsTexts } from './number-texts.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  /** Every value of every parameter, in order: a repeated one must not be taken for a list or the last one. */
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function toRequest(event: APIGatewayProxyEventV2): Request {
  const headers = Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value ?? ''] as const);
  const body = event.body ?? '';
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    id: event.requestContext.requestId,
    query: new URLSearchParams(event.rawQueryString),
    headers: Object.fromEntries(headers),
    body: event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
  };
}

const SHOWN_LENGTH = 100;
const MOST_BODY_BYTES = 256 * 1024;

/** A value as an error text shows it, cut so that the text stays readable. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;
}

/** A whole number from 1 to 2147483647 (clients parse ids as Java Integer), given as 12 or "12". */
export function readId(name: string, value: unknown): number {
  if (value === undefined || value === null || value === '') {
    throw invalid(`The parameter "${name}" is missing. Give a whole number from 1 to ${MAX_ID}.`);
  }
  if (isId(value)) return Number(value);
  throw invalid(`The parameter "${name}" is "${shown(value)}". Give a whole number from 1 to ${MAX_ID}.`);
}

export function isId(value: unknown): value is number | string {
  const text = typeof value === 'number' ? String(value) : value;
  const id = typeof text === 'string' && /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
  return id >= 1 && id <= MAX_ID;
}

/** The one value of a query parameter; undefined when it is not there. */
export function oneOf(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) {
    throw invalid(
      `The parameter "${name}" is given ${values.length} times: "${shown(values.join('", "'))}". Give it once.`,
    );
  }
  return values[0];
}

export function readJsonObject(request: Request): Readonly<Record<string, unknown>> {
  const bytes = Buffer.byteLength(request.body);
  if (bytes > MOST_BODY_BYTES) {
    throw invalid(`The request body has ${bytes} bytes; at most ${MOST_BODY_BYTES} are taken. Make it smaller.`);
  }
  if (request.body.trim() === '') {
    throw invalid('The request has no body. Send JSON such as {"id": 1}.');
  }
  const parsed = parseJson(request.body);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw invalid(`The request body is ${shown(request.body)}, not a JSON object. Send JSON such as {"id": 1}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Any error: it is no JSON.
    const reason = cause instanceof Error ? shown(cause.message) : 'unreadable';
    throw invalid(`The request body is not JSON (${reason}): "${shown(text)}". Send JSON such as {"id": 1}.`);
  }
}

export function readBoolean(name: string, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw invalid(`The parameter "${name}" is "${shown(value)}". Give true or false.`);
}

export function readText(name: string, value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  throw invalid(`The parameter "${name}" is ${shown(value)}. Give a text.`);
}

/** Values may be texts, numbers or booleans: `{"rps": 3}` is what people write. */
export function readVariables(name: string, value: unknown, written: unknown = value): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isObject(value))
    throw invalid(`The parameter "${name}" is ${shown(value)}. Give an object such as {"name": "value"}.`);
  const texts = isObject(written) ? written : {};
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, readVariable(name, key, item, texts[key])]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The parameter of a JSON object, numbers within it in the letters they were written with. */
export function writtenParameter({ body }: Request, name: string): unknown {
  const parsed: unknown = JSON.parse(numbersAsTexts(body));
  return isObject(parsed) ? parsed[name] : undefined;
}

function readVariable(name: string, key: string, value: unknown, written: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && typeof written === 'string') return written;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw invalid(
      `The variable "${shown(key)}" in "${name}" is a number of more than 15 digits. Give it as a text, in quotes.`,
    );
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalid(`The variable "${shown(key)}" in "${name}" is ${shown(value)}. Give a text, a number, true or false.`);
}

export function invalid(message: string): AppError {
  return new AppError('request.invalid', message);
}

/** An API Gateway event as a plain request, and functions that read it. No other code knows the event. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isRecord } from '../domain/definition/dinky-config.ts';
import { AppError } from '../domain/errors.ts';
import { MAX_ID } from '../domain/limits.ts';
import { apiPath } from './api-path.ts';
import { jsonFault } from './json-fault.ts';
import { numbersAsTexts } from './number-texts.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  /** Every value of every parameter, in order: a repeated one is neither a list nor the last one. */
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function toRequest(event: APIGatewayProxyEventV2): Request {
  const headers = Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value ?? ''] as const);
  const body = event.body ?? '';
  return {
    method: event.requestContext.http.method,
    path: apiPath(event.rawPath),
    id: event.requestContext.requestId,
    query: new URLSearchParams(event.rawQueryString),
    headers: Object.fromEntries(headers),
    // Some clients send a byte-order mark before their JSON.
    body: (event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body).replace(/^\ufeff/, ''),
  };
}

const SHOWN_LENGTH = 100;
const MAX_BODY_BYTES = 256 * 1024;

/** A text for an error message, cut to stay readable. Never use it for a variable's value, which may be a password. */
export function shown(text: string): string {
  const start = text.slice(0, SHOWN_LENGTH);
  const joined = NEXT_PARAMETER.exec(start);
  if (joined !== null) return `${start.slice(0, joined.index)}…`;
  return text.length > SHOWN_LENGTH ? `${start}...` : text;
}

/** Clients may join parameters with a wrong sign, or escape the right one: a variable may follow. */
const NEXT_PARAMETER = /(?:[&;?,]|%(?:25)?(?:26|3[bf]))["']?[\w.$-]{1,100}["']?(?:[=:]|%(?:25)?3[ad])/i;

/** A value for an error message. Lists and objects are not shown: they may contain secrets. */
export function seen(value: unknown): string {
  if (typeof value === 'string') return `"${shown(value)}"`;
  return typeof value === 'number' || typeof value === 'boolean' ? `"${String(value)}"` : kindOf(value);
}

/** The kind of a value that must not be shown. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  return KINDS[typeof value] ?? 'of another kind';
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
};

/** A whole number from 1 to 2147483647 (clients parse ids as Java Integer), given as 12 or "12". */
export function readId(name: string, value: unknown): number {
  if (isEmpty(value)) {
    throw invalid(`The parameter "${name}" is missing. Give a whole number from 1 to ${MAX_ID}.`);
  }
  if (isId(value)) return Number(value);
  throw invalid(`The parameter "${name}" is ${seen(value)}. Give a whole number from 1 to ${MAX_ID}.`);
}

/** Empty means not given: clients send every field of their form. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Null: missing or empty. */
export function readOptionalId(name: string, value: unknown): number | null {
  return isEmpty(value) ? null : readId(name, value);
}

export function isId(value: unknown): value is number | string {
  const text = typeof value === 'number' ? String(value) : value;
  const id = typeof text === 'string' && /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
  return id >= 1 && id <= MAX_ID;
}

/** A whole number from 1. */
export function readWholeNumber(name: string, value: unknown, max = MAX_ID): number {
  if (isId(value) && Number(value) <= max) return Number(value);
  throw invalid(`The parameter "${name}" is ${seen(value)}. Give a whole number from 1 to ${max}.`);
}

/** The value of a path such as /openapi/runs/{id}. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The one value of a query parameter; undefined if missing. Errors don't show values: they may be variables. */
export function oneOf(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) throw invalid(`The parameter "${shown(name)}" is given ${values.length} times. Give it once.`);
  return values[0];
}

export function readJsonObject(request: Request): Readonly<Record<string, unknown>> {
  const bytes = Buffer.byteLength(request.body);
  if (bytes > MAX_BODY_BYTES) {
    throw invalid(`The request body has ${bytes} bytes; at most ${MAX_BODY_BYTES} are allowed. Make it smaller.`);
  }
  if (request.body.trim() === '') {
    throw invalid('The request has no body. Send JSON such as {"id": 1}.');
  }
  const parsed = parseJson(request.body);
  refuseDeep('The request body', parsed);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw invalid(`The request body is ${kindOf(parsed)}, not a JSON object. Send JSON such as {"id": 1}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Any error: it is no JSON. The parser's message quotes the text around the place.
    throw invalid(`The request body is not JSON: it can't be read at ${jsonFault(text)}. Send JSON such as {"id": 1}.`);
  }
}

const MAX_LEVELS = 64;

/** A body nested deeper than any real request would crash its reader. */
export function refuseDeep(what: string, value: unknown): void {
  const left: { readonly level: number; readonly value: unknown }[] = [{ level: 1, value }];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (typeof at.value !== 'object' || at.value === null) continue;
    if (at.level > MAX_LEVELS)
      throw invalid(`${what} is nested more than ${MAX_LEVELS} levels deep. Use fewer levels.`);
    for (const item of Object.values(at.value) as unknown[]) left.push({ level: at.level + 1, value: item });
  }
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'on', 'yes', '1'].map((word) => [word, true] as const),
  ...['false', 'off', 'no', '0'].map((word) => [word, false] as const),
]);

/** In the spellings of Spring, which clients of Dinky use; missing or empty is false. */
export function readBoolean(name: string, value: unknown): boolean {
  if (isEmpty(value)) return false;
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const read = isScalar ? BOOLEANS.get(String(value).trim().toLowerCase()) : undefined;
  if (read !== undefined) return read;
  throw invalid(`The parameter "${name}" is ${seen(value)}. Give true or false (1/0, yes/no and on/off also work).`);
}

export function readText(name: string, value: unknown): string | null {
  if (isEmpty(value)) return null;
  if (typeof value === 'string') return value;
  throw invalid(`The parameter "${name}" is ${kindOf(value)}. Give a text.`);
}

/** Values may be texts, numbers or booleans, because people write `{"rps": 3}`. */
export function readVariables(name: string, value: unknown, written: unknown = value): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value))
    throw invalid(`The parameter "${name}" is ${kindOf(value)}. Give an object such as {"name": "value"}.`);
  const texts = isRecord(written) ? written : {};
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, readVariable(name, key, item, texts[key])]),
  );
}

/** The parameter of a JSON object, with numbers as they were written. */
export function writtenParameter({ body }: Request, name: string): unknown {
  const parsed: unknown = JSON.parse(numbersAsTexts(body));
  return isRecord(parsed) ? parsed[name] : undefined;
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
  throw invalid(`The variable "${shown(key)}" in "${name}" is ${kindOf(value)}. Give a text, a number, true or false.`);
}

export function invalid(message: string): AppError {
  return new AppError('request.invalid', message);
}

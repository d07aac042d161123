/** Jars on web servers: https:, http:. */
import { AppError } from '../../domain/errors.ts';
import { type HttpAnswer, httpGet } from './http-get.ts';
import { type HttpRules, lookupFor } from './http-rules.ts';
import { decoded, type OpenedJar, type OpenJar, shownUri, type Validators } from './opened-jar.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

export function openHttp(rules: HttpRules): OpenJar {
  return (uri, known, signal) => open(rules, uri, known, signal);
}

async function open(rules: HttpRules, uri: URL, known: Validators | null, signal: AbortSignal): Promise<OpenedJar> {
  let url = uri;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const headers = { ...authorization(url), ...conditions(known) };
    const answer = await orUnavailable(
      uri,
      httpGet(withoutUser(url), headers, signal, lookupFor(url, uri, rules)),
      signal,
    );
    if (!REDIRECTS.includes(answer.status)) return toOpened(uri, answer);
    answer.body.destroy();
    url = redirected(uri, url, answer.headers.location);
  }
  throw new AppError(
    'jar.unavailable',
    `${shownUri(uri)} is redirected more than ${MAX_REDIRECTS} times. Use its final URL.`,
  );
}

/** The part before the host of a URL is only for this server. node:http would leave it out of a redirected URL. */
function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Node would read the escapes in it once more, and a password may hold a percent sign that escapes nothing. */
function withoutUser(url: URL): URL {
  return Object.assign(new URL(url), { username: '', password: '' });
}

export function conditions(known: Validators | null): Record<string, string> {
  if (known === null) return {};
  return {
    ...(known.etag === null ? {} : { 'if-none-match': known.etag }),
    ...(known.etag !== null || known.lastModified === null ? {} : { 'if-modified-since': known.lastModified }),
  };
}

function redirected(uri: URL, from: URL, location: string | undefined): URL {
  const to = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : null;
  const goesOn = to !== null && (to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:'));
  if (goesOn) return to;
  const where = to === null ? 'nowhere' : `${to.protocol}//${to.host}`;
  throw new AppError(
    'jar.invalid',
    `${shownUri(uri)} is redirected to ${where}, which Dinghy does not follow. Use its final URL.`,
  );
}

export function toOpened(uri: URL, { status, headers, body }: HttpAnswer): OpenedJar {
  if (status === 200) {
    const length = Number(headers['content-length'] ?? NaN);
    const validators = { etag: headers.etag ?? null, lastModified: headers['last-modified'] ?? null };
    return { kind: 'jar', bytes: body, sizeBytes: Number.isFinite(length) ? length : null, validators };
  }
  body.destroy();
  if (status === 304) return { kind: 'unchanged' };
  throw refused(uri, status);
}

function refused(uri: URL, status: number): AppError {
  const jar = shownUri(uri);
  if (status === 404 || status === 410) return new AppError('jar.invalid', `${jar} does not exist. Check its URL.`);
  if (status === 401 || status === 403) {
    return new AppError(
      'jar.invalid',
      `${jar} may not be read (HTTP ${status}): its server denies access. Use a URL that needs no login, or s3://.`,
    );
  }
  return new AppError('jar.unavailable', `${jar} could not be read: its server answered HTTP ${status}.`);
}

export async function orUnavailable<T>(uri: URL, work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw unavailable(uri, cause, signal);
  }
}

/** Not by the name of the error: the first error after an abort may be that of the broken connection. */
function unavailable(uri: URL, cause: unknown, signal: AbortSignal): AppError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = signal.aborted ? 'the time ran out' : (code ?? message);
  return new AppError('jar.unavailable', `${shownUri(uri)} could not be read: ${reason}.`, { cause });
}

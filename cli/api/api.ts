/** The API that the acting commands call: of a deployment, or of the local stack. It is never guessed. */
import { isIP } from 'node:net';
import { hideApiKeys } from '../../lib/domain/access/api-key.ts';
import { shownAddress } from '../../lib/domain/secrets/shown-address.ts';
import type { Call } from '../command.ts';
import { findStack, stackWords } from '../running-stack.ts';
import { UsageError } from '../usage-error.ts';
import { readKey } from './read-key.ts';

export interface Api {
  /** Without /openapi. It may contain a key: show `place`. */
  readonly url: string;
  /** Null: none is sent. */
  readonly key: string | null;
  /** For people. */
  readonly place: string;
  /** The options with which another command of this shell acts at the same place. */
  readonly words: string;
}

export type Where = Pick<Call, 'url' | 'context' | 'local' | 'data-dir' | 'key-file' | 'env' | 'io'>;

export function findApi(where: Where): Api {
  const { url, local, env } = where;
  if (local && url !== undefined) throw new UsageError('--local and --url lead to different places. Give one of them.');
  if (local) return localApi(where);
  if (where['data-dir'] !== undefined) throw new UsageError('--data-dir belongs to a local stack. Add --local.');
  const given = url ?? env['DINGHY_URL'] ?? '';
  if (given !== '') return deployedApi(given, where);
  throw new UsageError(
    'there is no address. Give --url URL, set DINGHY_URL, use --local for the local stack of this checkout, or see dinghy context --help.',
  );
}

function localApi(where: Where): Api {
  const dir = where['data-dir'];
  const { apiUrl, auth } = findStack(dir);
  // Do not send a deployment's key to a stack that asks for none.
  return {
    url: apiUrl,
    key: auth === 'keys' ? readKey(where) : null,
    place: `${apiUrl} (the local stack)`,
    words: ` ${stackWords(dir)}`,
  };
}

function deployedApi(given: string, where: Where): Api {
  const what = where.url === undefined ? 'DINGHY_URL' : '--url';
  const url = readUrl(what, given);
  const key = readKey(where);
  const shown = shownAddress(hideApiKeys(url));
  const place = where.context === undefined ? shown : `${where.context} (${shown})`;
  if (key !== null && isOpen(url))
    where.io.err(`warning: the API key is sent to ${place} without encryption. Use https.`);
  return { url, key, place, words: wordsFor(where, url) };
}

/** An address with a key in it is not repeated. */
function wordsFor({ context, url: given }: Where, url: string): string {
  if (context !== undefined) return ` --context ${context}`;
  return given === undefined || hideApiKeys(url) !== url ? '' : ` --url ${shownAddress(url)}`;
}

export function readUrl(what: string, given: string): string {
  const text = given.trim();
  const shown = hideApiKeys(shownAddress(text));
  if (!/^https?:\/\/./i.test(text) || !URL.canParse(text)) {
    throw new UsageError(`${what} "${shown}" is not a URL; write it as https://dinghy.example.com.`);
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError(
      `${what} "${shown}" is more than an address. Leave out user, password, "?" and "#"; put an API key into DINGHY_KEY.`,
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/openapi$/, '');
}

function isOpen(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const isLoopback =
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
  return protocol === 'http:' && !isLoopback;
}

/**
 * Credentials in addresses: `scheme://user:password@host`, `https://token@host`, `jdbc:oracle:thin:user/password@…`. Host, path
 * and user stay readable. Parameters such as `?password=…` are pairs, see secret-pairs.
 */
import { allMatches } from '../sql/match-at.ts';
import { nth } from '../sql/nth.ts';
import type { Span } from './text-spans.ts';

/**
 * What follows `//`, or `\/\/` of JSON, up to a blank, a quote or the next address. In one value a `'` may be a sign of a
 * password. A `^` may be one, or a mark of Flink's in quoted SQL.
 */
const ADDRESS = {
  words: /(?:\/\/|\\\/\\\/)(?:(?!:\/\/)(?:[^\s'"`<>^]|\^(?=[^\s'"`<>^]*@)))+/g,
  value: /(?:\/\/|\\\/\\\/)(?:(?!:\/\/)[^\s"`<>])+/g,
};
/** In these addresses the part before the host is a token, in others a user. */
const TOKEN_SCHEME = /(?:^|[^a-z0-9])(?:https?|wss?|nats|tls|rediss?|mqtts?|amqps?):$/i;
/** What stands before the host is a container there. Or there is no scheme: where SQL has a comment, it begins with `//`. */
const CONTAINER_SCHEME = /^$|(?:^|[^a-z0-9])(?:abfss?|wasbs?):$/i;
const MAX_SCHEME = 12;
/** Longer than names are, of letters and digits alone. */
const RANDOM = /^(?=\D*\d)(?=[^a-z]*[a-z])\w{20,200}$/i;
/** A number is a port, and what follows it the path; or there are several hosts with ports. */
const PORT = /^\d{1,5}[/?#,;\\]/;
const ORACLE = /\bjdbc:oracle:\w{1,10}:(?:"[^"]{1,128}"|[^\s/@'"]{1,128})\//gi;
/** Up to the last `@` of it. A `'` may be a sign of a password where the text is one value, or a letter follows. */
const ORACLE_REST = {
  words: /"[^"]{0,500}"|(?:[^\s'"`()]|'(?=\w))+/y,
  value: /"[^"]{0,500}"|[^\s"()]+/y,
} as const;
/** Of words in a sentence a token differs by its digits, and Base64 by its end. */
const BEARER =
  /\b(?:Bearer[ \t]+(?=[\w.~+/=-]*\d)[\w.~+/=-]{4,}|Basic[ \t]+(?=[a-z0-9+/]*[0-9=])[a-z0-9+/]{6,2000}={0,2}(?![\w=]))/gi;

/** `isValue`: as in secretSpans. */
export function addressSpans(text: string, isValue: boolean): Span[] {
  return [
    ...userInfos(text, isValue),
    ...(isValue ? passwordWithBlank(text) : []),
    ...oraclePasswords(text, isValue),
    ...bearers(text),
  ];
}

/** At the beginning of a value: elsewhere a blank ends an address. */
const WITH_BLANK =
  /^\s{0,9}(?:[a-z][\w+.-]{0,40}:){1,3}\/\/[^\s:@/?#]{0,100}:(?!\d{1,5}[\s/,?#])([^@\n]{0,500}\s[^@\n]{0,500})@/i;

function passwordWithBlank(text: string): Span[] {
  const found = WITH_BLANK.exec(text);
  if (found === null) return [];
  const end = found[0].length - 1;
  return [{ start: end - nth(found, 1).length, end }];
}

function userInfos(text: string, isValue: boolean): Span[] {
  // Stryker disable next-line ConditionalExpression,StringLiteral: without it nothing is found either, but slowly
  if (!text.includes('@')) return [];
  return allMatches(isValue ? ADDRESS.value : ADDRESS.words, text).flatMap((found) => {
    const before = text.slice(Math.max(0, found.index - MAX_SCHEME), found.index);
    const isToken = (user: string): boolean =>
      TOKEN_SCHEME.test(before) || (RANDOM.test(user) && !CONTAINER_SCHEME.test(before));
    const opening = found[0].startsWith('\\') ? 4 : 2;
    const [from, to] = secretPart(found[0].slice(opening), isToken, /smb:$/i.test(before));
    const start = found.index + opening;
    return from < to ? [{ start: start + from, end: start + to }] : [];
  });
}

/** The range of the secret in `user:secret@host/…`, or `token@host/…`; an empty range: there is none. */
function secretPart(
  address: string,
  isToken: (user: string) => boolean,
  hasDomain: boolean,
): readonly [number, number] {
  // `smb://domain;user:secret@host`; elsewhere a list with semicolons follows the host.
  const authority = nth(address.split(hasDomain ? /[/?#]/ : /[/?#;]/, 1), 0);
  if (authority.includes('@')) {
    const user = authority.slice(0, authority.lastIndexOf('@'));
    const colon = user.indexOf(':');
    if (colon >= 0) return [colon + 1, user.length];
    return isToken(user) ? [0, user.length] : NOWHERE;
  }
  // A password with a slash in it that nobody has encoded.
  const colon = authority.indexOf(':');
  if (colon < 0 || address.startsWith('[') || PORT.test(address.slice(colon + 1))) return NOWHERE;
  return [colon + 1, address.lastIndexOf('@')];
}

const NOWHERE = [0, 0] as const;

function oraclePasswords(text: string, isValue: boolean): Span[] {
  const rest = isValue ? ORACLE_REST.value : ORACLE_REST.words;
  let from = 0;
  return allMatches(ORACLE, text).flatMap(({ index, 0: { length } }) => {
    const start = index + length;
    rest.lastIndex = start;
    if (start < from || !rest.test(text)) return [];
    from = rest.lastIndex;
    const host = text[start] === '"' ? -1 : text.lastIndexOf('@', from);
    return [{ start, end: host > start ? host : from }];
  });
}

function bearers(text: string): Span[] {
  return allMatches(BEARER, text).map(({ index, 0: all }) => {
    const end = index + all.length;
    return { start: end - all.replace(/\S+\s+/, '').length, end };
  });
}

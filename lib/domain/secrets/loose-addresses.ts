/**
 * Credentials in what is no whole address: without a scheme (`user:password@host:3306`), encoded as a part of another one
 * (`https%3A%2F%2Fu%3Ax%40h`), cut in two by who read it (`UnknownHostException: x@h`), or in a form of its own.
 */
import { allMatches } from '../sql/match-at.ts';
import { type Span, valueSpans } from './text-spans.ts';

const USER = String.raw`(?<![\w.$:/@%+-])(?<user>[A-Za-z][\w.$-]{0,60})`;
const PASSWORD = String.raw`(?<value>[^\s:@/"'\x60<>(){}[\],;=]{1,200})`;
/** Certainly a host: with a domain, a port, numbers, or this machine. */
const HOST = String.raw`(?:(?:[\w-]{1,63}\.){1,9}[A-Za-z][\w-]{1,62}|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]{2,45}\]|[\w-]{1,63}:\d{2,5})(?![\w@])`;

const WITHOUT_SCHEME = new RegExp(`${USER}:${PASSWORD}@${HOST}`, 'dg');
/** `mailto:me@example.com`, `email:me@example.com`, `git:git@github.com`: what follows is no password. */
const NO_USER =
  /(?:mail|mailto|to|from|by|cc|sip|git|ssh|svn|user|username|login|name|owner|contact|author|sender|principal|account)$/i;

const PARTS: readonly RegExp[] = [
  // An address within another one.
  /%3A%2F%2F(?:(?!%40|%2F|%3A)[^\s"'&<>]){0,100}%3A(?<value>(?:(?!%40|%2F)[^\s"'&<>]){1,500})%40/dgi,
  // A password with a sign that divides an address: Java takes the rest of it for the host or the port.
  /(?:\bUnknownHostException: |\bunknown host:? |\bresolve (?:host(?:name)? )?|\binvalid (?:host|port)(?:name)?:? )["'[]?(?<value>[^\s"'@/]{1,200})(?=@)/dgi,
  /\binput string: "(?<value>[^\s"@]{1,200})(?=@)/dgi,
  // With any host: the message says that this is an address.
  /\b(?:ur[il]|address|authority|user ?info|endpoint)[:=]? ["'[(]?(?<user>[A-Za-z][\w.$-]{0,60}):(?<value>[^\s:@/"']{1,200})(?=@)/dgi,
  // host:port:database:user:password:
  /\bjdbc:cubrid(?:-\w{1,20})?:(?:[^\s:'"]{0,253}:){4}(?<value>[^\s:'"]{1,200})(?=:)/dgi,
];

export function looseAddressSpans(text: string): Span[] {
  const parts = /@|%40|cubrid/i.test(text) ? PARTS.flatMap((pattern) => valuesOf(pattern, text)) : [];
  // Stryker disable next-line StringLiteral: without it nothing else is found, but slowly
  return text.includes('@') ? [...parts, ...valuesOf(WITHOUT_SCHEME, text)] : parts;
}

function valuesOf(pattern: RegExp, text: string): Span[] {
  return allMatches(pattern, text).flatMap((match) => {
    // Stryker disable next-line StringLiteral: no text is a user, nor is none
    const { user = '' } = match.groups ?? {};
    return NO_USER.test(user) ? [] : valueSpans(match);
  });
}

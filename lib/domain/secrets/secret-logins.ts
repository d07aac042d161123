/** Finds the value of a failed login: `user me could not log on with x`, `authentication failed with 'x'`. */
import { isCommon, isOrdinary } from './ordinary-words.ts';
import { type Span, spanBefore } from './text-spans.ts';

const LOG_ON = String.raw`(?:log(?:ged|ging)?[ -]?(?:on|in)|logon|sign(?:ed)?[ -]?(?:on|in)|authenticat(?:e|ed|ion))(?! (?:module|class|context|config|page))`;
const NAME = String.raw`["'\x60]?[\w.@$-]{1,100}["'\x60]?`;
const WORDS = String.raw`(?: (?!with\b)[^\s.;:"']{1,40}){0,8}`;
/** A word alone only where a user is named, and where it ends its sentence or a part of it. */
const OF_USER = new RegExp(
  String.raw`\b(?:user|account|login|principal) ${NAME}${WORDS} ${LOG_ON}${WORDS} with ([^\s'"\x60,;()[\]{}]{1,200}?)(?=[.,;)\]}]{0,3}(?:\s*$|\s*\n|[,;)]\s|\.\s))`,
  'gi',
);
const IN_QUOTES = new RegExp(
  String.raw`\b${LOG_ON}${WORDS}(?: ${NAME})? with (["'\x60])([^\n"'\x60]{1,200})\1(?! (?:user|account|role|privilege|permission)s?\b)`,
  'gi',
);

/** The name of a system, words for a login, and words for its failure. */
const NO_VALUE =
  /^(?:\d{1,3}|ssl|tls|mtls|sasl|sso|saml|iam|jwt|ntlm|scram\S*|kafka|hive|hadoop|hdfs|zookeeper|mysql|postgres\w*|status|message|timeout|retries|keytab|ticket|certificate)$/i;
const NAME_OF_MECHANISM = /^[A-Z][A-Z0-9_-]*$/;
const NO_LETTERS_ALONE = /[^A-Za-z]/;

export function loginSpans(text: string): Span[] {
  // Stryker disable next-line ConditionalExpression: without it nothing else is found, but slowly
  if (!/ with /i.test(text)) return [];
  // Stryker disable next-line StringLiteral: the group is always there
  const words = [...text.matchAll(OF_USER)].flatMap(({ index, 0: all, 1: value = '' }) =>
    isNone(value) || (/authenticat/i.test(all) && !NO_LETTERS_ALONE.test(value))
      ? []
      : [spanBefore(index + all.length, value)],
  );
  // Stryker disable next-line StringLiteral: the group is always there
  const quoted = [...text.matchAll(IN_QUOTES)].flatMap(({ index, 0: all, 2: value = '' }) =>
    isNone(value) || !hasFailed(text, index, all) ? [] : [spanBefore(index + all.length - 1, value)],
  );
  return [...words, ...quoted];
}

/** "Log in with 'root'" is an instruction. */
const FAILED = /\b(?:fail\w*|not|cannot|unable|denied|refused|rejected|invalid|wrong|errors?)\b|n't\b/i;
const NEAR = 60;

function hasFailed(text: string, start: number, said: string): boolean {
  return FAILED.test(text.slice(Math.max(0, start - NEAR), start) + said);
}

function isNone(value: string): boolean {
  return NO_VALUE.test(value) || NAME_OF_MECHANISM.test(value) || isOrdinary(value) || isCommon(value);
}

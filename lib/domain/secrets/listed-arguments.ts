/** Secrets in lists of arguments, as Java prints them (`[--password, x]`), and a user with a password (`login u/x`). */
import { allMatches } from '../sql/match-at.ts';
import { isOrdinary, isRandom } from './ordinary-words.ts';
import { isSensitiveName } from './sensitive-name.ts';
import { type Span, valueSpans } from './text-spans.ts';

export function listedSpans(text: string): Span[] {
  return [...argumentsOf(text), ...quotedArguments(text), ...unmarkedArguments(text), ...pairs(text), ...users(text)];
}

const ARGUMENT = /(?<=[[,][ ]?--?(?<key>[A-Za-z][\w.-]{0,60}), )(?<value>(?!--?[A-Za-z])[^,\]\n]{1,500})(?=[,\]])/dg;

/** Flink's ParameterTool: "Error parsing arguments '[--password, x]' on 'x'". */
function argumentsOf(text: string): Span[] {
  // Stryker disable next-line ConditionalExpression,StringLiteral: without it nothing else is found, but slowly
  if (!text.includes('[-') && !text.includes(', -')) return [];
  return allMatches(ARGUMENT, text).flatMap((match) => {
    // Stryker disable next-line StringLiteral: both groups are always there
    const { key = '', value = '' } = match.groups ?? {};
    if (!isSensitiveName(key)) return [];
    return valueSpans(match).flatMap((span) => [span, ...blamed(text, span.end, value)]);
  });
}

const QUOTED = /(["'])--?(?<key>[A-Za-z][\w.-]{0,60})\1, ?(["'])(?<value>(?!--?[A-Za-z])(?:(?!\3)[^\n]){1,500})\3/dg;

/** In the form of JSON: `["--password","x"]`. */
function quotedArguments(text: string): Span[] {
  // Stryker disable next-line ConditionalExpression,StringLiteral: without it nothing else is found, but slowly
  if (!text.includes('"-') && !text.includes("'-")) return [];
  return allMatches(QUOTED, text).flatMap((match) => {
    // Stryker disable next-line StringLiteral: the group is always there
    const { key = '' } = match.groups ?? {};
    return isSensitiveName(key) ? valueSpans(match) : [];
  });
}

/** Not those that a message calls missing or unknown: these are names alone. */
const CALLED_ARGUMENTS =
  /(?<!\b(?:missing|supported|unsupported|unknown|required|optional|valid|invalid|allowed|expected|known) )\b(?:arg(?:ument)?s|argv|command(?: ?line)?|cmd)\b[^[\n]{0,20}\[(?<value>[^\]\n]{1,2000})\]/dgi;

/** `arguments '[password, x]'`: names without their `--`. */
function unmarkedArguments(text: string): Span[] {
  const lists = allMatches(CALLED_ARGUMENTS, text).flatMap((match) => valueSpans(match));
  return lists.flatMap((list) => {
    let { start } = list;
    let isSecret = false;
    return text
      .slice(list.start, list.end)
      .split(', ')
      .flatMap((item) => {
        const span = { start, end: start + item.length };
        start = span.end + ', '.length;
        const isValue = isSecret && item !== '';
        isSecret = !isValue && /^\w/.test(item) && isSensitiveName(item);
        return isValue ? [span, ...blamed(text, list.end, item)] : [];
      });
  });
}

const ON = " on '";

function blamed(text: string, from: number, value: string): Span[] {
  const found = text.slice(from, from + MAX_LIST).indexOf(`${ON}${value}'`);
  const start = from + found + ON.length;
  // Stryker disable next-line EqualityOperator: it is never 0, since the rest of the list stands before it
  return found < 0 ? [] : [{ start, end: start + value.length }];
}

const MAX_LIST = 2_000;

/** A list of two names looks the same: so a word must say that it is an option, or the value must be no name. */
const PAIR =
  /(?:\b(?<what>option|pair|entry|setting|property|argument|parameter|header)[: ]{1,2})?(?<![\w\]=])\[(?<key>[\w.$-]{1,200}), ?(?<value>[^,\]\s]{1,200})\]/dgi;

function pairs(text: string): Span[] {
  return allMatches(PAIR, text).flatMap((match) => {
    // Stryker disable next-line StringLiteral: both groups are always there
    const { what, key = '', value = '' } = match.groups ?? {};
    if (!isSensitiveName(key) || isOrdinary(value) || isSensitiveName(value)) return [];
    const isName = /^[\w.$-]*$/.test(value) && !isRandom(value);
    return what === undefined && isName ? [] : valueSpans(match);
  });
}

const USERS: readonly RegExp[] = [
  /\b(?:credentials?|login|logon|log on|basic auth|user(?:name)?[/:]password)(?!\w)["'\])]?(?: (?:as|of|with|for|is|are|was))?[:=]? ?["'[(]?(?<user>[\w.@$-]{1,100})[:/](?<value>[^\s'"\])},;/:.][^\s'"\])},;]{0,200})/dgi,
  /\b(?:as|user|connect(?:ing)?|connected) (?:to )?(?<user>[\w.$-]{1,100})\/(?<value>[^\s'"/@]{1,200})(?=@)/dgi,
  // The form of Java's URL for an address without a scheme.
  /\bno protocol: (?<user>[^\s:/@]{1,100}):(?<value>[^\s@]{1,200})(?=@)/dg,
  // A password that was cut at a sign of an address.
  /(?:\binvalid host|\bconnection string near) (?<user>')(?<value>[^'@\n]{1,200})(?=@)/dg,
];

function users(text: string): Span[] {
  // Stryker disable next-line ConditionalExpression,Regex: without it nothing else is found, but slowly
  if (!/[@:/]/.test(text)) return [];
  return USERS.flatMap((pattern) =>
    allMatches(pattern, text).flatMap((match) => {
      // Stryker disable next-line StringLiteral: both groups are always there
      const { user = '', value = '' } = match.groups ?? {};
      return /^\d+$/.test(user) || /^\d{1,5}$/.test(value) ? [] : valueSpans(match);
    }),
  );
}

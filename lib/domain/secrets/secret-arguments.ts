/** Secrets in command lines: `--password x`, `-p x`, `mysql -u root -px`, `redis-cli -a x`, `sqlplus user/x@db`. */
import { isOrdinary } from './ordinary-words.ts';
import { isSensitiveName } from './sensitive-name.ts';
import type { Span } from './text-spans.ts';

/** `isValue`: as in secretSpans. */
export function argumentSpans(text: string, isValue: boolean): Span[] {
  const spans = programSpans(text);
  // Stryker disable next-line ConditionalExpression,StringLiteral: without it nothing is found either, but slowly
  return text.includes('-') ? [...spans, ...flagSpans(text, isValue), ...gluedSpans(text)] : spans;
}

const FLAG =
  /(?:^|[\s"'])--?([A-Za-z][\w.-]{0,60})[ \t]{1,20}(?!-)((?:"[^"]*"|'[^']*'|[^\s"']|["'](?=[\p{L}\p{N}]))+)/gu;

function flagSpans(text: string, isValue: boolean): Span[] {
  // Stryker disable next-line StringLiteral: the groups are always there
  return [...text.matchAll(FLAG)].flatMap(({ index, 0: all, 1: name = '', 2: value = '' }) => {
    const end = index + all.length;
    if (!isSecretFlag(name, value) || (!isValue && isSentence(value, text.slice(end, end + 9)))) return [];
    return [withoutQuotes(value, end)];
  });
}

/** A program gets, and may print, the value without its quotes. */
function withoutQuotes(value: string, end: number): Span {
  const quote = /^(["']).*\1$/s.test(value) && value.split(value.charAt(0)).length === 3 ? 1 : 0;
  return { start: end - value.length + quote, end: end - quote };
}

/** A number behind `-p` is a port, or Flink's parallelism; `mkdir -p /x`, `docker run -p 8080:80`. */
const NO_PASSWORD = /^["']?(?:\d*$|(?:\d{1,3}(?:\.\d{1,3}){3}:)?\d{1,5}:\d|\.{0,2}\/|~\/|%s)/;

function isSecretFlag(name: string, value: string): boolean {
  return name === 'p' ? !NO_PASSWORD.test(value) : isSensitiveName(name);
}

/** `--password is required`: another word follows, and neither a flag nor the end. In a value, such as the arguments of a jar, there are none. */
function isSentence(value: string, behind: string): boolean {
  return isOrdinary(value) && /^[ \t]{1,8}[a-z]/i.test(behind);
}

/** `-px` without a blank. */
const GLUED = /(?:^|[ \t\n"'[,])-p("[^"]*"|'[^']*'|[^\s"',\]]+)/g;
/** Other flags that begin with this letter, those of Flink and of Java programs among them. */
const OTHER_FLAG =
  /^(?:y\w*|ort|art|ath|age|ool|os|re|kg|od|hase|oint|lan|lugin|ipe|ipeline|ara\w*|ass\w*|ro[a-z]*|rint\w*|refix|eriod|artition\w*|id|ublish|ull|ush)(?:[-_\d].*)?$/i;
const WITH_USER = /(?:^|[\s,])(?:-u|--user(?:name)?|-h|--host|-P(?=[ \t=]?\d))[ \t=,]{0,2}[^\s,-]/;
const NEAR = 100;

/** Only where the text says that it is a password: a user, a host or a port beside it, or letters and digits, as no flag has them. */
function gluedSpans(text: string): Span[] {
  // Stryker disable next-line StringLiteral: the group is always there
  return [...text.matchAll(GLUED)].flatMap(({ index, 0: all, 1: value = '' }) => {
    const end = index + all.length;
    if (/^\d*$|[=:/]/.test(value) || OTHER_FLAG.test(value)) return [];
    const around = lineAround(text, index, end);
    const isRandom = /^(?=.*\d)(?=.*[a-z])[^.]{5,}$/i.test(value) || /[!#$%^&*+?~]./.test(value);
    return isRandom || WITH_USER.test(around) ? [withoutQuotes(value, end)] : [];
  });
}

function lineAround(text: string, start: number, end: number): string {
  const before = text.slice(Math.max(0, start - NEAR), start);
  const behind = text.slice(end, end + NEAR);
  return `${before.slice(before.lastIndexOf('\n') + 1)} ${firstLine(behind)}`;
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end === -1 ? text : text.slice(0, end);
}

/** A shell's word. */
const ARGUMENT = String.raw`((?:"[^"]*"|'[^']*'|[^\s"'])+)`;
const flags = (signs: string): RegExp => new RegExp(String.raw`[ \t]-(?:${signs})=?${ARGUMENT}`, 'g');

/** Programs that take a password in a short flag, or in a form of their own. */
const PROGRAMS: readonly { readonly names: string; readonly secret: RegExp }[] = [
  { names: String.raw`mysql[\w-]*|mariadb[\w-]*|sshpass|7z[arz]?`, secret: flags('p') },
  { names: 'redis-cli|keydb-cli|valkey-cli', secret: flags(String.raw`a[ \t]{1,9}`) },
  { names: 'sqlcmd|bcp|osql|isql', secret: flags(String.raw`P[ \t]{0,9}`) },
  {
    names: 'ldap(?:search|add|modify|delete|whoami|passwd|compare)',
    secret: flags(String.raw`w[ \t]{0,9}`),
  },
  {
    names: 'sqlplus|sqlldr|impdp|expdp|rman',
    secret: /[ \t=]["']?[\w$#.[\]-]{1,128}\/((?:"[^"]{1,500}"|[^\s@"'/]){1,500})(?=@)/g,
  },
];
const MAX_COMMAND = 400;

const COMMANDS = PROGRAMS.map(({ names, secret }) => ({
  program: new RegExp(String.raw`(?:^|[\s/"'\x60(;|&])(?:${names})(?:\.exe)?(?=[ \t])`, 'g'),
  secret,
}));

/** Most texts name none of them. */
const ANY_PROGRAM = /(?:mysql|mariadb|sshpass|7z|-cli|sqlcmd|bcp|osql|isql|ldap|sqlplus|sqlldr|pdp|rman)/;

function programSpans(text: string): Span[] {
  // Stryker disable next-line ConditionalExpression: without it nothing is found either, but slowly
  if (!ANY_PROGRAM.test(text)) return [];
  return COMMANDS.flatMap(({ program, secret }) => {
    const found = [...text.matchAll(program)];
    return found.flatMap(({ index, 0: name }, at) => {
      const start = index + name.length;
      const until = Math.min(start + MAX_COMMAND, found[at + 1]?.index ?? text.length);
      const command = firstLine(text.slice(start, until));
      return [...command.matchAll(secret)].map((argument) =>
        // Stryker disable next-line StringLiteral: the group is always there
        withoutQuotes(argument[1] ?? '', start + argument.index + argument[0].length),
      );
    });
  });
}

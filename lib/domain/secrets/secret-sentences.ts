/**
 * Values in sentences that say so: `user me with password x`, `wrong password x`, `password x is rejected`, `bad token "x"`. A
 * word behind "password" may as well go on with what is said of it ("password file"), so that what stands around both decides.
 */
import { isOrdinary, joinsPassword } from './ordinary-words.ts';
import { loginSpans } from './secret-logins.ts';
import { type Span, spanBefore } from './text-spans.ts';

export function sentenceSpans(text: string): Span[] {
  // Stryker disable next-line ConditionalExpression: without it nothing is found either, but slowly
  const isAbout = /(?:pass(?:word|wd|phrase|code)?|pwd|token)[ \t]/i.test(text);
  return [
    ...(isAbout ? [...beside(text), ...judged(text), ...rejected(text)] : []),
    ...ofKeys(text),
    ...loginSpans(text),
  ];
}

const KEY = String.raw`pass(?:word|wd|phrase|code)|pwd`;
const GAP = String.raw`[ \t]{1,3}`;
const VALUE = String.raw`([^\s,;'"\x60()]{1,200})`;

/** A user and what follows. */
const USER = new RegExp(
  String.raw`\b(user(?:name)?|login|account|uid|as|for)[ \t:=]{1,3}["'\x60]?([\w.@$-]{1,100})["'\x60]?[,/]?${GAP}` +
    String.raw`(?:(?:and|with|using|/)${GAP})?(?:(?:the|a|its)${GAP})?(${KEY}|pass)${GAP}${VALUE}`,
  'gi',
);
/** `pass` is a verb behind these. */
const DOES = /^(?:names|ids|code|input|inputs|functions|programs?|jobs?|classes|methods?|operators?|apps?|data)$/i;

function beside(text: string): Span[] {
  return [...text.matchAll(USER)].flatMap(
    // Stryker disable next-line StringLiteral: the groups are always there
    ({ index, 0: all, 1: what = '', 2: user = '', 3: key = '', 4: value = '' }) => {
      const isVerb = key.toLowerCase() === 'pass' && (DOES.test(user) || ['as', 'for'].includes(what.toLowerCase()));
      if (isOrdinary(user) || isVerb) return [];
      const span = spanBefore(index + all.length, value);
      return isSaid(value) || isInQuery(text, index, span.end) ? [] : [span];
    },
  );
}

/** `SELECT user u, password p FROM t` */
function isInQuery(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - NEAR), start);
  return /\bselect\b/i.test(before) && /^\s{0,9}(?:,|from\b)/i.test(text.slice(end, end + 20));
}

/** Words before it: they use it, or say that it is wrong. Parsers say "token" too, so that needs a judgement. */
const JUDGED = new RegExp(
  String.raw`\b(?:(?:with|using|via)${GAP}(?:(?:the|a)${GAP})?|` +
    String.raw`(?:wrong|bad|invalid|incorrect|rejected|expired|new|old|default|temporary|root|admin|db)${GAP})(?:${KEY}|pass)${GAP}${VALUE}|` +
    String.raw`(?:\b(?:the|my|your)${GAP}|(?:^|[\n,;:({\[][ \t]{0,3}))pass${GAP}(?=[^\s,;]{0,99}\d)${VALUE}`,
  'gi',
);
const JUDGED_TOKEN = new RegExp(
  String.raw`\b(?:wrong|bad|invalid|incorrect|rejected|expired|revoked|stale|(?:access|api|auth|bearer|refresh|session|security))` +
    String.raw`${GAP}token${GAP}(?:(["'\x60])((?:(?!\1)[^\n]){1,500})\1|${VALUE})`,
  'gi',
);

function judged(text: string): Span[] {
  // Stryker disable next-line StringLiteral: one of both groups is always there
  const words = [...text.matchAll(JUDGED)].flatMap(({ index, 0: all, 1: judgedValue, 2: passValue = '' }) => {
    const value = judgedValue ?? passValue;
    const span = spanBefore(index + all.length, value);
    return isSaid(value) || goesOn(text, value, span.end) ? [] : [span];
  });
  const tokens = [...text.matchAll(JUDGED_TOKEN)].flatMap(({ index, 0: all, 1: quote = '', 2: quoted, 3: said }) => {
    // Stryker disable next-line StringLiteral: one of both groups is always there
    const value = quoted ?? said ?? '';
    const span = spanBefore(index + all.length - quote.length, value);
    return isOfParser(text, index, value, span.end) || goesOn(text, value, span.end) ? [] : [span];
  });
  return [...words, ...tokens];
}

/** Words after it: it is not accepted. */
const REJECTED = new RegExp(
  String.raw`\b(?:(?:${KEY})${GAP}${VALUE}|token${GAP}(["'\x60])((?:(?!\2)[^\n]){1,500})\2)(?=${GAP}` +
    String.raw`(?:(?:is|was|has|did|does|could|can)${GAP}){0,2}(?:been${GAP})?(?:not${GAP}|n't${GAP})?` +
    String.raw`(?:wrong|incorrect|invalid|bad|rejected|refused|denied|expired|revoked|accepted|valid|correct|match|authorized|known|too${GAP}(?:short|long|weak|simple))\b)`,
  'gi',
);

function rejected(text: string): Span[] {
  return [...text.matchAll(REJECTED)].flatMap(({ index, 0: all, 1: said, 2: quote = '', 3: quoted }) => {
    // Stryker disable next-line StringLiteral: one of both groups is always there
    const value = said ?? quoted ?? '';
    const span = spanBefore(index + all.length - quote.length, value);
    if (said === undefined) return isOfParser(text, index, value, span.end) ? [] : [span];
    return isSaid(value) ? [] : [span];
  });
}

const KEY_OF = new RegExp(
  String.raw`\b(?:api|access|secret|private|account) key${GAP}(?=[^\s,;]{0,200}\d)(?=[^\s,;]{0,200}[a-z])${VALUE}`,
  'gi',
);
const KIND_OF_KEY = /^(?:.{1,5}|base64|sha-?\d+|pkcs\S*|aes\S*|rsa\S*|ed25519|x509|[hr]s\d+)$/i;

/** `API key a1b2c3 is not active`: with a digit in it, and longer than the name of a version. */
function ofKeys(text: string): Span[] {
  if (!/\bkey[ \t]/i.test(text)) return [];
  return [...text.matchAll(KEY_OF)].flatMap(({ index, 0: all, 1: value = '' }) =>
    KIND_OF_KEY.test(value.replace(/[.:!?]+$/, '')) || isSaid(value) ? [] : [spanBefore(index + all.length, value)],
  );
}

/** A word that continues the sentence, or one of Flink's options and SQL. */
function isSaid(value: string): boolean {
  return isOrdinary(value) || joinsPassword(value) || /^[-=<|*]|^[A-Z_]{1,40}\.?$(?<=_.{0,40})/.test(value);
}

/** Another word follows that is no beginning of a new part: the value is a part of a longer name. */
const GOES_ON =
  /^[ \t]{1,3}(?!(?:for|at|on|to|as|in|from|of|and|or|is|was|has|had|by|because|but|while|when|against|via|using|with|not|failed|could|did|does|cannot|can't|after|before)\b)[a-z]/i;

function goesOn(text: string, value: string, end: number): boolean {
  return !/[.:!?]$/.test(value) && GOES_ON.test(text.slice(end, end + 12));
}

const NEAR = 100;
const PARSER =
  /\b(?:line|column|position|pos|offset|index|expect\w*|pars\w{1,9}|syntax|JSON|near|query|expression|encounter\w*|unexpected|lexical|statement|SQL|keyword|literal|character)\b/i;

/** A parser says this about a sign or a word in its input. */
function isOfParser(text: string, start: number, value: string, end: number): boolean {
  if (!/[\p{L}\p{N}]/u.test(value) || isSaid(value)) return true;
  return PARSER.test(`${text.slice(Math.max(0, start - NEAR), start)} ${text.slice(end, end + NEAR)}`);
}

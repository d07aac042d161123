/**
 * Values that a message says of a sensitive key with words of its own between them: "Encountered 'x' near 'password'", "Property
 * 'password' has the invalid value x", "password too short: x", "password of u is x", `Password[value=x]`, `password....x`.
 */
import { allMatches } from '../sql/match-at.ts';
import { isOrdinary, isRandom, joinsPassword } from './ordinary-words.ts';
import { isSensitiveName } from './sensitive-name.ts';
import { mergedSpans, type Span, valueSpans } from './text-spans.ts';

const WHAT = String.raw`(?:config(?:uration)?(?: option| key)?|key|option|property|parameter|keyword|token)`;
/** From its first sign on, so that a long one is read once. */
const KEY = String.raw`(?<![\w.$-])(?<key>[\w.$-]{1,200})`;
/** A value in quotes, or a word that ends its sentence or a part of it. */
const VALUE = String.raw`(?:(?<quote>["'\x60])(?<quoted>(?:(?!\k<quote>)[^\n]){1,500})\k<quote>|(?<word>[^\s'"\x60,;()[\]{}]{1,200}?)(?=[.,;)\]}]{0,3}(?:\s*$|\s*\n|[,;)]\s|\.\s)))`;
const IN_QUOTES = String.raw`(?<quote>["'\x60]{1,2})(?<quoted>(?:(?!\k<quote>)[^\n]){1,500})\k<quote>`;

const SAID: readonly RegExp[] = [
  // Parsers: the word beside the key is its value, or the sign between them.
  String.raw`${IN_QUOTES} (?:near|next to|before|behind|after|following) (?:the )?(?:${WHAT} )?["'\x60]{1,2}${KEY}["'\x60]`,
  String.raw`\bnear ["'\x60]{1,2}${KEY}["'\x60]{1,2} (?:["'\x60]=["'\x60] )?${IN_QUOTES}`,
  // Errors about a value.
  String.raw`${KEY}["'\x60]? (?:has|had|with) (?:an? |the )?(?:invalid|illegal|wrong|bad|unsupported|unexpected|malformed) value:? ${VALUE}`,
  String.raw`${KEY}["'\x60]?[^'"\x60\n.;:]{1,80}?,? (?:but )?\b(?:got|gave|received|found|(?<=but )(?:is|was)|provided):? ${VALUE}`,
  String.raw`${KEY}["'\x60]?,? value[:=] ?${VALUE}`,
  String.raw`${KEY} (?:is |was )?too (?:short|long|weak|simple)[:,] (?:(?:got|was|is):? )?${VALUE}`,
  String.raw`${KEY} (?:of|for) (?:the )?(?:user |account |login )?["'\x60]?[\w.@-]{1,100}["'\x60]?(?: is| was|:) ${VALUE}`,
].map((pattern) => new RegExp(pattern, 'dgi'));

/** An object of Java or Kotlin that holds the value alone. */
const HOLDER = new RegExp(
  String.raw`${KEY}[[({](?:value|val|text|content|raw|data|plain\w{0,10}|string)["']?\s?[=:]\s?["']?(?<word>[^\s,()[\]{}'"]{1,500})`,
  'dgi',
);
/** Dots lead from one column to the next. Three of them between blanks mean that something was left out. */
const DOTS =
  /(?<![\w.$-])(?<key>[\w$-]{1,60}(?:\.[\w$-]{1,60}){0,9})(?:\.{3,80}(?=\S)|[ \t]?\.{4,80}[ \t]{0,3}):?[ \t]{0,3}(?:(?<quote>["'])(?<quoted>(?:(?!\k<quote>)[^\n]){1,500})\k<quote>|(?<word>[^\s.,;'"][^\s,;'"]{0,200}))/dg;
const IN_PARENTHESES = /(?<![\w.$-])(?<key>[\w.$-]{1,60})[ \t]\((?<word>[^\s,()'"]{1,200})\)/dg;

const HINT = /pass|pwd|secret|token|auth|key|cred|jaas|sas|cookie/gi;
/** As far as a value can stand from its key. */
const NEAR = 700;

export function saidSpans(text: string): Span[] {
  const places = allMatches(HINT, text).map(({ index }) => ({ start: Math.max(0, index - NEAR), end: index + NEAR }));
  // Most of a long text is near no key.
  return mergedSpans(places).flatMap(({ start, end }) => moved(spansIn(text.slice(start, end)), start));
}

function moved(spans: readonly Span[], by: number): Span[] {
  return spans.map(({ start, end }) => ({ start: start + by, end: end + by }));
}

function spansIn(text: string): Span[] {
  return [
    ...SAID.flatMap((pattern) => found(pattern, text)),
    ...found(HOLDER, text),
    ...found(DOTS, text),
    ...found(IN_PARENTHESES, text, isOfPassword),
  ];
}

/** The value, and the text before it. */
interface Said {
  readonly key: string;
  readonly value: string;
  readonly before: string;
}

const MAX_BEFORE = 40;

function found(pattern: RegExp, text: string, also: (said: Said) => boolean = () => true): Span[] {
  return allMatches(pattern, text).flatMap((match) => {
    // Stryker disable next-line StringLiteral: a key is always there, and a word where nothing is quoted
    const { key = '', quoted, word = '' } = match.groups ?? {};
    const before = text.slice(Math.max(0, match.index - MAX_BEFORE), match.index);
    const said = { key, value: quoted ?? word, before };
    if (!isSensitiveName(key) || !isValue(said) || !also(said)) return [];
    return valueSpans(match, quoted === undefined ? 'word' : 'quoted');
  });
}

const TOKEN = /^tokens?$/i;
/** Signs, keywords and types, numbers of a few digits, and words that continue the sentence. */
const NO_VALUE = /^(?:[^\p{L}\p{N}]+|[A-Z_]+|\d{1,3})$/u;

function isValue({ key, value }: Said): boolean {
  if (NO_VALUE.test(value) || isOrdinary(value) || joinsPassword(value)) return false;
  return !TOKEN.test(key) || isRandom(value);
}

const PASSWORD = /(?:pass(?:word|wd|phrase|code)|pwd|secret)$/;
/** `CREATE TABLE secret (x)` */
const BEFORE_TABLE = /(?:\b(?:select|table|into|from|join|update|index|view|on|references|exists)\s|[.`])$/i;
const KIND =
  /^(?:base64|hex|utf-?8|sha-?\d+|md5|plaintext|bcrypt|jwt|oauth2?|pem|der|jks|v\d|e\.g\.?|i\.e\.?|optional|mandatory|opaque|plain|clear)$/i;

function isOfPassword({ key, value, before }: Said): boolean {
  return PASSWORD.test(key) && !BEFORE_TABLE.test(before) && !KIND.test(value);
}

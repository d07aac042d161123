/** Taking values that must not be seen out of any text, in every form in which a text may quote them. */
import { MAX_ERROR_LENGTH } from '../limits.ts';

/** A value, and its replacement: `${name}` of a secret, a mask for a plain value with a sensitive name. */
export interface KnownValue {
  readonly value: string;
  readonly shown: string;
}

/** Shorter values are in half of all texts by chance. */
export const MIN_MASKED_LENGTH = 4;
/** A line of a value of several lines is its own secret (keys in PEM form), but `}` or `end` is none. */
const MIN_LINE_LENGTH = 8;
/** For a value that was cut at the end of a text. */
const MIN_TAIL_LENGTH = 3;

/** From this length on, every match is the value, not by chance an equal word. */
export const MIN_LITERAL_LENGTH = 8;

/**
 * For short values, which stand in half of all texts by chance: they are taken out where they are all that a pair of quotes
 * holds, or all that stands behind a `=`.
 */
export function wholeMasker(known: readonly KnownValue[]): (text: string) => string {
  const shownFor = new Map<string, string>();
  for (const { value, shown } of known) {
    if (value === '' || value.length >= MIN_LITERAL_LENGTH) continue;
    for (const form of written(value)) if (!shownFor.has(form)) shownFor.set(form, shown);
  }
  // Stryker disable next-line ConditionalExpression: where nothing is known nothing is found either, but slowly
  if (shownFor.size === 0) return (text) => text;
  const lengths = [...new Set([...shownFor.keys()].map((form) => form.length))].sort((a, b) => b - a);
  return (text) => {
    const parts: string[] = [];
    let from = 0;
    let closed = 0;
    for (const { index } of text.matchAll(/['"=]/g)) {
      const start = index + 1;
      const length = start <= closed ? undefined : lengths.find((some) => isWhole(text, start, start + some, shownFor));
      if (length === undefined) continue;
      // Stryker disable next-line StringLiteral: what was found is known; the compiler does not know that
      parts.push(text.slice(from, start), shownFor.get(text.slice(start, start + length)) ?? '');
      from = start + length;
      closed = text[index] === '=' ? from : text.indexOf(text.charAt(index), from) + 1;
    }
    return parts.join('') + text.slice(from);
  };
}

function isWhole(text: string, start: number, end: number, forms: ReadonlyMap<string, string>): boolean {
  const form = text.slice(start, end);
  if (!forms.has(form)) return false;
  const isWord = WORD.test(form);
  const ends = text[start - 1] === '=' ? ENDS_VALUE.test(text.slice(end, end + 1)) : isClosed(text, start, end, isWord);
  return ends && (isWord || isBeginning(text, start));
}

const ENDS_VALUE = /^(?:[\s,;&)}\]'"]|$)/;
const WORD = /[\p{L}\p{N}_]/u;

/**
 * Within JSON in JSON a quote ends what one of its own depth has begun: with as many backslashes. Of a word another depth will
 * do, since the text may be cut or wrong; signs stand between quotes of two depths by chance: `"{\"`.
 */
function isClosed(text: string, start: number, end: number, isWord: boolean): boolean {
  let from = start - 1;
  while (text[from - 1] === '\\') from -= 1;
  const isSameDepth = text.startsWith(text.slice(from, start), end);
  return isSameDepth || (isWord && text.startsWith(text.charAt(start - 1), text[end] === '\\' ? end + 1 : end));
}

/** Signs alone, as `=` or `, `, may also be between two values: `'a'='b'`. There a word is before the quote. */
function isBeginning(text: string, start: number): boolean {
  let before = start - 2;
  while (text[before] === '\\') before -= 1;
  const isBehindWord = WORD.test(text.charAt(before));
  return text[start - 1] === '=' ? isBehindWord : !isBehindWord;
}

/** The text with the replacement of each value, in one pass, the longest first. */
export function valueMasker(known: readonly KnownValue[]): (text: string) => string {
  const shownFor = shownForms(known);
  // Stryker disable next-line ConditionalExpression: a pattern of nothing changes nothing either, but slowly
  if (shownFor.size === 0) return (text) => text;
  const forms = [...shownFor.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map(escaped).join('|'), 'g');
  return (text) => text.replace(pattern, (form) => shownFor.get(form) ?? form);
}

/** The same for messages. Data is never cut so: the end of a cell may look like the beginning of a value. */
export function messageMasker(known: readonly KnownValue[]): (text: string) => string {
  const shownFor = shownForms(known);
  const mask = valueMasker(known);
  return (text) => maskCuts(mask(text), text, shownFor);
}

function shownForms(known: readonly KnownValue[]): ReadonlyMap<string, string> {
  const shownFor = new Map<string, string>();
  for (const { value, shown } of known) {
    for (const form of formsOf(value)) if (!shownFor.has(form)) shownFor.set(form, shown);
  }
  return shownFor;
}

/** Stands where a text was cut. */
export const CUT_MARK = '…';

/** Flink's texts are cut on arrival: the rest of a value at such a place is still a secret. */
function maskCuts(masked: string, original: string, shownFor: ReadonlyMap<string, string>): string {
  const parts = masked.split(CUT_MARK);
  const cutAtEnd = original.length >= MAX_ERROR_LENGTH;
  return parts.map((part, at) => (at < parts.length - 1 || cutAtEnd ? maskTail(part, shownFor) : part)).join(CUT_MARK);
}

/** The longest part counts: what ends like the beginning of one value may end in more of another. */
function maskTail(text: string, shownFor: ReadonlyMap<string, string>): string {
  let longest = MIN_TAIL_LENGTH - 1;
  let masked = text;
  for (const [form, shown] of shownFor) {
    // Stryker disable next-line ArithmeticOperator: a longer tail would be the whole form, and that is taken out already
    for (let length = form.length - 1; length > longest; length--) {
      if (!text.endsWith(form.slice(0, length))) continue;
      longest = length;
      masked = text.slice(0, -length) + shown;
    }
  }
  return masked;
}

function formsOf(value: string): Set<string> {
  const lines = value.split(/[\r\n]/).map((line) => line.trim());
  const parts = lines.filter((line) => line.length >= MIN_LINE_LENGTH);
  const all = [value, value.trim(), value.replace(/\s+/g, ' ').trim(), ...parts].flatMap(written);
  return new Set(all.filter((form) => form.length >= MIN_MASKED_LENGTH));
}

/** As a literal or a name of SQL, in JSON (and Java), in JSON within JSON, in a URL. */
export function written(value: string): string[] {
  const json = inJson(value);
  const deeper = inJson(json);
  const url = encodeURIComponent(value);
  const form = new URLSearchParams([['', value]]).toString().slice(1);
  const inLiteral = value.replaceAll("'", "''");
  return [
    ...[
      value,
      inLiteral,
      inLiteral.replaceAll('\\', '\\\\'),
      value.replaceAll('`', '``'),
      json,
      deeper,
      inJson(deeper),
    ],
    ...[json.replaceAll('/', '\\/'), url, form].flatMap((one) => [
      one,
      one.replace(/%../g, (hex) => hex.toLowerCase()),
    ]),
  ];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

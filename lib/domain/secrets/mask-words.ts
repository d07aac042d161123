/**
 * Short values in sentences: "user me was refused with x7". Only as a word of its own, since a short text stands within many
 * words by chance, and never a word that Flink's sentences are made of.
 */
import { escaped, type KnownValue, MIN_LITERAL_LENGTH, written } from './mask-values.ts';
import { isCommon } from './ordinary-words.ts';

const WORD = String.raw`[\p{L}\p{N}_]`;
const BEFORE = String.raw`(?<!${WORD}|${WORD}[.$-])`;
const BEHIND = String.raw`(?!${WORD}|[.$-]${WORD})`;
/** Signs alone, such as `-!-`, are a word between blanks and quotes. */
const SIGNS_BEFORE = String.raw`(?<![^\s'"\x60])`;
const SIGNS_BEHIND = String.raw`(?![^\s'"\x60])`;
/** A part of `\\` or `\"` in place of the whole would leave a text whose literals end elsewhere. */
const NOT_ESCAPED = String.raw`(?<!\\)`;
/** "line 3, column 14": the numbers lead to the place in the task. */
const NO_PLACE = String.raw`(?<!\b(?:line|column) )`;

/** The text with short values replaced where they are whole words. */
export function wordMasker(known: readonly KnownValue[]): (text: string) => string {
  const shownFor = new Map<string, string>();
  for (const { value, shown } of known) {
    if (!isToFind(value)) continue;
    for (const form of written(value)) if (!shownFor.has(form)) shownFor.set(form, shown);
  }
  // Stryker disable next-line ConditionalExpression: a pattern of nothing changes nothing either, but slowly
  if (shownFor.size === 0) return (text) => text;
  const forms = [...shownFor.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map(asWord).join('|'), 'gu');
  return (text) => text.replace(pattern, (form) => shownFor.get(form) ?? form);
}

/** Of numbers below 100, of one or two signs and of common words, the same text is there by chance. */
const BY_CHANCE = /^(?:\d{1,2}|[^\p{L}\p{N}_]{1,2})$/u;

function isToFind(value: string): boolean {
  return value.trim() !== '' && value.length < MIN_LITERAL_LENGTH && !BY_CHANCE.test(value) && !isCommon(value);
}

function asWord(form: string): string {
  const isWord = (sign: string): boolean => /[\p{L}\p{N}_]/u.test(sign);
  const hasWord = isWord(form);
  const before = hasWord ? BEFORE_OF[isWord(form.charAt(0)) ? 'word' : 'sign'] : SIGNS_BEFORE;
  const behind = hasWord ? BEHIND_OF[isWord(form.slice(-1)) ? 'word' : 'sign'] : SIGNS_BEHIND;
  const whole = `${/^[\\'"]/.test(form) ? NOT_ESCAPED : ''}${escaped(form)}${notEscaping(form)}`;
  return `${/^\d+$/.test(form) ? NO_PLACE : ''}${before}${whole}${behind}`;
}

/** Of JSON within JSON, the quote behind the value is escaped as well: with less than half as many as an escaped `\\` has. */
function notEscaping(form: string): string {
  const atEnd = form.length - form.replace(/\\+$/, '').length;
  return atEnd === 0 ? '' : String.raw`(?!\\{${Math.ceil(atEnd / 2)}})`;
}

/** A sign ends a word. */
const BEFORE_OF = { word: BEFORE, sign: '' } as const;
const BEHIND_OF = { word: BEHIND, sign: '' } as const;

/**
 * Puts values of a request into a text so that they stay values: the tokens around them are the same before and after. In
 * quotes any value is data; elsewhere it is one value of SQL.
 */
import type { AppError } from '../errors.ts';
import { escapeSign } from '../sql/escape-sign.ts';
import { nth } from '../sql/nth.ts';
import { isNamePath, isNumber, isOneValue } from '../sql/one-value.ts';
import { scanOrNull } from '../sql/scan.ts';
import { isPunctuation, isWord, type ScannedText, type Token, valueOf } from '../sql/token.ts';
import { asJarArguments } from './jar-args.ts';
import { type PlacedSlot, refusedValue, type WrittenSlot } from './refused.ts';
import { firstDifference, withWritten } from './tokens.ts';

/**
 * How each slot is written. `text` holds `${name}` in the place of each; slots are in order of the text.
 *
 * Throws variable.refused where a value can't stand.
 */
export function writeSlots({ text, tokens: before }: ScannedText, slots: readonly PlacedSlot[]): WrittenText {
  const written = withoutComments(text, before, slots);
  const tokens = scanOrNull(withWritten(text, written));
  const blamed = firstDifference(before, tokens, written);
  if (blamed !== null) throw refusedValue(blamed, 'used where it would change the text around it', ONE_VALUE);
  return { slots: written, tokens };
}

export interface WrittenText {
  readonly slots: readonly WrittenSlot[];
  /** Of the text with the values in place; null: nobody has read it yet. */
  readonly tokens: readonly Token[] | null;
}

const ONE_VALUE = 'Outside quotes it must be a single value.';

/** Comments are not sent, and stay as they are. */
function withoutComments(text: string, all: readonly Token[], slots: readonly PlacedSlot[]): WrittenSlot[] {
  const tokens = all.filter(({ kind }) => kind !== 'comment' && kind !== 'foreign');
  const written: WrittenSlot[] = [];
  let index = 0;
  let statement = 0;
  for (let at = 0; at < slots.length;) {
    const slot = nth(slots, at);
    for (; index < tokens.length && nth(tokens, index).end <= slot.start; index += 1) {
      if (nth(tokens, index).kind === 'semicolon') statement = index + 1;
    }
    const token = tokens[index];
    if (token === undefined || token.start > slot.start) {
      written.push({ ...slot, written: text.slice(slot.start, slot.end) });
      at += 1;
      continue;
    }
    const until = isGlued(tokens, index) ? runEnd(tokens, index) : token.end;
    const inside: PlacedSlot[] = [];
    for (let other = slots[at]; other !== undefined && other.end <= until; other = slots[at]) {
      inside.push(other);
      at += 1;
    }
    written.push(...writeInto(text, tokens, { index, statement }, inside));
  }
  return written;
}

interface Place {
  readonly index: number;
  /** Index of the first token of the statement. */
  readonly statement: number;
}

/** `slots`: all slots in the token, or in the names and numbers that form one word with it. */
function writeInto(
  text: string,
  tokens: readonly Token[],
  { index, statement }: Place,
  slots: readonly PlacedSlot[],
): WrittenSlot[] {
  const token = nth(tokens, index);
  switch (token.kind) {
    case 'string':
      return inLiteral(tokens, { index, statement }, slots);
    case 'name':
      return slots.map(inName);
    case 'raw':
      return slots.map((slot) => inRaw(slot, token));
    default:
      return isGlued(tokens, index)
        ? inWord(text, tokens, { index, statement }, slots)
        : slots.map((slot) => alone(text, tokens, { index, statement }, slot));
  }
}

function inLiteral(tokens: readonly Token[], { index, statement }: Place, slots: readonly PlacedSlot[]): WrittenSlot[] {
  const token = nth(tokens, index);
  refuseEscapeSign(tokens, index, nth(slots, 0));
  const escape = escapeSign(tokens, index);
  const asLiteral = (value: string): string => {
    const doubled = value.replaceAll("'", "''");
    return escape === null ? doubled : doubled.replaceAll(escape, escape + escape);
  };
  const values = isJarArgs(tokens, index, statement) ? asJarArguments(token, slots) : slots.map(({ value }) => value);
  return slots.map((slot, at) => ({ ...slot, written: asLiteral(nth(values, at)) }));
}

/** It says what the author's own literal means. */
function refuseEscapeSign(tokens: readonly Token[], index: number, slot: PlacedSlot): void {
  if (isWord(tokens[index - 1], 'UESCAPE')) throw refusedValue(slot, 'behind UESCAPE', 'Write the sign itself.');
}

/** The literal behind `'args' =` of an EXECUTE JAR. */
function isJarArgs(tokens: readonly Token[], index: number, statement: number): boolean {
  if (!isWord(tokens[statement], 'EXECUTE') || !isWord(tokens[statement + 1], 'JAR')) return false;
  const key = tokens[index - 2];
  return isPunctuation(tokens[index - 1], '=') && key?.kind === 'string' && valueOf(key) === 'args';
}

function inName(slot: PlacedSlot): WrittenSlot {
  if (/[\r\n]/.test(slot.value))
    throw refusedValue(slot, 'in a name in backquotes', "A name can't contain line breaks.");
  return { ...slot, written: slot.value.replaceAll('`', '``') };
}

/** Flink reads an unquoted SET or RESET by a pattern: blanks and quote signs would end the value. */
function inRaw(slot: PlacedSlot, token: Token): WrittenSlot {
  const isWhole = token.start === slot.start && token.end === slot.end;
  const isLiteral = isWhole && slot.value.startsWith("'") && isOneValue(slot.value) && !slot.value.includes(',');
  const isBare = /^[^\s'"`;]+$/.test(slot.value) && !slot.value.includes('${');
  if (isLiteral || isBare) return { ...slot, written: slot.value };
  throw refusedValue(
    slot,
    'in a SET or RESET without quotes',
    "There it can't contain blanks, quotes or semicolons: write SET 'key' = 'value'.",
  );
}

const JOINED = new Set(['word', 'number', 'placeholder']);

/** The token before or behind is one word with it: `orders_${day}`, `${a}${b}`. */
function isGlued(tokens: readonly Token[], index: number): boolean {
  return joins(tokens[index - 1], tokens[index]) || joins(tokens[index], tokens[index + 1]);
}

function joins(left: Token | undefined, right: Token | undefined): boolean {
  return left !== undefined && left.end === right?.start && JOINED.has(left.kind) && JOINED.has(right.kind);
}

/** Where the last token ends that is one word with it. */
function runEnd(tokens: readonly Token[], index: number): number {
  let last = index;
  while (joins(tokens[last], tokens[last + 1])) last += 1;
  return nth(tokens, last).end;
}

function runStart(tokens: readonly Token[], index: number): number {
  let first = index;
  while (joins(tokens[first - 1], tokens[first])) first -= 1;
  return nth(tokens, first).start;
}

/** Parts of a word: together one name, or one number. */
function inWord(text: string, tokens: readonly Token[], place: Place, slots: readonly PlacedSlot[]): WrittenSlot[] {
  const start = runStart(tokens, place.index);
  if (nth(tokens, place.statement).start === start) throw beginsStatement(nth(slots, 0));
  const written = slots.map((slot) => ({ ...slot, written: slot.value }));
  const parts: string[] = [];
  let from = start;
  for (const slot of written) {
    parts.push(text.slice(from, slot.start), slot.written);
    from = slot.end;
  }
  const whole = parts.join('') + text.slice(from, runEnd(tokens, place.index));
  if (isNamePath(whole) || isNumber(whole)) return written;
  const blamed = slots.find(({ value }) => /[^\p{L}\p{N}_]/u.test(value)) ?? nth(slots, 0);
  throw refusedValue(blamed, 'part of a word', 'Together with the text around it, it must be one name or one number.');
}

function alone(text: string, tokens: readonly Token[], { index, statement }: Place, slot: PlacedSlot): WrittenSlot {
  if (index === statement) throw beginsStatement(slot);
  refuseEscapeSign(tokens, index, slot);
  const value = slot.value.replace(/^[ \t\r\n\f]+|[ \t\r\n\f]+$/g, '');
  if (!isOneValue(value)) {
    const what = "a number, a name, TRUE, FALSE, NULL, a literal such as 'x' or DATE '2026-01-31', or a list of these";
    throw refusedValue(slot, 'outside quotes', `There it must be one value: ${what}.`);
  }
  const before = wouldMerge(text.charAt(slot.start - 1), value.charAt(0)) ? ' ' : '';
  const behind = wouldMerge(value.slice(-1), text.charAt(slot.end)) || text[slot.end] === "'" ? ' ' : '';
  return { ...slot, written: before + value + behind };
}

function beginsStatement(slot: PlacedSlot): AppError {
  return refusedValue(slot, 'at the beginning of a statement', 'A request chooses values, not statements.');
}

/** Whether two signs would be read together: `--` begins a comment, `''` goes on with a literal, `&'` begins one. */
function wouldMerge(left: string, right: string): boolean {
  if (left === '&') return right === "'";
  return left === right && (left === '-' || left === "'" || left === '`');
}

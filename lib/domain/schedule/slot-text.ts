/** `${slot.date - 1d, yyyyMMdd}`: a time of the slot in the value of a schedule's variable, read and written. */
import { UNIT_MS } from '../time.ts';
import { instantOf, lastDayOf, wallTimeOf } from './wall-clock.ts';

/** start: when the slot before was; end: when this one is; both in UTC ms. */
export interface Slot {
  readonly startMs: number;
  readonly endMs: number;
  readonly timeZone: string;
}

interface SlotTime {
  readonly what: 'start' | 'end' | 'date';
  /** How much is added, and of which unit. */
  readonly add: number;
  readonly unit: Unit;
  readonly format: readonly Piece[];
}

type Unit = 'min' | 'h' | 'd' | 'w' | 'mon' | 'y';
type Piece = { readonly literal: string } | { readonly field: keyof typeof WRITE };

/** What a value may have between its texts. A sentence says what is wrong. */
type ReadText = { readonly parts: readonly (string | SlotTime)[] } | { readonly problem: string };

const SLOT = /^slot\.(start|end|date)\s*(?:([+-])\s*(\d{1,4})\s*([A-Za-z]*)\s*)?(?:,(.*))?$/s;
const USUAL = { start: 'yyyy-MM-dd HH:mm:ss', end: 'yyyy-MM-dd HH:mm:ss', date: 'yyyy-MM-dd' } as const;
const UNITS: readonly string[] = ['min', 'h', 'd', 'w', 'mon', 'y'] satisfies Unit[];
const EXAMPLES = '${slot.start}, ${slot.end}, ${slot.date - 1d} or ${slot.date, yyyyMMdd}';

export function readSlotText(text: string): ReadText {
  const parts: (string | SlotTime)[] = [];
  // Stryker disable next-line EqualityOperator: at the end nothing is left
  for (let at = 0; at < text.length;) {
    const opens = text.indexOf('${', at);
    if (opens < 0) return { parts: [...parts, text.slice(at)] };
    const closes = text.indexOf('}', opens);
    // Stryker disable next-line EqualityOperator: it is never 0
    if (closes < 0) return { problem: 'a ${ has no end' };
    const read = readSlotTime(text.slice(opens + 2, closes).trim());
    if ('problem' in read) return read;
    parts.push(text.slice(at, opens), read);
    at = closes + 1;
  }
  return { parts };
}

function readSlotTime(inner: string): SlotTime | { readonly problem: string } {
  // Stryker disable next-line ArrayDeclaration: the first member is the whole match
  const [, what, sign, count, unit, format] = SLOT.exec(inner) ?? [];
  if (what === undefined) return { problem: `write ${EXAMPLES}` };
  const kind = what as SlotTime['what'];
  const pieces = readFormat(format?.trim() ?? USUAL[kind]);
  if ('problem' in pieces) return pieces;
  // Stryker disable next-line StringLiteral: of nothing the unit is the same
  if (sign === undefined) return { what: kind, add: 0, unit: 'd', format: pieces };
  // Stryker disable next-line StringLiteral: with a sign there is a unit, or an empty text
  if (!UNITS.includes(unit ?? '')) return { problem: `the unit must be one of ${UNITS.join(', ')}, as in 1d` };
  if (kind === 'date' && (unit === 'h' || unit === 'min')) {
    return { problem: 'a date has no hours: use slot.start or slot.end' };
  }
  return { what: kind, add: Number(`${sign}${count}`), unit: unit as Unit, format: pieces };
}

const PIECE = /'([^']*)'|(yyyy|MM|dd|HH|mm|ss|SSS|XXX)|([^A-Za-z'])/y;

function readFormat(format: string): readonly Piece[] | { readonly problem: string } {
  const pieces: Piece[] = [];
  for (let at = 0; at < format.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    // Stryker disable next-line ArrayDeclaration: the first member is the whole match
    const [, quoted, field, sign] = PIECE.exec(format) ?? [];
    const literal = quoted ?? sign;
    if (field !== undefined) pieces.push({ field: field as keyof typeof WRITE });
    else if (literal !== undefined) pieces.push({ literal });
    else
      return { problem: `a format has yyyy MM dd HH mm ss SSS XXX, other letters in '…'; not "${format.slice(at)}"` };
  }
  return pieces.length > 0 ? pieces : { problem: 'the format is empty' };
}

/** @param text that readSlotText takes */
export function writeSlotText(text: string, slot: Slot): string {
  const read = readSlotText(text);
  if ('problem' in read) return text;
  return read.parts.map((part) => (typeof part === 'string' ? part : writeTime(part, slot))).join('');
}

function writeTime({ what, add, unit, format }: SlotTime, { startMs, endMs, timeZone }: Slot): string {
  if (what === 'date') {
    const midnight = Math.floor(wallTimeOf(endMs, timeZone) / UNIT_MS.d) * UNIT_MS.d;
    return written(format, onCalendar(midnight, add, unit), timeZone);
  }
  const atMs = moved(what === 'start' ? startMs : endMs, add, unit, timeZone);
  return written(format, wallTimeOf(atMs, timeZone), timeZone, atMs);
}

const ELAPSED_MS: Partial<Record<Unit, number>> = { min: UNIT_MS.m, h: UNIT_MS.h };

/** Hours pass; days are counted on the calendar, so that the same time of day comes out on both sides of a change. */
function moved(atMs: number, add: number, unit: Unit, timeZone: string): number {
  const elapsed = ELAPSED_MS[unit];
  if (elapsed !== undefined) return atMs + add * elapsed;
  // Of the two times in an hour that comes twice, no move must make the other one.
  return add === 0 ? atMs : instantOf(onCalendar(wallTimeOf(atMs, timeZone), add, unit), timeZone);
}

/** The 31st and a month becomes the last day of a month that is shorter. */
function onCalendar(wallMs: number, add: number, unit: Unit): number {
  if (unit === 'd' || unit === 'w') return wallMs + add * (unit === 'w' ? 7 : 1) * UNIT_MS.d;
  const date = new Date(wallMs);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + add * (unit === 'y' ? 12 : 1);
  const [year, month] = [Math.floor(months / 12), months % 12];
  return Date.UTC(year, month, Math.min(date.getUTCDate(), lastDayOf(year, month))) + (wallMs % UNIT_MS.d);
}

const two = (number: number): string => String(number).padStart(2, '0');

const WRITE = {
  yyyy: (wall: Date) => String(wall.getUTCFullYear()).padStart(4, '0'),
  MM: (wall: Date) => two(wall.getUTCMonth() + 1),
  dd: (wall: Date) => two(wall.getUTCDate()),
  HH: (wall: Date) => two(wall.getUTCHours()),
  mm: (wall: Date) => two(wall.getUTCMinutes()),
  ss: (wall: Date) => two(wall.getUTCSeconds()),
  SSS: (wall: Date) => String(wall.getUTCMilliseconds()).padStart(3, '0'),
  XXX: (_: Date, offsetMs: number) => offsetText(offsetMs),
} as const;

function written(
  format: readonly Piece[],
  wallMs: number,
  timeZone: string,
  atMs = instantOf(wallMs, timeZone),
): string {
  const wall = new Date(wallMs);
  return format.map((piece) => ('literal' in piece ? piece.literal : WRITE[piece.field](wall, wallMs - atMs))).join('');
}

function offsetText(offsetMs: number): string {
  const minutes = Math.abs(Math.round(offsetMs / UNIT_MS.m));
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

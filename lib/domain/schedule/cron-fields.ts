/** `cron(minutes hours day-of-month month day-of-week year)` of EventBridge Scheduler, as sets of numbers and rules for days. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  /** Null: the other one of the two says it. */
  readonly daysOfMonth: readonly DayRule[] | null;
  readonly daysOfWeek: readonly DayRule[] | null;
}

/**
 * days: of the month, or of the week (1 is Sunday); last: of the month; lastWeekday: Monday to Friday; nearestWeekday: to that day of
 * the month; nth: the third Friday; lastOf: the last Friday.
 */
export type DayRule =
  | { readonly kind: 'days'; readonly days: readonly number[] }
  | { readonly kind: 'last' | 'lastWeekday' }
  | { readonly kind: 'nearestWeekday' | 'lastOf'; readonly day: number }
  | { readonly kind: 'nth'; readonly day: number; readonly nth: number };

interface Range {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly words?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const RANGES = {
  minutes: { name: 'minutes', from: 0, to: 59 },
  hours: { name: 'hours', from: 0, to: 23 },
  dayOfMonth: { name: 'day of month', from: 1, to: 31 },
  months: { name: 'month', from: 1, to: 12, words: MONTHS },
  dayOfWeek: { name: 'day of week', from: 1, to: 7, words: WEEKDAYS },
  years: { name: 'year', from: 1970, to: 2199 },
} as const satisfies Record<string, Range>;

/** A sentence says what is wrong. */
export type ReadCron = { readonly cron: Cron } | { readonly problem: string };

const SIX = 'it needs six fields: minutes, hours, day of month, month, day of week, year; such as 0 2 * * ? *';
const ONE_QUESTION = 'exactly one of day of month and day of week must be "?", such as 0 2 * * ? *';

export function readCron(text: string): ReadCron {
  const fields = text.trim().toUpperCase().split(/\s+/);
  // Stryker disable next-line StringLiteral: with six fields none is missing
  const [minutes = '', hours = '', dayOfMonth = '', months = '', dayOfWeek = '', years = ''] = fields;
  if (fields.length !== 6) return { problem: `${SIX} (seen: ${text.trim() === '' ? 0 : fields.length})` };
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return { problem: ONE_QUESTION };
  try {
    return {
      cron: {
        minutes: numbersOf(minutes, RANGES.minutes),
        hours: numbersOf(hours, RANGES.hours),
        months: numbersOf(months, RANGES.months),
        years: numbersOf(years, RANGES.years),
        daysOfMonth: dayOfMonth === '?' ? null : dayOfMonth.split(',').map(dayOfMonthRule),
        daysOfWeek: dayOfWeek === '?' ? null : dayOfWeek.split(',').map(dayOfWeekRule),
      },
    };
  } catch (error) {
    // Stryker disable next-line ConditionalExpression: anything else would be a bug
    if (!(error instanceof Unreadable)) throw error;
    return { problem: error.message };
  }
}

/** Never leaves this file. */
class Unreadable extends Error {}

function dayOfMonthRule(text: string): DayRule {
  if (text === 'L') return { kind: 'last' };
  if (text === 'LW') return { kind: 'lastWeekday' };
  // Stryker disable next-line ArrayDeclaration: the first member is the whole match
  const [, day] = /^(\d{1,2})W$/.exec(text) ?? [];
  if (day !== undefined) return { kind: 'nearestWeekday', day: numberOf(day, RANGES.dayOfMonth) };
  return { kind: 'days', days: numbersOf(text, RANGES.dayOfMonth) };
}

function dayOfWeekRule(text: string): DayRule {
  if (text === 'L') return { kind: 'days', days: [RANGES.dayOfWeek.to] };
  // Stryker disable next-line ArrayDeclaration: the first member is the whole match
  const [, last] = /^(\w+)L$/.exec(text) ?? [];
  if (last !== undefined) return { kind: 'lastOf', day: numberOf(last, RANGES.dayOfWeek) };
  // Stryker disable next-line ArrayDeclaration: the first member is the whole match
  const [, day, nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (day !== undefined) return { kind: 'nth', day: numberOf(day, RANGES.dayOfWeek), nth: Number(nth) };
  return { kind: 'days', days: numbersOf(text, RANGES.dayOfWeek) };
}

/** `1,5-8,0/15` */
function numbersOf(field: string, range: Range): readonly number[] {
  return field.split(',').flatMap((part) => partOf(part, range));
}

function partOf(part: string, range: Range): number[] {
  // Stryker disable next-line StringLiteral: a text that is split has a first part
  const [span = '', step, ...more] = part.split('/');
  const by = step === undefined ? 1 : Number(step);
  if (more.length > 0 || (step !== undefined && !/^\d{1,4}$/.test(step)) || by < 1) throw unreadable(part, range);
  // Stryker disable next-line StringLiteral: a text that is split has a first part
  const [first = '', last, ...others] = span.split('-');
  if (others.length > 0) throw unreadable(part, range);
  const from = span === '*' ? range.from : numberOf(first, range);
  const to = last === undefined ? (span === '*' || step !== undefined ? range.to : from) : numberOf(last, range);
  if (from > to) throw new Unreadable(`${range.name}: "${part}" goes backwards`);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function numberOf(text: string, range: Range): number {
  // Stryker disable next-line ArrayDeclaration: no field is called so
  const word = (range.words ?? []).indexOf(text);
  if (word >= 0) return range.from + word;
  const number = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (number >= range.from && number <= range.to) return number;
  throw unreadable(text, range);
}

function unreadable(text: string, { name, from, to, words }: Range): Unreadable {
  const spelled = words === undefined ? '' : ` or ${words[0]}-${words.at(-1)}`;
  return new Unreadable(`${name}: "${text}" is not ${from}-${to}${spelled}`);
}

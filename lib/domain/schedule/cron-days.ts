/** On which days a cron expression fires. Days are wall times at midnight. */
import type { Cron, DayRule } from './cron-fields.ts';
import { lastDayOf } from './wall-clock.ts';

const SATURDAY = 7;
const SUNDAY = 1;

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 1 is Sunday. */
  readonly weekday: number;
  readonly lastDay: number;
}

export function firesOnDay(cron: Cron, midnightMs: number): boolean {
  const day = dayOf(midnightMs);
  if (!cron.years.includes(day.year) || !cron.months.includes(day.month)) return false;
  if (cron.daysOfMonth !== null) return cron.daysOfMonth.some((rule) => matches(rule, day, day.day));
  // Stryker disable next-line ArrayDeclaration: one of the two is always given
  return (cron.daysOfWeek ?? []).some((rule) => matches(rule, day, day.weekday));
}

function dayOf(midnightMs: number): Day {
  const date = new Date(midnightMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const lastDay = lastDayOf(year, month);
  return { year, month: month + 1, day: date.getUTCDate(), weekday: date.getUTCDay() + 1, lastDay };
}

/** `number`: of the day within the month or the week, as the field counts it. */
function matches(rule: DayRule, at: Day, number: number): boolean {
  switch (rule.kind) {
    case 'days':
      return rule.days.includes(number);
    case 'last':
      return at.day === at.lastDay;
    case 'lastWeekday':
      return at.day === nearestWeekday(at, at.lastDay);
    case 'nearestWeekday':
      return rule.day <= at.lastDay && at.day === nearestWeekday(at, rule.day);
    case 'lastOf':
      return at.weekday === rule.day && at.day + 7 > at.lastDay;
    case 'nth':
      return at.weekday === rule.day && Math.ceil(at.day / 7) === rule.nth;
  }
}

/** Within the month: a Saturday that is the first becomes the third, a Sunday that is the last the Friday before. */
function nearestWeekday({ year, month, lastDay }: Day, day: number): number {
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
  if (weekday === SATURDAY) return day === 1 ? 3 : day - 1;
  if (weekday === SUNDAY) return day === lastDay ? day - 2 : day + 1;
  return day;
}

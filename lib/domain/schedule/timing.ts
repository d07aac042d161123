/** When a schedule fires: cron, rate or at, in the words of EventBridge Scheduler, read. */
import type { TaskSchedule } from '../definition/definitions.ts';
import { UNIT_MS } from '../time.ts';
import { type Cron, readCron } from './cron-fields.ts';
import { cronSlot } from './cron-slots.ts';
import { instantOf, usualName } from './wall-clock.ts';

export type Timing =
  | { readonly kind: 'cron'; readonly cron: Cron }
  | { readonly kind: 'rate'; readonly everyMs: number }
  /** A wall time, as of wall-clock.ts. */
  | { readonly kind: 'at'; readonly wallMs: number };

/** A sentence says what is wrong. */
export type ReadTiming = { readonly timing: Timing } | { readonly problem: string };

const RATE = /^(\d{1,5}) (minute|hour|day)s?$/;
const RATE_MS: Readonly<Record<string, number>> = { minute: UNIT_MS.m, hour: UNIT_MS.h, day: UNIT_MS.d };
// Stryker disable next-line Regex: what stands before the day is met below
const LOCAL_TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?$/;

export function readTiming({ cron, rate, at }: Pick<TaskSchedule, 'cron' | 'rate' | 'at'>): ReadTiming {
  const given = [cron, rate, at].filter((it) => it !== null);
  if (given.length !== 1) return { problem: 'give exactly one of cron, rate and at' };
  if (cron !== null) return timingOf(readCron(bare('cron', cron)));
  if (rate !== null) return readRate(bare('rate', rate));
  // Stryker disable next-line StringLiteral: of the three it is the one that is given
  const wallMs = readLocalTime(bare('at', at ?? ''));
  if (wallMs !== null) return { timing: { kind: 'at', wallMs } };
  return { problem: `at "${at}" is no time: write it as 2026-01-31T02:00:00, in the zone of the schedule` };
}

function timingOf(read: ReturnType<typeof readCron>): ReadTiming {
  return 'problem' in read ? { problem: `cron: ${read.problem}` } : { timing: { kind: 'cron', cron: read.cron } };
}

/** `cron(0 2 * * ? *)` is what AWS shows of it. */
function bare(kind: string, text: string): string {
  const inner = new RegExp(`^${kind}\\((.*)\\)$`, 's').exec(text.trim());
  return (inner?.[1] ?? text).trim();
}

function readRate(text: string): ReadTiming {
  // Stryker disable next-line ArrayDeclaration: the first member is the whole match
  const [, count, unit] = RATE.exec(text) ?? [];
  // Stryker disable next-line StringLiteral: without a unit there is no count
  const everyMs = Number(count) * (RATE_MS[unit ?? ''] ?? 0);
  if (everyMs > 0) return { timing: { kind: 'rate', everyMs } };
  return { problem: `rate "${text}" can't be read: write it as 5 minutes, 1 hour or 2 days` };
}

/** As a wall time; null: it is none, such as the 30th of February. */
function readLocalTime(text: string): number | null {
  // Stryker disable next-line ArrayDeclaration: the first member is the whole match
  const [, ...fields]: (string | undefined)[] = LOCAL_TIME.exec(text) ?? [];
  if (fields.length === 0) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map((it) => Number(it ?? 0));
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  // An hour of 24 is the next day.
  const isReal = new Date(wallMs).toISOString().slice(0, 10) === text.slice(0, 10);
  return isReal && minute < 60 && second < 60 ? wallMs : null;
}

/** As EventBridge Scheduler wants it. */
export function expressionOf({ cron, rate, at }: Pick<TaskSchedule, 'cron' | 'rate' | 'at'>): string {
  if (cron !== null) return `cron(${bare('cron', cron)})`;
  if (rate !== null) return `rate(${bare('rate', rate)})`;
  const wallMs = readLocalTime(bare('at', at ?? '')) ?? 0;
  return `at(${new Date(wallMs).toISOString().slice(0, 19)})`;
}

/** UTC ms. */
export function boundsOf({ start, end, timeZone }: TaskSchedule): {
  readonly startMs: number | null;
  readonly endMs: number | null;
} {
  const [startMs = null, endMs = null] = [start, end].map((text) => {
    const wallMs = text === null ? null : readLocalTime(text);
    return wallMs === null ? null : instantOf(wallMs, timeZone);
  });
  return { startMs, endMs };
}

/** Of a slot: when the one before it was. The first of all begins where it ends. */
export function slotBefore(timing: Timing, atMs: number, timeZone: string): number {
  switch (timing.kind) {
    case 'cron':
      return cronSlot(timing.cron, 'before', atMs, timeZone) ?? atMs;
    case 'rate':
      return atMs - timing.everyMs;
    case 'at':
      return atMs;
  }
}

/** What is wrong with the times of a schedule, as sentences. */
export function timesProblems(schedule: TaskSchedule): string[] {
  const read = readTiming(schedule);
  const ofTiming = 'problem' in read ? [read.problem] : [];
  const { timeZone } = schedule;
  const usual = usualName(timeZone);
  if (usual === null) {
    return [...ofTiming, `"${timeZone}" is no time zone: write a name such as Europe/Berlin or UTC`];
  }
  if (usual !== timeZone) return [...ofTiming, `"${timeZone}" must be written "${usual}"`];
  return [...ofTiming, ...boundsProblems(schedule)];
}

function boundsProblems({ start, end, at, timeZone }: TaskSchedule): string[] {
  if (at !== null && (start ?? end) !== null) return ['an at fires once: it has no start and no end'];
  const bounds = Object.entries({ start, end }).flatMap(([name, text]) => (text === null ? [] : [{ name, text }]));
  const unreadable = bounds.filter(({ text }) => readLocalTime(text) === null);
  if (unreadable.length > 0) {
    return unreadable.map(({ name, text }) => `${name} "${text}" is no time: write it as 2026-01-31T02:00:00`);
  }
  const [from = NaN, to = NaN] = bounds.map(({ text }) => instantOf(readLocalTime(text) ?? 0, timeZone));
  return from >= to ? [`start ${start} is not before end ${end}`] : [];
}

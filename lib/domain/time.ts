/** The wire's two ways to write a time, in the deployment's zone (contract.md, "Every answer"), and lengths of time. */

/** "2026-01-31 12:00:00" */
export function wireTime(atMs: number, timeZone: string): string {
  const { date, time } = partsOf(atMs, timeZone);
  return `${date} ${time}`;
}

/** "2026-01-31T12:00:00.123" */
export function isoLocalTime(atMs: number, timeZone: string): string {
  const { date, time } = partsOf(atMs, timeZone);
  const ms = String(((atMs % 1000) + 1000) % 1000).padStart(3, '0');
  return `${date}T${time}.${ms}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Up to the last moment of the year 9999, an ISO text has the same digits. */
const MAX_ISO_MS = 253_402_300_799_999;

function partsOf(atMs: number, timeZone: string): { date: string; time: string } {
  // Without the first use of Intl, which takes 10 ms of a cold start.
  if (timeZone === 'UTC' && atMs >= 0 && atMs <= MAX_ISO_MS) {
    const text = new Date(atMs).toISOString();
    return { date: text.slice(0, 10), time: text.slice(11, 19) };
  }
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(atMs)
      .map((part) => [part.type, part.value]),
  );
  // Stryker disable next-line StringLiteral: the format has every part that is asked for
  const get = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return {
    date: `${get('year').padStart(4, '0')}-${get('month')}-${get('day')}`,
    time: `${get('hour')}:${get('minute')}:${get('second')}`,
  };
}

/** Making one costs far more than using it. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  // Stryker disable next-line ConditionalExpression: one that is made again writes the same
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, format);
  return format;
}

export const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** As people write it: "90s" -> 90000. Null: it is not written so. */
export function durationMs(text: string): number | null {
  const read = /^(\d{1,6})([smhd])$/.exec(text);
  return read === null ? null : Number(read[1]) * UNIT_MS[read[2] as keyof typeof UNIT_MS];
}

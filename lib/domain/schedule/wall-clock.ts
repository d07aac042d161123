/**
 * The clock on the wall in a time zone. A wall time is written as the milliseconds that it would be in UTC, so that days and
 * months can be counted on it without thinking of daylight saving.
 */
const HOUR_MS = 3_600_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** With the capitals that it has everywhere: Intl takes any, EventBridge Scheduler only these. Null: it is no zone. */
export function usualName(timeZone: string): string | null {
  try {
    const known = formatOf(timeZone).resolvedOptions().timeZone;
    // Intl also takes offsets, such as +02:00, which EventBridge Scheduler does not know.
    if (!/^[A-Za-z]/.test(timeZone)) return null;
    // It gives older names their newer one: those stay as they are.
    return known.toLowerCase() === timeZone.toLowerCase() ? known : timeZone;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

/** What the clock shows at an instant. */
export function wallTimeOf(atMs: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const seconds = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  return seconds + (((atMs % 1000) + 1000) % 1000);
}

/** Every instant at which the clock shows this: none in the hour that is left out, two in the one that comes twice. */
export function instantsOf(wallMs: number, timeZone: string): readonly number[] {
  const offsets = [-24, 24].map((hours) => {
    const near = wallMs + hours * HOUR_MS;
    return wallTimeOf(near, timeZone) - near;
  });
  const instants = [...new Set(offsets)].map((offset) => wallMs - offset);
  return instants.filter((at) => wallTimeOf(at, timeZone) === wallMs).sort((a, b) => a - b);
}

/** The first such instant. A time that is left out counts as that much later: 02:30 becomes 03:30. */
export function instantOf(wallMs: number, timeZone: string): number {
  const [first] = instantsOf(wallMs, timeZone);
  if (first !== undefined) return first;
  const before = wallMs - 24 * HOUR_MS;
  return wallMs - (wallTimeOf(before, timeZone) - before);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const two = '2-digit';
  const time = { hour: two, minute: two, second: two, hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: two, day: two, ...time });
  formats.set(timeZone, format);
  return format;
}

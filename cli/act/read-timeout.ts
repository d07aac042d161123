import { UsageError } from '../usage-error.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "90s" -> milliseconds. Null: none is given. */
export function readTimeout(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined) return Number(count) * unitMs;
  throw new UsageError(
    `--timeout "${text}" is not a time. Give seconds, minutes, hours or days, such as 90s, 30m or 12h.`,
  );
}

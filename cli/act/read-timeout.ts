import { durationMs } from '../../lib/domain/time.ts';
import { UsageError } from '../usage-error.ts';

/** "90s" -> milliseconds. Null: none is given. */
export function readTimeout(text: string | undefined): number | null {
  if (text === undefined) return null;
  const timeoutMs = durationMs(text.trim());
  if (timeoutMs !== null) return timeoutMs;
  throw new UsageError(
    `--timeout "${text}" is not a time. Give seconds, minutes, hours or days, such as 90s, 30m or 12h.`,
  );
}

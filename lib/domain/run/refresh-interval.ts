/** How often Flink is asked about a run, by all pollers together (protocol.md section 7). */
import { REFRESH_EVERY_MS, REFRESH_FIRST_MS, REFRESH_YOUNG_MS } from '../limits.ts';
import type { RunHead } from './run.ts';

/**
 * The time (ms) between two requests to Flink. In its first minute a run is asked of each second: most bounded jobs end
 * there, and somebody waits. Later in proportion to its age, up to 5 s.
 */
export function refreshIntervalMs({ intentAt }: Pick<RunHead, 'intentAt'>, now: number): number {
  const ageMs = Math.max(0, now - intentAt);
  return Math.min(REFRESH_EVERY_MS, Math.max(REFRESH_FIRST_MS, (REFRESH_FIRST_MS * ageMs) / REFRESH_YOUNG_MS));
}

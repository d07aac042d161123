/** Runs as people list them. */
import type { RunHead } from './run.ts';

export interface RunsWanted {
  readonly taskId: number | null;
  /** Only those that are not final. */
  readonly live: boolean;
  readonly limit: number;
  /** Only runs with a smaller number: the last one of the page before. */
  readonly after: number | null;
}

export interface RunPage {
  readonly runs: readonly RunHead[];
  /** Whether there are older ones. */
  readonly more: boolean;
  /** Items among them that can't be read: which, and why. They may be what was looked for. */
  readonly unreadable: readonly string[];
}

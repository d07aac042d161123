/** Runs as people list them. */
import type { RunHead } from './run.ts';

export interface RunsWanted {
  readonly taskId: number | null;
  /** Only those that are not final. */
  readonly live: boolean;
  /** Only those whose status, as it is shown, is one of these; null: any. */
  readonly statuses: readonly string[] | null;
  /** Only those that were submitted at this time or later, in UTC milliseconds; null: any. */
  readonly since: number | null;
  /** Only runs of tasks for which it says true: the others are as unknown to who asks as if they did not exist. */
  readonly maySee: (taskId: number) => boolean;
  readonly limit: number;
  /** Only runs with a smaller number: the last one of the page before. */
  readonly after: number | null;
}

export const ANY_RUNS: RunsWanted = {
  ...{ taskId: null, live: false, statuses: null, since: null },
  maySee: () => true,
  ...{ limit: 20, after: null },
};

export interface RunPage {
  readonly runs: readonly RunHead[];
  /** The start of the next page (`after`); null: there are no older runs. A page may be short and still have a next one. */
  readonly next: number | null;
  /** Items among them that can't be read: which, and why. A wanted run may be among them. */
  readonly unreadable: readonly string[];
}

/** Stored tasks as people list them. */

export interface TasksWanted {
  readonly limit: number;
  /** Only tasks with a larger number: the last one of the page before. */
  readonly after: number | null;
}

interface TaskSummary {
  readonly id: number;
  readonly name: string;
  /** FlinkSql, FlinkJar or FlinkSqlEnv. */
  readonly dialect: string;
  /** Run mode: local, standalone, yarn-session ... */
  readonly type: string;
  readonly version: number;
  readonly enabled: boolean;
  readonly note: string | null;
}

export interface TaskPage {
  readonly tasks: readonly TaskSummary[];
  /** The start of the next page (`after`); null: there are no more. */
  readonly next: number | null;
  /** Definitions among them that can't be read. */
  readonly unreadable: readonly string[];
}

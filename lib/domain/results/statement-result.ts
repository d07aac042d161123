/** Rows of a statement, as they are stored and answered. */
/** Rows of one statement, as the wire has them. Times in milliseconds since the epoch. */
export interface StatementResult {
  readonly columns: readonly string[];
  readonly rowData: readonly Readonly<Record<string, unknown>>[];
  readonly total: number;
  readonly limit: number;
  /** True when there were, or may have been, more rows than are given here. */
  readonly truncated: boolean;
  /** Why rows were cut: the limit of rows, the size of a stored item, or the time of the request. */
  readonly truncatedBy: 'rows' | 'size' | 'time' | null;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly error: string | null;
}

export interface RunResult {
  /** Rows of the last SELECT, one of `results`; null when the task has none. */
  readonly preview: StatementResult | null;
  /** Rows of SHOW, DESCRIBE, EXPLAIN ... and of the preview, in order. */
  readonly results: readonly StatementResult[];
}

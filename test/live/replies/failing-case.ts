/** One thing that Flink is asked and refuses, and what has to be there first. */
export interface FailingCase {
  readonly kind: FailureKind;
  readonly name: string;
  /** Statements that run in the session before; each of them is well. */
  readonly before: readonly string[];
  readonly sql: string;
  /** Options of the statement. */
  readonly options: Readonly<Record<string, string>>;
}

export type FailureKind =
  | 'parser'
  | 'validation'
  | 'planner'
  | 'catalog'
  | 'connector'
  | 'option'
  | 'code'
  | 'graph'
  /** The JobManager was asked, or may have been. */
  | 'submission';

/** What Flink answered, and what its JobManager says became of it. */
export interface RecordedReply {
  readonly kind: FailureKind;
  readonly name: string;
  readonly sql: string;
  readonly status: number;
  readonly body: string;
  /** Whether the JobManager has ever shown a job under the id of this statement. */
  readonly started: boolean;
}

export const TABLES: readonly string[] = [
  "CREATE TABLE src (id BIGINT, name STRING, at_time TIMESTAMP(3), WATERMARK FOR at_time AS at_time) WITH ('connector' = 'datagen', 'rows-per-second' = '1')",
  "CREATE TABLE few (id BIGINT, name STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '3')",
  "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole')",
  "CREATE TABLE words (word STRING) WITH ('connector' = 'blackhole')",
  "CREATE TABLE printed (id BIGINT) WITH ('connector' = 'print')",
];

export const INSERT = 'INSERT INTO snk SELECT id FROM src';

export function failing(
  kind: FailureKind,
  name: string,
  sql: string,
  { before = [], options = {} }: Partial<Pick<FailingCase, 'before' | 'options'>> = {},
): FailingCase {
  return { kind, name, sql, before, options };
}

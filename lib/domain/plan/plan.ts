/** The plan of a run as plain data, stored with it: a re-send sends exactly this (protocol.md section 6). */
import type { OptionOrigins } from '../options/layers.ts';
import type { TextRange } from '../secrets/sensitive-ranges.ts';
import type { LineMap } from '../variables/line-map.ts';

/**
 * A piece of a statement as it is sent: a range [start, end) of the run's text, or text of Dinghy's own. Ranges, because
 * the text and its plan must fit into one item together.
 */
export type Segment = readonly [number, number] | string;

export interface PlannedStatement {
  readonly segments: readonly Segment[];
  /** Offset of its first token in the run's text; null for a statement of Dinghy's own. */
  readonly start: number | null;
  /** For several INSERTs in one statement set of Dinghy: where each begins in the run's text. */
  readonly inserts?: readonly number[];
}

/** A text that the run's text is made of: the task's, and before it its environment task's. */
export interface PlanSource {
  /** Its start in the run's text. */
  readonly start: number;
  /** Null: the task's own; else the id of the environment task. */
  readonly envId: number | null;
  /** From its lines back to the author's. */
  readonly map: LineMap;
  /** Values were put in place of variables: columns are not the author's any more. */
  readonly hasVariables: boolean;
}

export interface PlanStep extends PlannedStatement {
  /**
   * configure: changes the session and gives no rows; statement: an operation whose rows the caller gets if they are more
   * than Flink's OK; rows: an operation whose rows the caller gets; known: nothing is sent, the caller gets `rows`.
   */
  readonly via: 'configure' | 'statement' | 'rows' | 'known';
  readonly rows?: KnownRows;
}

/** Rows that were known when the plan was made. */
export interface KnownRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A SQL statement that starts a job; a preview's job ends when its rows were read. */
export interface StatementJob extends PlannedStatement {
  readonly kind: 'job' | 'preview';
}

/** EXECUTE JAR: the JobManager runs the main() of a jar, under the job id chosen for the run. */
export interface JarJob extends PlannedStatement {
  readonly kind: 'jar';
  /** The address of the jar: s3:, https:, http:, file:. */
  readonly uri: string;
  /** Null leaves it to the jar's manifest. */
  readonly entryClass: string | null;
  /** The arguments of main(). Secrets are still `${name}` in it. */
  readonly args: readonly string[];
  readonly parallelism: number | null;
  readonly allowNonRestoredState: boolean;
  /** The hash of the content that was read for the run, which runs no other; undefined before. */
  readonly sha256?: string;
  /** The hash of the only content that the statement allows. */
  readonly wantedSha256?: string;
}

/** The whole script is given to Flink, which starts a cluster for it (application modes). */
export interface ScriptJob extends PlannedStatement {
  readonly kind: 'script';
}

/** The one thing of a run that starts a job. */
export type PlanJob = StatementJob | JarJob | ScriptJob;

export interface RunPlan {
  /** The statements before the job, in the author's order. */
  readonly steps: readonly PlanStep[];
  readonly job: PlanJob | null;
  /** Flink options of the session: all layers below SET, merged. */
  readonly properties: Readonly<Record<string, string>>;
  /** The places of the properties in the definitions. */
  readonly origins: OptionOrigins;
  readonly savePointPath: string | null;
  /** True when a re-send would repeat what can't be repeated. */
  readonly once: boolean;
  /** Nothing but reading: such a task is not deduplicated. */
  readonly readOnly: boolean;
  readonly maxRowNum: number;
  readonly useChangeLog: boolean;
  /** In their order in the run's text. */
  readonly sources: readonly PlanSource[];
  /** For each `${name}` in the text the name of its secret, never its value, which is read again for every send. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Ranges of the text with plain values that no answer may show. */
  readonly sensitive: readonly TextRange[];
  /** Warnings for the author, each a sentence with its line. */
  readonly warnings: readonly string[];
}

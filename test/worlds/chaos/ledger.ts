/**
 * What really happened in Flink, written down by Flink's side alone: the oracle judges Dinghy's records by it and never
 * by Dinghy's answers.
 */
import type { SavepointType } from '../../../lib/domain/run/savepoint-trigger.ts';
import type { FlinkJobState } from '../../../lib/domain/run/status.ts';

/** One job that a JobManager has taken. */
export interface Acceptance {
  readonly jobId: string;
  readonly at: number;
  /** Which JobManager process, and which memory of ids: with high availability one memory outlives processes. */
  readonly process: number;
  readonly memory: number;
  /** The statement in the gateway whose client brought it, negative: the main() of a jar; and when Dinghy had handed it over. */
  readonly operation: number;
  readonly handedAt: number;
  endedAt: number | null;
  /** lost: it died with its JobManager. */
  end: FlinkJobState | 'lost' | null;
}

interface MainRun {
  readonly at: number;
  readonly process: number;
  readonly sha256: string;
}

/** One savepoint that a JobManager has begun. */
export interface SavepointTaken {
  readonly jobId: string;
  readonly triggerId: string;
  readonly type: SavepointType;
  readonly process: number;
  readonly beganAt: number;
  /** Null: it is not there (yet). */
  readonly path: string | null;
  readonly completedAt: number | null;
}

export interface Ledger {
  readonly accepted: Map<string, Acceptance[]>;
  /** Statements with a job id that reached a gateway, and jars that were run, by job id: when. */
  readonly handed: Map<string, number[]>;
  /** Every main() that was called, by job id. */
  readonly mains: Map<string, MainRun[]>;
  /** Queries of which a page was fetched by somebody. */
  readonly rowsRead: Set<string>;
  /** How often a statement that starts no job was executed. */
  readonly executed: Map<string, number>;
  readonly savepoints: SavepointTaken[];
  /** Starts of JobManager processes: process number - 1 -> when. */
  readonly starts: number[];
  /** When a process began to answer at the cluster's address, other than by its start. */
  readonly exchanges: { readonly at: number; readonly process: number }[];
}

export function newLedger(startAt: number): Ledger {
  const [accepted, handed, mains, executed] = [new Map(), new Map(), new Map(), new Map()];
  return { accepted, handed, mains, rowsRead: new Set(), executed, savepoints: [], starts: [startAt], exchanges: [] };
}

export function note<T>(map: Map<string, T[]>, key: string, value: T): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [value]);
  else there.push(value);
}

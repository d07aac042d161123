/**
 * The plan of a run that starts a cluster for itself (run-modes.md). In the application modes everything the task
 * contains goes to Flink as one text, which that cluster runs: nobody can read rows there, so what gives rows is refused by
 * name. With yarn-per-job the statements run in a gateway session, and only the job gets a cluster.
 */
import { isApplication } from '../definition/run-types.ts';
import { AppError } from '../errors.ts';
import type { PlanJob, PlannedStatement, PlanStep, Segment } from './plan.ts';
import type { RunKind } from './run-body.ts';

/** A statement as messages name it. */
export interface NamedStatement {
  /** "SHOW TABLES", "SELECT". */
  readonly kind: string;
  readonly givesRows: boolean;
  /** "line 3", "environment task 2, line 1". */
  readonly where: string;
}

/** The properties of a task that matter for its own cluster. */
export interface PlannedStart {
  readonly steps: readonly PlanStep[];
  readonly job: PlanJob | null;
  readonly kind: RunKind;
  readonly once: boolean;
  /** The statements before the job end with the session, and may begin before the run is certain. */
  readonly sessionOnly: boolean;
  readonly readOnly: boolean;
}

/** `once`: one request makes the cluster and is never repeated, with any statements (protocol.md section 11). */
export function forOwnCluster<P extends PlannedStart>(
  planned: P,
  type: string,
  statements: readonly NamedStatement[],
): P {
  const { steps, job } = planned;
  if (isApplication(type)) refuseRows(type, statements);
  const startsOne = checkJob(type, job);
  if (!isApplication(type)) return { ...planned, once: true };
  const script = { kind: 'script', ...toScript([...steps, startsOne]) } as const;
  return { ...planned, steps: [], job: script, kind: 'job', once: true, sessionOnly: false, readOnly: false };
}

function refuseRows(type: string, statements: readonly NamedStatement[]): void {
  const first = statements.find(({ givesRows }) => givesRows);
  if (first === undefined) return;
  const why = `runs as a script, whose rows nobody can read, but ${first.kind} (${first.where}) returns rows`;
  throw refused(type, `${why}. Remove it`);
}

function checkJob(type: string, job: PlanJob | null): PlanJob {
  if (job === null) throw refused(type, 'starts a cluster for its job, but this one starts no job. Add an INSERT');
  if (job.kind === 'preview')
    throw refused(type, "can't have a preview, because nobody could read its rows. Remove the query");
  if (job.kind === 'jar') throw refused(type, "can't run EXECUTE JAR, because the gateway only accepts SQL. Remove it");
  return job;
}

function refused(type: string, why: string): AppError {
  return new AppError('sql.refused', `A task of type ${type} ${why}, or run the task on a session cluster.`);
}

/** Each statement ends with ";" and a line break. */
function toScript(statements: readonly PlannedStatement[]): PlannedStatement {
  const segments = statements.flatMap(({ segments: own }): Segment[] => [...own, ';\n']);
  return { segments, start: statements.find(({ start }) => start !== null)?.start ?? null };
}

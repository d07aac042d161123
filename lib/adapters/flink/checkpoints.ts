/** The checkpoints and savepoints of a job in Flink's replies (flink-rest.md section 5), in the form of the domain. */
import type { CheckpointRetention, CompletedState, JobCheckpoints } from '../../domain/run/savepoint.ts';
import { checkpointConfigSchema, checkpointsSchema, readAs } from './wire.ts';

export function toCheckpoints(text: string, where: string): Omit<JobCheckpoints, 'retention'> {
  const { latest, history } = readAs(checkpointsSchema, text, where);
  const seen = [...history.filter(({ status }) => status === 'COMPLETED'), latest.savepoint, latest.completed];
  const byPath = new Map<string, CompletedState>();
  for (const one of seen) {
    if (one === null || one === undefined) continue;
    const path = pathOf(one.external_path);
    if (path === null) continue;
    // A checkpoint that is deleted in one place must not be taken for a good one because of the other.
    const discarded = one.discarded === true || byPath.get(path)?.discarded === true;
    byPath.set(path, { path, isSavepoint: one.is_savepoint, completedAt: one.latest_ack_timestamp, discarded });
  }
  return { completed: [...byPath.values()], restoredFrom: pathOf(latest.restored?.external_path) };
}

/** Checkpoints that Flink keeps in memory have "<checkpoint-not-externally-addressable>". */
function pathOf(text: string | null | undefined): string | null {
  return text === null || text === undefined || text === '' || text.startsWith('<') ? null : text;
}

export function toRetention(text: string, where: string): CheckpointRetention {
  const { enabled, delete_on_cancellation: onlyAfterFailure } = readAs(
    checkpointConfigSchema,
    text,
    where,
  ).externalization;
  if (!enabled) return 'never';
  return onlyAfterFailure ? 'afterFailure' : 'afterFailureAndCancel';
}

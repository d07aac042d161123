/** Records what the job of a run leaves behind to start from, as Flink says it: positive evidence only. */
import { AppError } from '../../domain/errors.ts';
import type { JobManager, Log, SavepointStore } from '../../domain/ports.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { leftBehind } from '../../domain/run/savepoint.ts';
import type { InstanceStatus } from '../../domain/run/status.ts';
import { sideBySide } from '../waiting/side-by-side.ts';

export interface KeepSavepointsDeps {
  readonly savepoints: SavepointStore;
  readonly jobManager: JobManager;
  readonly log: Log;
}

/** False: Flink or the table could not be asked, so that it is not known whether there is something. */
export async function keepSavepoints(
  deps: KeepSavepointsDeps,
  head: RunHead,
  status: InstanceStatus,
  signal: AbortSignal,
): Promise<boolean> {
  const { jobId, taskId, id: runId } = head;
  // What nobody uses makes no other work: a later run finds it by what its text uses.
  const fp = head.usedFp ?? head.fp;
  // The rows of a preview are delivered: nobody goes on from there.
  if (jobId === null || head.kind !== 'job') return true;
  try {
    const checkpoints = await deps.jobManager.checkpoints(head.address, jobId, signal);
    const left = checkpoints === null ? [] : leftBehind(checkpoints, status);
    await sideBySide(
      ...left.map(({ path, isSavepoint, completedAt }) => {
        const kind = isSavepoint ? 'savepoint' : 'checkpoint';
        return deps.savepoints.record({ taskId, fp, path, kind, completedAt, jobId, runId });
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.info('savepoints of a run could not be recorded now', { runId, error: error.message });
    return false;
  }
}

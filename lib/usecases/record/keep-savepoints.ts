/** Records the savepoints and checkpoints that the job of a run leaves, as Flink lists them: only positive evidence. */
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

/** The savepoints of a run, and when Flink was asked. */
export interface LeftNow {
  readonly status: InstanceStatus;
  /** A savepoint that Flink has reported: its list of them may be some seconds old. */
  readonly path?: string;
}

/** False: Flink or the table could not be asked, or Flink does not list the path yet, so that not all is known. */
export async function keepSavepoints(
  deps: KeepSavepointsDeps,
  head: RunHead,
  { status, path: reported }: LeftNow,
  signal: AbortSignal,
): Promise<boolean> {
  const { jobId, taskId, id: runId } = head;
  // By the variables that the text uses: a later run finds it by these.
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
    return reported === undefined || left.some(({ path }) => path === reported);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.info('savepoints of a run could not be recorded now', { runId, error: error.message });
    return false;
  }
}

/**
 * Looks up where a run starts from by LATEST or EARLIEST. Called after the claim: no other run with these variables is
 * live then, so only late records of runs that have ended can be added.
 */
import { AppError } from '../../domain/errors.ts';
import type { RecordedSavepoint } from '../../domain/plan/start-from.ts';
import type { Clock, JobStore } from '../../domain/ports.ts';
import { type Fingerprints, fingerprintsOf, isRunOf } from '../../domain/run/claims.ts';
import type { Savepoint } from '../../domain/run/savepoint.ts';
import { keepSavepoints, type KeepSavepointsDeps } from '../record/keep-savepoints.ts';
import { PASSED_OVER, readHeads } from '../record/read-heads.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';
import { sideBySide } from '../waiting/side-by-side.ts';

export interface FindSavepointDeps extends KeepSavepointsDeps {
  readonly store: JobStore;
  readonly clock: Clock;
}

export interface SavepointQuestion extends Fingerprints {
  readonly taskId: number;
  readonly which: RecordedSavepoint;
}

/** Others wait 5 s for a run whose claim they see; this must be over long before. */
const ASK_WITHIN_MS = 2_000;
const MAX_ASKED = 3;

export async function findSavepoint(
  deps: FindSavepointDeps,
  question: SavepointQuestion,
  budget: Budget,
): Promise<Savepoint | null> {
  const { taskId, which } = question;
  await withinBudget(deps.clock, Math.min(ASK_WITHIN_MS, budget.remainingMs()), ({ signal }) =>
    catchUp(deps, question, signal),
  );
  try {
    // Earlier versions recorded by all variables of the request.
    const found = await sideBySide(...fingerprintsOf(question).map((fp) => deps.savepoints.find(taskId, fp, which)));
    return found.filter((one) => one !== null).sort(byCompletion(which))[0] ?? null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store.invalid') throw error;
    throw notAnother(error, question);
  }
}

/** Without that savepoint, the run would start from another state than the requested one. */
function notAnother(error: AppError, { taskId, which }: SavepointQuestion): AppError {
  const what = `It is the ${which} savepoint of task ${taskId}, and Dinghy does not use another one instead. Nothing was started.`;
  const hint = 'To start from another one, name its path in the parameter "savePointPath".';
  return new AppError(error.code, `${error.message} ${what} ${hint}`, { cause: error });
}

function byCompletion(which: RecordedSavepoint): (a: Savepoint, b: Savepoint) => number {
  return (a, b) => (which === 'EARLIEST' ? a.completedAt - b.completedAt : b.completedAt - a.completedAt);
}

/** The end of a run may have been recorded without its savepoints, or never been seen; Flink may still know them. */
async function catchUp(deps: FindSavepointDeps, question: SavepointQuestion, signal: AbortSignal): Promise<void> {
  const { taskId } = question;
  const runIds = await deps.store.runsOfTask(taskId);
  const { heads, unreadable } = await readHeads(deps.store, runIds);
  // Without the last run of these variables: it was read before the claim.
  for (const { problem } of unreadable) deps.log.warn(PASSED_OVER, { taskId, error: problem });
  const mine = heads.filter(
    (head) => fingerprintsOf(question).some((fp) => isRunOf(head, { taskId, fp })) && head.kind === 'job',
  );
  await sideBySide(
    ...mine.slice(0, MAX_ASKED).map((head) => keepSavepoints(deps, head, { status: head.status }, signal)),
  );
}

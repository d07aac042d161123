/**
 * The runs that the claims of a task name, as their records and Flink show them before anything is begun. A repeat is
 * answered from the record alone: it needs no Flink, and must not fail because Flink does.
 */
import { decideClaim, type Fingerprints, fingerprintsOf, isRunOf, type TaskClaims } from '../../domain/run/claims.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { isFinal } from '../../domain/run/status.ts';
import type { RecordDeps } from '../record/record.ts';
import { refreshed } from '../record/refresh.ts';
import type { Budget } from '../waiting/budget.ts';
import type { ClaimIntent } from './claim-run.ts';

export interface NamedRuns {
  /** The run that answers the request; null when there is none. */
  readonly answer: RunHead | null;
  /** Runs that have ended and do not block a new one. */
  readonly ended: readonly RunHead[];
}

export interface AskedOfRuns extends Fingerprints {
  readonly taskId: number;
  readonly question: ClaimIntent['question'];
}

export async function namedRuns(
  deps: RecordDeps,
  asked: AskedOfRuns,
  claims: TaskClaims['claims'],
  budget: Budget,
): Promise<NamedRuns> {
  const { taskId, question } = asked;
  const ended: RunHead[] = [];
  for (const fp of fingerprintsOf(asked)) {
    const runId = claims[fp];
    if (runId === undefined || ended.some(({ id }) => id === runId)) continue;
    const stored = await deps.store.readHead(runId);
    if (stored === null || !isRunOf(stored, { taskId, fp })) continue;
    const head = await refreshed(deps, stored, budget);
    const decision = decideClaim(head, { ...question, taskId, fp, now: deps.clock.now() });
    if (decision === 'duplicate') return { answer: head, ended };
    if (isFinal(head.status)) ended.push(head);
  }
  return { answer: null, ended };
}

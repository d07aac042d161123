/** Reasons against the restart of a live run, checked before anything is changed (protocol.md section 13). */
import { AppError } from '../../domain/errors.ts';
import { howToEnd } from '../../domain/options/own-cluster.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { Clock, Ids } from '../../domain/ports.ts';
import type { RestartRequest } from '../../domain/run/restart-request.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { decideStop } from '../../domain/run/stop.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import type { LatestLive } from '../record/live-runs.ts';
import { unfit } from '../stop/stop-run.ts';

export function refuseUnfit(
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
  { latest: old, seen }: LatestLive,
  by: string,
): void {
  // Stryker disable next-line StringLiteral: what refuses one savepoint that ends a job refuses every other
  const decision = decideStop(old, { how: 'stop', by, now: clock.now(), triggerId: ids.jobId() });
  if (decision.kind === 'refuse') throw unfit(old, decision.why);
  if (decision.kind === 'join') throw unfit(old, 'is being stopped');
  refuseUnknownPlace(old);
  if (seen === 'unreachable') throw outOfReach(old);
  if (seen === 'noJob')
    throw unfit(old, "can't be restarted now: Flink does not show its job. Poll it to see its state");
}

function refuseUnknownPlace(old: RunHead): void {
  if (old.deployment === null || old.address !== '') return;
  const what = "runs on its own cluster, and Dinghy does not know the address of its JobManager, so it can't stop it";
  const hint = `End it by hand (${howToEnd(old.deployment)}) and submit the task again, or set jobManager in the cluster configuration`;
  throw unfit(old, `${what}. ${hint}`);
}

const STAYS = 'execution.shutdown-on-application-finish';

/** Such a cluster usually ends with its job: it confirms a stop before its end, but not a cancel. */
export function refuseUnseenEnd(old: RunHead, body: RunBody | null, { savePointPath }: RestartRequest): void {
  if (savePointPath === null || old.deployment === null) return;
  if (body?.plan.properties[STAYS] === 'false') return;
  const what = 'runs on its own cluster, which ends before it can confirm a cancel';
  const hint = 'Restart it without savePointPath, or cancel it, wait for its end, and submit it with the path';
  throw unfit(old, `${what}. ${hint}`);
}

function outOfReach({ id, taskId, address }: RunHead): AppError {
  const what = `Run ${id} of task ${taskId} can't be restarted: the JobManager at ${shownAddress(address)} is out of reach`;
  return new AppError('flink.unreachable', `${what}. Nothing was changed. Try again when it answers.`);
}
